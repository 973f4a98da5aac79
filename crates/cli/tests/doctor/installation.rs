//! A cloud's machine on which everything is as it should be.

use std::{
    net::{SocketAddr, TcpListener},
    process::Command,
    time::Instant,
};

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;
use writeback_lab::{BrokenState, Healthy, Mended, TableRow};
use writeback_model::{AgentId, DomainName, EnrolmentId, KeyId, RunId, TenantId, UserId};
use writeback_store::{
    Actor, AgentStore, AuditRecord, Enrolment, ForestStore, LicenceStore, NewAgent, Run, RunEnd,
    RunStore, TenantStore, TokenHash, UserStore, WritebackStore,
};
use writeback_store_sqlite::SqliteStore;
use writeback_sync::{Counts, Profile, RunResult};

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the doctor named.
pub struct Broken {
    state: String,
    check: String,
    more: Vec<String>,
    /// What is to be done.
    pub remedy: Vec<String>,
}

pub struct Installation {
    dir: TempDir,
    config: String,
    listener: Option<TcpListener>,
    pub tenant: TenantId,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program under test goes by the machine's clock"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

pub fn agent_id(number: u128) -> AgentId {
    AgentId::from_uuid(Uuid::from_u128(number))
}

impl Installation {
    pub async fn new() -> Self {
        let it = Self::without_forest().await;
        it.add_forest("corp.test", true).await;
        it
    }

    /// One of which no agent has reported a forest yet.
    pub async fn without_forest() -> Self {
        let dir = TempDir::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let path = |name: &str| dir.path().join(name).display().to_string();
        std::fs::create_dir(path("mail")).unwrap();
        let config = format!(
            "public_url = \"http://localhost:1\"\ndatabase = \"{}\"\n[[listen]]\n\
             address = \"{}\"\n[mail]\nfrom = \"a@b.test\"\nfolder = \"{}\"\n",
            path("cloud.db"),
            listener.local_addr().unwrap(),
            path("mail"),
        );
        let mut it = Self {
            dir,
            config,
            listener: Some(listener),
            tenant: TenantId::from_uuid(Uuid::nil()),
        };
        it.configure(str::to_owned);
        it.admin(&["init", "--name", "Company Inc"]);
        it.admin(&["audit", "checkpoint"]);
        it.tenant = it.store().await.tenants().await.unwrap()[0].id;
        it.enrol(1).await;
        it.seen(agent_id(1), VERSION, now()).await;
        it
    }

    /// Writes the configuration, changed.
    pub fn configure(&self, change: impl Fn(&str) -> String) {
        std::fs::write(self.path("cloud.toml"), change(&self.config)).unwrap();
    }

    pub fn stop_listening(&mut self) -> SocketAddr {
        let address = self.listener.as_ref().unwrap().local_addr().unwrap();
        self.listener = None;
        address
    }

    pub fn listen_again(&mut self, address: SocketAddr) {
        self.listener = Some(TcpListener::bind(address).unwrap());
    }

    pub fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    /// The file of the key that signs the trail.
    pub fn audit_key(&self) -> String {
        let files = std::fs::read_dir(self.dir.path()).unwrap();
        let names = files.map(|it| it.unwrap().path().display().to_string());
        let mut keys = names.filter(|it| it.contains("key"));
        keys.next().unwrap()
    }

    pub fn set_policy(&self, text: &str) {
        std::fs::write(self.path("policy.toml"), text).unwrap();
        self.admin(&["policy", "set", &self.path("policy.toml")]);
    }

    /// A certificate for `localhost` that ends in so many days, and its key.
    pub fn certificate(&self, days: i64) -> (String, String) {
        let key = rcgen::KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned()];
        let mut certificate = rcgen::CertificateParams::new(names).unwrap();
        let day = |days: i64| {
            let at = now() + jiff::SignedDuration::from_hours(24 * days);
            let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
            let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
            rcgen::date_time_ymd(date.year().into(), month, day)
        };
        certificate.not_before = day(-30);
        certificate.not_after = day(days);
        let certificate = certificate.self_signed(&key).unwrap();
        let (file, key_file) = (self.path("own.pem"), self.path("own.key"));
        std::fs::write(&file, certificate.pem()).unwrap();
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        (file, key_file)
    }

    pub async fn user(&self, name: &str) -> UserId {
        let name = name.parse().unwrap();
        let users = self.store().await.users_by_name(self.tenant, &name).await;
        users.unwrap()[0].id
    }

    pub async fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.dir.path().join("cloud.db"))
            .await
            .unwrap()
    }

    fn shell(&self, line: &str) -> (Option<i32>, String) {
        let program = env!("CARGO_BIN_EXE_writeback");
        let line = line.replacen("writeback ", &format!("{program} "), 1);
        let output = Command::new("sh")
            .args(["-c", &line])
            .current_dir(self.dir.path())
            .env("WRITEBACK_CLOUD_CONFIG", self.path("cloud.toml"))
            .env_remove("WRITEBACK_TENANT")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        (output.status.code(), format!("{said}{errors}"))
    }

    pub fn run(&self, arguments: &[&str], code: i32) -> String {
        let quoted: Vec<_> = arguments.iter().map(|it| format!("'{it}'")).collect();
        let (ended, said) = self.shell(&format!("writeback {}", quoted.join(" ")));
        assert_eq!(ended, Some(code), "{arguments:?}: {said}");
        said
    }

    pub fn admin(&self, arguments: &[&str]) -> String {
        self.run(&[&["admin"], arguments].concat(), 0)
    }

    /// What the doctor finds, asked for more besides.
    fn findings(&self, more: &[&str], code: i32) -> Vec<Value> {
        let said = self.run(&[&["admin", "doctor", "--json"], more].concat(), code);
        let report: Value = serde_json::from_str(&said).unwrap();
        report["findings"].as_array().unwrap().clone()
    }

    fn problems(&self, more: &[&str], code: i32) -> Vec<Value> {
        let is_bad = |it: &Value| it["verdict"] != "fine" && it["verdict"] != "not-reached";
        let found = self.findings(more, code);
        found.into_iter().filter(is_bad).collect()
    }

    /// Keeps it as the row of what nothing is wrong with.
    pub fn is_healthy(&self) {
        let began = Instant::now();
        let found = self.findings(&[], 0);
        let took = began.elapsed();
        let all_fine = found.iter().all(|it| it["verdict"] == "fine");
        assert!(all_fine, "{found:#?}");
        let healthy = Healthy {
            what: "the cloud's machine, and one tenant".to_owned(),
            fine: found.len(),
            took_ms: u64::try_from(took.as_millis()).unwrap(),
        };
        TableRow::Healthy(healthy).keep().unwrap();
    }

    /// One check is named and no other.
    pub fn names(&self, state: &str, check: &str, code: i32) -> Broken {
        self.names_of(&[], state, check, code)
    }

    /// The same, asked for more besides.
    pub fn names_of(&self, more: &[&str], state: &str, check: &str, code: i32) -> Broken {
        let problems = self.problems(more, code);
        let named: Vec<_> = problems.iter().map(|it| &it["check"]).collect();
        assert_eq!(named, [check], "{problems:#?}");
        let lines = problems[0]["problem"]["remedy"].as_array().unwrap();
        Broken {
            state: state.to_owned(),
            check: check.to_owned(),
            more: more.iter().map(|&it| it.to_owned()).collect(),
            remedy: lines
                .iter()
                .map(|line| line.as_str().unwrap().to_owned())
                .collect(),
        }
    }

    /// All is green again, now that it was mended in this way; keeps the row.
    pub fn green_again(&self, broken: &Broken, mended: Mended) {
        let more: Vec<_> = broken.more.iter().map(String::as_str).collect();
        assert_eq!(
            self.problems(&more, 0),
            Vec::<Value>::new(),
            "{}",
            broken.state
        );
        let row = BrokenState {
            state: broken.state.clone(),
            check: broken.check.clone(),
            // It was the only one.
            rank: Some(1),
            alarms: Vec::new(),
            mended,
        };
        TableRow::Broken(row).keep().unwrap();
    }

    /// What was printed is typed, and helps.
    pub fn commands_help(&self, broken: &Broken) {
        self.follow(&broken.remedy);
        self.green_again(broken, Mended::ByCommands);
    }

    /// Types every command of a remedy.
    pub fn follow(&self, remedy: &[String]) {
        let mut typed = 0;
        for line in remedy {
            if let Some(command) = line.strip_prefix("$ ")
                && command != "writeback doctor"
            {
                let (code, said) = self.shell(command);
                assert_eq!(code, Some(0), "{command}: {said}");
                typed += 1;
            }
        }
        assert!(typed > 0, "{remedy:?}");
    }

    pub async fn enrol(&self, number: u128) {
        let store = self.store().await;
        let id = EnrolmentId::from_uuid(Uuid::from_u128(number));
        let enrolment = Enrolment {
            id,
            tenant: self.tenant,
            hash: TokenHash([u8::try_from(number).unwrap(); 32]),
            created_at: now(),
            expires_at: now() + jiff::SignedDuration::from_hours(1),
        };
        store
            .add_enrolment(&enrolment, &self.record())
            .await
            .unwrap();
        let agent = NewAgent {
            id: agent_id(number),
            public_key: [u8::try_from(number).unwrap(); 32],
            host: format!("agent{number}"),
            version: VERSION.to_owned(),
        };
        let enrolled = store
            .enrol(id, enrolment.hash, &agent, now(), &self.record())
            .await;
        enrolled.unwrap().unwrap();
    }

    pub async fn seen(&self, agent: AgentId, version: &str, at: Timestamp) {
        let store = self.store().await;
        store.agent_seen(agent, version, at).await.unwrap();
    }

    /// What agents do when writeback was switched on.
    pub async fn keys_are_rolled(&self) {
        let store = self.store().await;
        for roll in store.key_rolls(self.tenant).await.unwrap() {
            let key = KeyId::from_uuid(Uuid::from_u128(9));
            let rolled = store
                .key_rolled(self.tenant, roll.agent, key, now(), &self.record())
                .await;
            rolled.unwrap();
        }
    }

    /// A part number of those that were assigned.
    pub async fn take_all_licences(&self) -> String {
        let store = self.store().await;
        for it in store.licence_assignments(self.tenant).await.unwrap() {
            let taken = store
                .unassign_licence(self.tenant, it.sku, it.to, now(), &self.record())
                .await;
            assert!(taken.unwrap());
        }
        let skus = store.skus(self.tenant, now()).await.unwrap();
        skus[0].sku.part_number.clone()
    }

    /// Reported by an agent; imported and synchronised whole, or not yet.
    pub async fn add_forest(&self, name: &str, whole: bool) {
        let store = self.store().await;
        let forest = name.parse().unwrap();
        store
            .report_forest(self.tenant, &forest, &[])
            .await
            .unwrap();
        let profiles = [Profile::FullImport, Profile::FullSync];
        for profile in profiles.into_iter().filter(|_| whole) {
            let run = self.begin(&forest, profile, None).await;
            self.end(run).await;
        }
    }

    pub async fn begin(
        &self,
        forest: &DomainName,
        profile: Profile,
        agent: Option<AgentId>,
    ) -> RunId {
        let store = self.store().await;
        let runs = store.runs(self.tenant, None, 99).await.unwrap().len();
        let id = RunId::from_uuid(Uuid::from_u128(7000 + runs as u128));
        let run = Run {
            id,
            cycle: id,
            forest: forest.clone(),
            profile,
            started_by: "the test".to_owned(),
            agent,
            controllers: vec![],
            began_at: now(),
            progress_at: now(),
            ended_at: None,
            result: RunResult::Running,
            counts: Counts::default(),
            expected: None,
            detail: String::new(),
        };
        assert!(store.begin_run(self.tenant, &run, false).await.unwrap());
        id
    }

    pub async fn end(&self, run: RunId) {
        let end = RunEnd {
            at: now(),
            result: RunResult::Success,
            detail: String::new(),
        };
        let store = self.store().await;
        assert!(store.end_run(self.tenant, run, &end, None).await.unwrap());
    }

    pub fn record(&self) -> AuditRecord {
        AuditRecord {
            tenant: Some(self.tenant),
            at: now(),
            actor: Actor::Operator,
            activity: "test",
            user: None,
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail: String::new(),
        }
    }
}
