//! `cargo xtask doctor-table`: for each check something is broken, and the doctor names it.
//!
//! The doctor's tests break the lab, the agent's machine and the cloud's in one way at a time, and
//! keep a row of each in a file of this run. Here they are put together and judged.

use std::{collections::BTreeSet, fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use writeback_doctor::CATALOGUE;
use writeback_lab::{BrokenState, Healthy, TABLE_FILE, TableRow};

/// With fewer the table has lost some.
const STATES_MIN: usize = 45;

/// Checks that nothing in the lab can be broken for, and where they are decided instead.
const DECIDED_IN_TESTS: [(&str, &str); 6] = [
    (
        "dc-synchronized",
        "only a controller that replicates for the first time says so; crates/agent, `what_a_controller_says_of_itself`",
    ),
    (
        "dc-writable",
        "Samba makes no read-only controller; the same test",
    ),
    (
        "dc-functional-level",
        "Samba claims at least 2008 R2; the same test",
    ),
    (
        "pdc-emulator",
        "a holder that is gone is `dc-reachable`; what is left over is a directory that contradicts itself",
    ),
    (
        "person-readable",
        "Samba lets everybody who is signed in read what decides; hidden attributes: crates/ad, `rights`",
    ),
    (
        "user-account",
        "crates/cli, `the_doctor_names_the_same_reason_first`",
    ),
];

/// The rows of one run.
pub(crate) struct Table {
    rows: PathBuf,
}

pub(crate) fn run() -> Result<()> {
    let table = Table::new()?;
    for arguments in [
        &["-p", "writeback-agent", "--test", "agent", "--", "doctor"][..],
        &["-p", "writeback", "--test", "doctor"],
        &["-p", "writeback", "--test", "flow", "--", "a_round_trip"],
    ] {
        let arguments: Vec<_> = arguments.iter().map(|&it| it.to_owned()).collect();
        crate::test::of(&arguments, &table)?;
    }
    table.judge()
}

impl Table {
    /// Without the rows of an earlier run.
    pub(crate) fn new() -> Result<Self> {
        let folder = crate::build::target();
        fs::create_dir_all(&folder)?;
        let rows = folder.canonicalize()?.join("doctor-table.jsonl");
        fs::write(&rows, "").with_context(|| format!("cannot begin {}", rows.display()))?;
        Ok(Self { rows })
    }

    /// What tells tests where to keep their rows.
    pub(crate) fn variable(&self) -> String {
        format!("{TABLE_FILE}={}", self.rows.display())
    }

    /// Prints the table, and fails where it does not show what it should.
    pub(crate) fn judge(&self) -> Result<()> {
        let text = fs::read_to_string(&self.rows)?;
        let rows: Vec<TableRow> = text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()
            .with_context(|| format!("{} is damaged", self.rows.display()))?;
        let (mut healthy, mut broken) = (Vec::new(), Vec::new());
        for row in rows {
            match row {
                TableRow::Healthy(row) => healthy.push(row),
                TableRow::Broken(row) => broken.push(row),
            }
        }
        let place = |row: &BrokenState| CATALOGUE.iter().position(|it| it.id == row.check);
        broken.sort_by(|one, other| {
            place(one)
                .cmp(&place(other))
                .then(one.state.cmp(&other.state))
        });
        let shown = shown(&healthy, &broken);
        print!("{shown}");
        let file = self.rows.with_extension("md");
        fs::write(&file, shown).with_context(|| format!("cannot write {}", file.display()))?;
        let complaints = complaints(&healthy, &broken);
        ensure!(
            complaints.is_empty(),
            "the doctor: {}",
            complaints.join("; ")
        );
        Ok(())
    }
}

fn shown(healthy: &[Healthy], broken: &[BrokenState]) -> String {
    let mut lines = vec![
        "| nothing is broken | findings, all fine | ms |".to_owned(),
        "| --- | --- | --- |".to_owned(),
    ];
    let whole = |it: &Healthy| format!("| {} | {} | {} |", it.what, it.fine, it.took_ms);
    lines.extend(healthy.iter().map(whole));
    lines.push(String::new());
    lines.push("| broken state | its check | rank | other red lines | green again |".to_owned());
    lines.push("| --- | --- | --- | --- | --- |".to_owned());
    lines.extend(broken.iter().map(BrokenState::line));
    lines.push(String::new());
    lines.push("| not broken here | decided in |".to_owned());
    lines.push("| --- | --- |".to_owned());
    let decided = DECIDED_IN_TESTS.iter();
    lines.extend(decided.map(|(check, place)| format!("| `{check}` | {place} |")));
    let first = broken.iter().filter(|it| it.is_good()).count();
    lines.push(format!(
        "\n{} broken states; in {first} the cause was named first and nothing else, and all was \
         green afterwards",
        broken.len()
    ));
    lines.join("\n") + "\n"
}

fn complaints(healthy: &[Healthy], broken: &[BrokenState]) -> Vec<String> {
    let mut complaints: Vec<_> = broken
        .iter()
        .filter(|it| !it.is_good())
        .map(BrokenState::line)
        .collect();
    if broken.len() < STATES_MIN {
        complaints.push(format!("{} broken states, not {STATES_MIN}", broken.len()));
    }
    if healthy.len() < 2 {
        complaints.push("nobody looked while nothing was broken".to_owned());
    }
    let seen: BTreeSet<&str> = broken.iter().map(|it| it.check.as_str()).collect();
    let elsewhere: BTreeSet<&str> = DECIDED_IN_TESTS.iter().map(|it| it.0).collect();
    for check in CATALOGUE.iter().map(|it| it.id) {
        match (seen.contains(check), elsewhere.contains(check)) {
            (false, false) => complaints.push(format!("nothing was broken for {check}")),
            (true, true) => complaints.push(format!("{check} is no exception any more")),
            _ => {}
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use writeback_lab::Mended;

    use super::*;

    fn all() -> Vec<BrokenState> {
        let is_broken = |id: &str| DECIDED_IN_TESTS.iter().all(|it| it.0 != id);
        let checks = CATALOGUE.iter().filter(|it| is_broken(it.id));
        let row = |check: &str| BrokenState {
            state: "broken".to_owned(),
            check: check.to_owned(),
            rank: Some(1),
            alarms: Vec::new(),
            mended: Mended::ByCommands,
        };
        checks.map(|it| row(it.id)).collect()
    }

    fn healthy() -> [Healthy; 2] {
        ["one", "other"].map(|what| Healthy {
            what: what.to_owned(),
            fine: 1,
            took_ms: 1,
        })
    }

    #[test]
    fn what_the_table_does_not_show_is_told() {
        let all = all();
        assert_eq!(complaints(&healthy(), &all), Vec::<String>::new());
        assert_eq!(complaints(&[], &all).len(), 1);
        assert_eq!(
            complaints(&healthy(), &all[1..]).len(),
            1,
            "a check is missing"
        );
        let worse = |change: fn(&mut BrokenState)| {
            let mut rows = all.clone();
            change(&mut rows[7]);
            complaints(&healthy(), &rows).len()
        };
        assert_eq!(worse(|it| it.rank = Some(2)), 1);
        assert_eq!(worse(|it| it.rank = None), 1);
        assert_eq!(worse(|it| it.alarms.push("proxy".to_owned())), 1);
        assert_eq!(worse(|it| it.mended = Mended::No), 1);
        let mut rows = all.clone();
        rows[0].check = "dc-writable".to_owned();
        assert_eq!(complaints(&healthy(), &rows).len(), 2);
    }
}
