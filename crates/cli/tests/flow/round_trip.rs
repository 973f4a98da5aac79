//! `writeback doctor --test-user`: a real reset of an account that was given for it.

use anyhow::{Result, ensure};
use serde_json::Value;
use writeback_lab::{BrokenState, Mended, TableRow, UserSpec};
use writeback_stage::{Options, Stage};

use crate::{secrets::search, setting::Setting};

/// What every password of the doctor's begins with.
const BEGINS: &str = "Wb1-";

/// What the doctor of the first agent says: findings that are not fine, and all it wrote.
fn doctor(stage: &Stage, user: &str) -> Result<(Value, String)> {
    let ran = stage.doctor(0, &["--test-user", user, "--json"])?;
    let (out, log) = (
        String::from_utf8(ran.stdout)?,
        String::from_utf8_lossy(&ran.stderr).into_owned(),
    );
    ensure!(log.contains("TRACE"), "nothing was logged at trace level");
    Ok((serde_json::from_str(&out)?, out + &log))
}

/// The checks that are not as they should be, in their order.
fn red(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().into_iter().flatten();
    findings
        .filter(|it| !["fine", "not-reached"].contains(&it["verdict"].as_str().unwrap_or("")))
        .map(|it| it["check"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_trip_resets_the_test_account_and_nobody_else() -> Result<()> {
    let options = Options {
        log: "trace".to_owned(),
        ..Options::default()
    };
    let (setting, users) = Setting::of("corp.test", options, vec![UserSpec::default(); 2]).await?;
    let (stage, forest) = (&setting.stage, setting.forest("corp.test")?);
    let (tested, other) = (&users[0], &users[1]);
    let pdc = forest.pdc()?;

    let (report, _) = doctor(stage, &tested.upn)?;
    let before = red(&report);
    let text = stage.doctor(0, &["--test-user", &tested.upn])?;
    let text = String::from_utf8(text.stdout)?;
    ensure!(text.contains("writeback admin user test-account"), "{text}");
    ensure!(forest.can_bind(&tested.upn, &tested.password, pdc)?.is_ok());

    // What the remedy says.
    let said = stage.admin(&["user", "test-account", &tested.upn])?;
    ensure!(said.contains("is a test account"), "{said}");
    let (report, wrote) = doctor(stage, &tested.upn)?;
    let after = red(&report);
    let row = BrokenState {
        state: "an account that nobody gave for tests".to_owned(),
        check: "round-trip".to_owned(),
        rank: before
            .iter()
            .position(|it| it == "round-trip")
            .map(|at| at + 1),
        alarms: before.into_iter().filter(|it| it != "round-trip").collect(),
        mended: if after.is_empty() {
            Mended::ByCommands
        } else {
            Mended::No
        },
    };
    ensure!(row.is_good(), "{row:?}\n{report:#}");
    TableRow::Broken(row).keep()?;
    let findings = report["findings"].as_array().into_iter().flatten();
    let mut trips = findings.filter(|it| it["check"] == "round-trip");
    let trip = trips.next().map(ToString::to_string).unwrap_or_default();
    ensure!(trip.contains("with the new password"), "{trip}");
    ensure!(trip.contains("ms until an agent claimed it"), "{trip}");

    // The directory agrees; and the password is nowhere.
    let old = forest.can_bind(&tested.upn, &tested.password, pdc)?;
    ensure!(!old.is_ok(), "the old password still opens the account");
    ensure!(forest.can_bind(&other.upn, &other.password, pdc)?.is_ok());
    ensure!(!wrote.contains(BEGINS), "the doctor wrote the password");
    let utf16: Vec<u8> = BEGINS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let debug = format!("{:?}", BEGINS.as_bytes());
    let debug = debug.trim_matches(['[', ']']);
    for form in [BEGINS.as_bytes(), &utf16, debug.as_bytes()] {
        search(stage.dir(), form)?;
    }
    ensure!(!wrote.contains(debug), "the doctor wrote the password");
    for user in [tested, other] {
        for mail in stage.lab.mailbox(&user.recovery_mail).all()? {
            ensure!(!mail.raw.contains(BEGINS), "{}", mail.raw);
        }
    }
    let trail = stage.admin(&["audit", "list", "--last", "100"])?;
    ensure!(trail.contains("Writeback tested"), "{trail}");

    // Given back, it is nobody's to reset.
    stage.admin(&["user", "test-account", &tested.upn, "--release"])?;
    let (report, _) = doctor(stage, &tested.upn)?;
    ensure!(red(&report) == ["round-trip"], "{report:#}");
    let (report, _) = doctor(stage, &other.upn)?;
    ensure!(red(&report) == ["round-trip"], "{report:#}");
    ensure!(forest.can_bind(&other.upn, &other.password, pdc)?.is_ok());
    Ok(())
}
