//! An agent's machine that is broken in one way at a time, and what the doctor says of it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tempfile::{NamedTempFile, TempDir};
use writeback_agent::{
    Enrolment,
    doctor::{Examination, examine},
    enrol,
    transport::Transport,
};
use writeback_doctor::{Colour, Finding, Verdict, check, text};
use writeback_lab::{Dc, Forest, Guard, Lab};
use writeback_model::{Clock, Secret};

use crate::{
    cloud::{Cloud, ENROLMENT_TOKEN},
    site::Real,
    way::secure_cloud,
};

/// A machine in order, alone in the lab.
pub(crate) struct Bench {
    pub(crate) lab: Lab,
    pub(crate) forest: Forest,
    pub(crate) cloud: Cloud,
    pub(crate) folder: TempDir,
    pub(crate) settings: Settings,
    rows: Vec<Row>,
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

struct Row {
    state: String,
    expected: &'static str,
    rank: Option<usize>,
    alarms: Vec<String>,
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
        for name in ["agent.json", "identity.key"] {
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

    /// Notes at which place the true cause stood, and what else was red.
    pub(crate) fn row(&mut self, state: &str, expected: &'static str, found: &[Finding]) {
        self.row_with(state, expected, &[], found);
    }

    /// The same, where other checks rightly are red, too.
    pub(crate) fn row_with(
        &mut self,
        state: &str,
        expected: &'static str,
        also: &[&str],
        found: &[Finding],
    ) {
        let red = |it: &&Finding| !matches!(it.verdict, Verdict::Fine | Verdict::NotReached);
        let reds: Vec<&Finding> = found.iter().filter(red).collect();
        let rank = reds.iter().position(|it| it.check == expected);
        let others = reds
            .iter()
            .filter(|it| it.check != expected && !also.contains(&it.check));
        let row = Row {
            state: state.to_owned(),
            expected,
            rank: rank.map(|at| at + 1),
            alarms: others.map(|it| it.check.to_owned()).collect(),
        };
        println!("{}\n\n{}", row.text(), text(found, Colour::No));
        self.rows.push(row);
    }

    /// Prints the table, and fails where a cause was not first or something else was red.
    pub(crate) fn end(&self) {
        println!(
            "\n| broken state | true cause | rank | other alarms |\n| --- | --- | --- | --- |"
        );
        for row in &self.rows {
            println!("{}", row.text());
        }
        println!("{} broken states", self.rows.len());
        assert!(self.rows.iter().all(Row::good), "see the table");
    }

    pub(crate) fn dc(&self, at: usize) -> &Dc {
        &self.forest.dcs[at]
    }

    /// Types what the finding of that check says for Samba.
    pub(crate) fn apply_remedy(&self, id: &str, found: &[Finding]) {
        let finding = found.iter().find(|it| it.check == id).unwrap();
        let lines = finding.remedy_lines(check(id).unwrap());
        let line = lines
            .iter()
            .find_map(|it| it.strip_prefix("$ samba-tool "))
            .unwrap();
        let arguments: Vec<String> = words(line);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.dc(0).samba_tool(&arguments).unwrap();
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
    let found = examine(Examination {
        config: file.to_owned(),
        user: user.map(str::to_owned),
        clock,
        entropy: Arc::new(Real),
    })
    .await;
    assert!(began.elapsed() < Duration::from_secs(40));
    found
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

impl Row {
    fn good(&self) -> bool {
        self.rank == Some(1) && self.alarms.is_empty()
    }

    fn text(&self) -> String {
        let rank = self
            .rank
            .map_or("not found".to_owned(), |it| it.to_string());
        let alarms = if self.alarms.is_empty() {
            "none".to_owned()
        } else {
            self.alarms.join(", ")
        };
        format!("| {} | {} | {rank} | {alarms} |", self.state, self.expected)
    }
}
