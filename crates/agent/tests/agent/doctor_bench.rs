//! An agent's machine that is broken in one way at a time, and what the doctor says of it.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tempfile::{NamedTempFile, TempDir};
use writeback_agent::{
    Enrolment,
    doctor::{Examination, examine},
    enrol,
    state::{SealingKeys, StateDir},
    transport::Transport,
};
use writeback_doctor::{Colour, Finding, Verdict, check, text};
use writeback_lab::{BrokenState, Dc, Forest, Guard, Lab, Mended, TableRow};
use writeback_model::{Clock, Secret};
use writeback_wire::round_trip::KnownLink;

use crate::{
    cloud::{Cloud, ENROLMENT_TOKEN},
    site::Real,
    way::secure_cloud,
};

/// A controller that was started answers within this.
const GREEN_WITHIN: Duration = Duration::from_secs(60);

/// A machine in order, alone in the lab.
pub(crate) struct Bench {
    pub(crate) lab: Lab,
    pub(crate) forest: Forest,
    pub(crate) cloud: Cloud,
    pub(crate) folder: TempDir,
    pub(crate) settings: Settings,
    rows: Vec<BrokenState>,
    _ca: NamedTempFile,
    _peace: Guard,
}

/// What its configuration says.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) cloud: String,
    pub(crate) state: PathBuf,
    pub(crate) ca_file: Option<PathBuf>,
    /// More, before the forest.
    pub(crate) extra: String,
    pub(crate) forest: String,
    pub(crate) user: String,
    pub(crate) password: PathBuf,
    pub(crate) dc_ca: PathBuf,
    /// More, of the forest.
    pub(crate) forest_extra: String,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let lab = Lab::require().unwrap();
        let peace = lab.exclusive().unwrap();
        let forest = lab.forest("corp.test").unwrap().clone();
        let (cloud, pem) = secure_cloud("localhost").await;
        let ca = NamedTempFile::new().unwrap();
        std::fs::write(ca.path(), pem).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, &forest.agent_password).unwrap();
        let settings = Settings {
            cloud: cloud.url(),
            state: folder.path().join("state"),
            ca_file: Some(ca.path().to_owned()),
            extra: String::new(),
            forest: forest.domain.clone(),
            user: forest.agent_upn.clone(),
            password,
            dc_ca: forest.ca_pem.clone(),
            forest_extra: String::new(),
        };
        join(&cloud, &settings.state, settings.ca_file.as_deref()).await;
        Self {
            lab,
            forest,
            cloud,
            folder,
            settings,
            rows: Vec::new(),
            _ca: ca,
            _peace: peace,
        }
    }

    /// A state folder in which the agent is enrolled, but at that address.
    pub(crate) fn member_at(&self, url: &str) -> PathBuf {
        let folder = self
            .folder
            .path()
            .join(format!("state-{}", self.rows.len()));
        std::fs::create_dir(&folder).unwrap();
        for name in ["agent.json", "identity.key", "sealing-keys.json"] {
            let text = std::fs::read_to_string(self.settings.state.join(name)).unwrap();
            let text = text.replace(&self.cloud.url(), url);
            std::fs::write(folder.join(name), text).unwrap();
        }
        private(&folder, 0o700);
        folder
    }

    pub(crate) async fn look(&self, settings: &Settings, user: Option<&str>) -> Vec<Finding> {
        self.look_by(settings, user, Arc::new(Real)).await
    }

    pub(crate) async fn look_by(
        &self,
        settings: &Settings,
        user: Option<&str>,
        clock: Arc<dyn Clock>,
    ) -> Vec<Finding> {
        let file = self.folder.path().join("agent.toml");
        std::fs::write(&file, settings.text()).unwrap();
        examine_file(&file, user, clock).await
    }

    /// The same, with silent connections.
    pub(crate) async fn look_silently(&self, silences: &[Duration]) -> Vec<Finding> {
        let file = self.folder.path().join("agent.toml");
        std::fs::write(&file, self.settings.text()).unwrap();
        examine_silently(&file, None, silences, Arc::new(Real)).await
    }

    /// Notes at which place the true cause stood, what else was red, and whether all is green
    /// now that it was undone.
    pub(crate) async fn row(&mut self, state: &str, expected: &str, found: &[Finding]) {
        self.row_with(state, expected, &[], found).await;
    }

    /// The same, where other checks rightly are red, too.
    pub(crate) async fn row_with(
        &mut self,
        state: &str,
        expected: &str,
        also: &[&str],
        found: &[Finding],
    ) {
        let mended = self.mended(None, Mended::ByHand).await;
        self.note(state, expected, also, found, mended);
    }

    /// The same of a person's account, which was mended so.
    pub(crate) async fn row_of(
        &mut self,
        user: &str,
        state: &str,
        expected: &str,
        found: &[Finding],
        by: Mended,
    ) {
        let mended = self.mended(Some(user), by).await;
        self.note(state, expected, &[], found, mended);
    }

    /// `by`, if all is green soon: what was started needs a moment.
    async fn mended(&self, user: Option<&str>, by: Mended) -> Mended {
        let until = Instant::now() + GREEN_WITHIN;
        loop {
            let found = self.look(&self.settings, user).await;
            if found.iter().all(|it| it.verdict == Verdict::Fine) {
                return by;
            }
            if Instant::now() > until {
                println!("not green again:\n{}", text(&found, Colour::No));
                return Mended::No;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    fn note(
        &mut self,
        state: &str,
        expected: &str,
        also: &[&str],
        found: &[Finding],
        mended: Mended,
    ) {
        let red = |it: &&Finding| !matches!(it.verdict, Verdict::Fine | Verdict::NotReached);
        let reds: Vec<&Finding> = found.iter().filter(red).collect();
        let rank = reds.iter().position(|it| it.check == expected);
        let others = reds
            .iter()
            .filter(|it| it.check != expected && !also.contains(&it.check));
        let row = BrokenState {
            state: state.to_owned(),
            check: expected.to_owned(),
            rank: rank.map(|at| at + 1),
            alarms: others.map(|it| it.check.to_owned()).collect(),
            mended,
        };
        println!("{}\n\n{}", row.line(), text(found, Colour::No));
        TableRow::Broken(row.clone()).keep().unwrap();
        self.rows.push(row);
    }

    /// Fails where a cause was not first, something else was red, or it could not be mended.
    pub(crate) fn end(&self) {
        let bad: Vec<_> = self.rows.iter().filter(|it| !it.is_good()).collect();
        assert!(bad.is_empty(), "{bad:#?}");
    }

    pub(crate) fn dc(&self, at: usize) -> &Dc {
        &self.forest.dcs[at]
    }

    /// Types every command that the finding of that check says for Samba.
    pub(crate) fn apply_remedy(&self, id: &str, found: &[Finding]) {
        let finding = found.iter().find(|it| it.check == id).unwrap();
        let lines = finding.remedy_lines(check(id).unwrap());
        self.run_samba(lines.iter().filter_map(|line| line.strip_prefix("$ ")));
    }

    /// Types these lines on the domain controller.
    pub(crate) fn run_samba<'a>(&self, lines: impl Iterator<Item = &'a str>) {
        let commands = lines.filter_map(|line| line.strip_prefix("samba-tool "));
        let mut typed = 0;
        for line in commands {
            let arguments: Vec<String> = words(line);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            self.dc(0).samba_tool(&arguments).unwrap();
            typed += 1;
        }
        assert!(typed > 0, "nothing to type");
    }

    pub(crate) fn sid_of_the_agent(&self) -> String {
        let show = ["user", "show", "svc-writeback", "--attributes=objectSid"];
        let shown = self.dc(0).samba_tool(&show).unwrap();
        let mut sids = shown
            .lines()
            .filter_map(|it| it.strip_prefix("objectSid: "));
        sids.next().unwrap().trim().to_owned()
    }

    /// What the head of the domain grants the agent's account, in no order.
    pub(crate) fn entries_of_the_agent(&self) -> BTreeSet<String> {
        let head = format!("--objectdn={}", self.forest.base_dn);
        let shown = self.dc(0).samba_tool(&["dsacl", "get", &head]).unwrap();
        let sid = format!(";{})", self.sid_of_the_agent());
        let entries = shown.split_inclusive(')').filter(|it| it.ends_with(&sid));
        let from_bracket = |it: &str| it.rsplit_once('(').map(|(_, rest)| format!("({rest}"));
        entries.filter_map(from_bracket).collect()
    }
}

impl Bench {
    /// Takes back what a remedy granted: other tests count on it not being there.
    pub(crate) fn take_back(&self, found: &[Finding], id: &str) {
        let finding = found.iter().find(|it| it.check == id).unwrap();
        for line in finding.remedy_lines(check(id).unwrap()) {
            if let Some(line) = line.strip_prefix("$ samba-tool dsacl set ") {
                let line = line.replace("--action=allow ", "");
                let arguments = words(&line);
                let mut delete = vec!["dsacl", "delete"];
                delete.extend(arguments.iter().map(String::as_str));
                self.dc(0).samba_tool(&delete).unwrap();
            }
        }
    }
}

/// As a shell takes a line apart: at blanks, but not between double quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words
}

pub(crate) fn private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

pub(crate) async fn examine_file(
    file: &Path,
    user: Option<&str>,
    clock: Arc<dyn Clock>,
) -> Vec<Finding> {
    let began = Instant::now();
    let found = examine_silently(file, user, &[], clock).await;
    assert!(began.elapsed() < Duration::from_secs(40));
    found
}

async fn examine_silently(
    file: &Path,
    user: Option<&str>,
    silences: &[Duration],
    clock: Arc<dyn Clock>,
) -> Vec<Finding> {
    examine(Examination {
        config: file.to_owned(),
        user: user.map(str::to_owned),
        round_trip: false,
        silences: silences.to_vec(),
        clock,
        entropy: Arc::new(Real),
    })
    .await
}

pub(crate) async fn join(cloud: &Cloud, state: &Path, ca_file: Option<&Path>) {
    let transport = Transport::new(cloud.url().parse().unwrap(), ca_file, None).unwrap();
    let enrolment = Enrolment {
        transport: &transport,
        state_dir: state,
        token: &Secret::new(ENROLMENT_TOKEN.to_owned()),
        host: "agent1",
        version: "0.0.0",
        replace: false,
    };
    enrol(enrolment, &Real, &Real).await.unwrap();
    // As if the agent ran.
    let keys = SealingKeys::load_or_create(&StateDir::at(state), &Real, &Real).unwrap();
    cloud.known().link = Some(KnownLink {
        since: Real.now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sealing_key: keys.current().id,
    });
}

impl Settings {
    fn text(&self) -> String {
        let ca = self.ca_file.as_ref();
        let ca = ca.map(|file| format!("ca_file = \"{}\"\n", file.display()));
        format!(
            "cloud = \"{}\"\nstate_dir = \"{}\"\n{}{}\n[[forest]]\nname = \"{}\"\nuser = \"{}\"\n\
             password_file = \"{}\"\nca_file = \"{}\"\n{}\n",
            self.cloud,
            self.state.display(),
            ca.unwrap_or_default(),
            self.extra,
            self.forest,
            self.user,
            self.password.display(),
            self.dc_ca.display(),
            self.forest_extra
        )
    }
}
