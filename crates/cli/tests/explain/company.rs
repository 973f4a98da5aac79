//! A company, its people and its rules, in a database.

use std::{path::PathBuf, process::Command};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;
use writeback_model::{AgentId, DomainName, GroupId, Role, RunId, SourceAnchor, TenantId, UserId};
use writeback_policy::licence::{SELF_HOSTED, ServicePlan, Term, catalogue_sku};
use writeback_store::{
    Actor, AssignAnswer, Assignee, AuditRecord, BatchAnswer, CompleteAnswer, ConnectorStore,
    ForestStore, GroupMember, GroupStore, LicenceStore, MemberAnswer, NewCloudUser, NewGroup,
    NewSku, RoleStore, Run, RunEnd, RunStore, SyncStore, TenantStore, ThrottleRule, ThrottleStore,
    UserStore,
};
use writeback_store_sqlite::SqliteStore;
use writeback_sync::{Account, Attributes, Change, Counts, Decision, Profile, RunResult, Standing};
use writeback_wire::http::{ImportBatch, ImportComplete, ImportedKind, ImportedObject};

pub struct Company {
    dir: TempDir,
    store: SqliteStore,
    tenant: TenantId,
}

/// Everybody; but for `cloudy` all are synchronised.
const PEOPLE: &[&str] = &[
    "fine",
    "outsider",
    "temp",
    "keeper",
    "careful",
    "admin",
    "unlicensed",
    "basic",
    "switched",
    "early",
    "gone",
    "twice",
    "unreachable",
    "eager",
];

const POLICY: &str = "scope = \"selected\"\n\
    [[groups]]\ngroup = \"Temps\"\nreset = false\n\
    [[groups]]\ngroup = \"Keepers\"\nunlock_without_reset = false\n\
    [[groups]]\ngroup = \"Careful\"\ngates = 2\nmethods = [\"email\", \"sms\"]\n\
    [[groups]]\ngroup = \"Staff\"\n";

/// An hour ago: imports of long ago would not count.
fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program under test goes by the machine's clock"
    )]
    let now = Timestamp::now();
    now - SignedDuration::from_hours(1)
}

fn user_id(name: &str) -> UserId {
    let place = PEOPLE.iter().position(|it| *it == name).unwrap_or(99);
    UserId::from_uuid(Uuid::from_u128(1000 + place as u128))
}

fn group_id(number: u128) -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(number))
}

fn attributes(name: &str) -> Attributes {
    Attributes {
        account_name: name.to_owned(),
        netbios: Some("CORP".to_owned()),
        user_principal_name: format!("{name}@corp.test"),
        other_mail: match name {
            "unreachable" => vec![],
            _ => vec![format!("{name}@mail.example")],
        },
        enabled: true,
        ..Attributes::default()
    }
}

impl Company {
    pub async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let config = format!(
            "public_url = \"http://localhost:1\"\ndatabase = \"{}\"\n[[listen]]\n\
             address = \"127.0.0.1:1\"\n[mail]\nfrom = \"a@b.test\"\nfolder = \"{}\"\n",
            dir.path().join("cloud.db").display(),
            dir.path().join("mail").display(),
        );
        std::fs::write(dir.path().join("cloud.toml"), config).unwrap();
        let store = SqliteStore::open(&dir.path().join("cloud.db"))
            .await
            .unwrap();
        let mut company = Self {
            dir,
            store,
            tenant: TenantId::from_uuid(Uuid::nil()),
        };
        company.admin(&["init", "--name", "Company"], 0);
        company.tenant = company.store.tenants().await.unwrap().remove(0).id;
        company.add_people().await;
        company.add_groups().await;
        company.add_licences().await;
        company.add_the_rest().await;
        company.set_policy(POLICY).await;
        company
    }

    /// Runs `writeback admin` and expects that exit code.
    pub fn admin(&self, arguments: &[&str], code: i32) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_writeback"))
            .arg("admin")
            .args(arguments)
            .arg("--config")
            .arg(self.dir.path().join("cloud.toml"))
            .env_remove("WRITEBACK_TENANT")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {said}{errors}"
        );
        said
    }

    /// The one answer to a wish.
    pub fn explain(&self, name: &str, wish: &str, code: i32) -> Value {
        let name = match name {
            "cloudy" => "cloudy@cloud.test".to_owned(),
            name => format!("{name}@corp.test"),
        };
        let said = self.admin(&["explain", &name, "--wish", wish, "--json"], code);
        let mut said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["name"], name);
        said["answers"][0].take()
    }

    /// Writes a file and says where it is.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub async fn set_policy(&self, text: &str) {
        let file = self.file("policy.toml", text);
        let said = self.admin(&["policy", "set", &file], 0);
        assert!(said.starts_with("The policy is set.\n"), "{said}");
    }

    pub async fn take_all_licences(&self) {
        for assignment in self.store.licence_assignments(self.tenant).await.unwrap() {
            let taken = self
                .store
                .unassign_licence(
                    self.tenant,
                    assignment.sku,
                    assignment.to,
                    now(),
                    &self.record(),
                )
                .await;
            assert!(taken.unwrap());
        }
    }

    async fn add_people(&self) {
        self.add_forest(
            "corp.test",
            |name| !matches!(name, "switched" | "early"),
            true,
        )
        .await;
        self.add_forest("off.test", |name| name == "switched", true)
            .await;
        self.add_forest("new.test", |name| name == "early", false)
            .await;
        let user = NewCloudUser {
            id: user_id("cloudy"),
            attributes: Attributes {
                account_name: String::new(),
                netbios: None,
                user_principal_name: "cloudy@cloud.test".to_owned(),
                ..attributes("cloudy")
            },
            holds_admin_role: false,
        };
        let added = self
            .store
            .add_cloud_user(self.tenant, &user, now(), &self.record())
            .await;
        assert!(added.unwrap());
    }

    /// A forest with those of the people; imported and synchronised whole, or broken off.
    async fn add_forest(&self, name: &str, is_here: impl Fn(&str) -> bool, whole: bool) {
        let (store, tenant) = (&self.store, self.tenant);
        let forest: DomainName = name.parse().unwrap();
        store.report_forest(tenant, &forest, &[]).await.unwrap();
        let people: Vec<_> = PEOPLE.iter().copied().filter(|it| is_here(it)).collect();
        let agent = AgentId::from_uuid(Uuid::from_u128(1));
        let import = self.begin(&forest, Profile::FullImport, Some(agent)).await;
        let batch = ImportBatch {
            sequence: 0,
            objects: people.iter().map(|name| imported(&forest, name)).collect(),
            removed: vec![],
            position: None,
        };
        let kept = store.put_batch(tenant, import, agent, &batch, now()).await;
        assert_eq!(kept.unwrap(), BatchAnswer::Kept);
        if whole {
            let complete = ImportComplete {
                batches: 1,
                objects: people.len() as u64,
                controllers: vec![],
                sees_deletions: true,
                scope: "all".to_owned(),
            };
            let answer = store
                .complete_import(tenant, import, agent, &complete, now(), &self.record())
                .await;
            assert!(matches!(answer.unwrap(), CompleteAnswer::Complete { .. }));
        } else {
            self.end(import, RunResult::Failed).await;
        }
        // Where it was broken off people are known all the same, as from an earlier version.
        let run = if whole {
            Profile::FullSync
        } else {
            Profile::DeltaSync
        };
        let run = self.begin(&forest, run, None).await;
        let decisions: Vec<_> = people.iter().map(|name| added(&forest, name)).collect();
        store
            .apply(tenant, &forest, run, &decisions, now())
            .await
            .unwrap();
        self.end(run, RunResult::Success).await;
    }

    async fn begin(&self, forest: &DomainName, profile: Profile, agent: Option<AgentId>) -> RunId {
        let id = RunId::from_uuid(Uuid::from_u128(
            7000 + self.store.runs(self.tenant, None, 99).await.unwrap().len() as u128,
        ));
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
        assert!(
            self.store
                .begin_run(self.tenant, &run, false)
                .await
                .unwrap()
        );
        id
    }

    async fn end(&self, run: RunId, result: RunResult) {
        let end = RunEnd {
            at: now(),
            result,
            detail: String::new(),
        };
        assert!(
            self.store
                .end_run(self.tenant, run, &end, None)
                .await
                .unwrap()
        );
    }

    /// The groups of the policy; everybody whom it does not concern is staff, one of them only
    /// through another group.
    async fn add_groups(&self) {
        let names = ["Temps", "Keepers", "Careful", "Staff", "Team"];
        for (number, name) in (1..).zip(names) {
            let group = NewGroup {
                id: group_id(number),
                name: name.to_owned(),
            };
            let added = self
                .store
                .add_group(self.tenant, &group, now(), &self.record())
                .await;
            assert!(added.unwrap());
        }
        self.join(4, GroupMember::Group(group_id(5))).await;
        for name in PEOPLE {
            let group = match *name {
                "temp" => 1,
                "keeper" => 2,
                "careful" => 3,
                "outsider" => continue,
                "fine" => 5,
                _ => 4,
            };
            self.join(group, GroupMember::User(user_id(name))).await;
        }
        // In two: the first entry holds.
        self.join(4, GroupMember::User(user_id("temp"))).await;
        self.join(4, GroupMember::User(user_id("cloudy"))).await;
    }

    async fn join(&self, group: u128, member: GroupMember) {
        let answer = self
            .store
            .add_group_member(self.tenant, group_id(group), member, now(), &self.record())
            .await;
        assert_eq!(answer.unwrap(), MemberAnswer::Done);
    }

    /// Everybody but two has the licence that tenants are born with.
    async fn add_licences(&self) {
        self.take_all_licences().await;
        let basic = catalogue_sku("AAD_BASIC").unwrap();
        let sku = NewSku {
            id: basic.id,
            part_number: basic.part_number.to_owned(),
            product: basic.product.to_owned(),
            plans: basic
                .plans
                .iter()
                .map(|plan| ServicePlan {
                    id: plan.id,
                    name: plan.name.to_owned(),
                })
                .collect(),
            prepaid: None,
            term: Term::ENDLESS,
        };
        let added = self
            .store
            .add_sku(self.tenant, &sku, now(), &self.record())
            .await;
        assert!(added.unwrap());
        for name in PEOPLE.iter().chain(&["cloudy"]) {
            let sku = match *name {
                "unlicensed" => continue,
                "basic" => basic.id,
                _ => SELF_HOSTED.id,
            };
            let to = Assignee::User(user_id(name));
            let answer = self
                .store
                .assign_licence(self.tenant, sku, to, &[], now(), &self.record())
                .await;
            assert!(matches!(answer.unwrap(), AssignAnswer::Assigned { .. }));
        }
    }

    /// A role, a switch, and a limit that is used up.
    async fn add_the_rest(&self) {
        self.store
            .grant_role(
                self.tenant,
                user_id("admin"),
                Role::HelpdeskAdministrator,
                now(),
                &self.record(),
            )
            .await
            .unwrap();
        self.admin(&["writeback", "disable", "--forest", "off.test"], 0);
        let now = now();
        let rule = ThrottleRule {
            name: "passwords per user",
            limit: 0,
            window: SignedDuration::from_secs(1),
            block: "2100-01-01T00:00:00Z"
                .parse::<Timestamp>()
                .unwrap()
                .duration_since(now),
        };
        self.store
            .count(
                self.tenant,
                &rule,
                &user_id("eager").to_string(),
                now,
                &self.record(),
            )
            .await
            .unwrap();
    }

    fn record(&self) -> AuditRecord {
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

fn anchor(name: &str) -> SourceAnchor {
    SourceAnchor::try_from_bytes(user_id(name).uuid().as_bytes()).unwrap()
}

fn imported(forest: &DomainName, name: &str) -> ImportedObject {
    ImportedObject {
        anchor: anchor(name),
        kind: ImportedKind::User,
        domain: forest.clone(),
        netbios: Some("CORP".to_owned()),
        dn: format!("CN={name},DC=test"),
        rid: None,
        primary_group: None,
        enabled: true,
        account_expires: None,
        consistency_guid: None,
        attributes: [("sAMAccountName".to_owned(), vec![name.to_owned()])].into(),
        members: None,
        problems: vec![],
    }
}

fn added(forest: &DomainName, name: &str) -> Decision {
    let account = Account {
        forest: forest.clone(),
        domain: forest.clone(),
        anchor: anchor(name),
        enabled: true,
    };
    Decision {
        change: Change::Add {
            user: user_id(name),
            source_anchor: anchor(name),
            attributes: attributes(name),
            standing: match name {
                "gone" => Standing::None,
                "twice" => Standing::EnabledTwice,
                _ => Standing::Target(account.clone()),
            },
        },
        account,
        problems: vec![],
        reasons: vec![],
    }
}
