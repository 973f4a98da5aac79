//! What an import and a synchronisation of many users cost the store, step by step.
//!
//! ```text
//! cargo run --release -p writeback-store-sqlite --example import_speed [users]
//! ```

#![expect(
    clippy::unwrap_used,
    reason = "a measurement ends where it cannot go on"
)]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::{AgentId, DomainName, RunId, SourceAnchor, TenantId, UserId, UserName};
use writeback_store::{
    Actor, AgentStore, AuditRecord, BatchAnswer, CompleteAnswer, ConnectorStore, ForestStore, Run,
    RunEnd, RunStore, SyncStore, Tenant, TenantStore, UserStore, Which,
};
use writeback_store_sqlite::SqliteStore;
use writeback_sync::{Candidates, Counts, Profile, Rules, RunResult, decide, keys};
use writeback_wire::http::{ImportBatch, ImportComplete, ImportedKind, ImportedObject};

/// How many objects a batch of an import has.
const BATCH: usize = 1000;
/// How many objects are synchronised at a time.
const PAGE: u32 = 500;

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn corp() -> DomainName {
    "corp.test".parse().unwrap()
}

const fn tenant() -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(1))
}

const fn agent() -> AgentId {
    AgentId::from_uuid(Uuid::from_u128(2))
}

const fn run_id(number: u128) -> RunId {
    RunId::from_uuid(Uuid::from_u128(number))
}

fn audit() -> AuditRecord {
    AuditRecord {
        tenant: Some(tenant()),
        at: now(),
        actor: Actor::Cloud,
        activity: "Measured",
        user: None,
        correlation: None,
        address: None,
        result: "success".to_owned(),
        detail: String::new(),
    }
}

/// Spread as random bytes are, and the same in every run.
fn anchor(number: usize) -> SourceAnchor {
    let number = number as u128 + 1;
    let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    SourceAnchor::try_from_bytes(&spread.to_be_bytes()).unwrap()
}

/// A user with about as much in it as a company's has.
fn user(number: usize, title: &str) -> ImportedObject {
    let values = [
        ("sAMAccountName", format!("user{number:06}")),
        ("userPrincipalName", format!("user{number:06}@corp.test")),
        ("displayName", format!("Användare Nummer {number:06}")),
        ("givenName", "Användare".to_owned()),
        ("sn", format!("Nummer {number:06}")),
        ("mail", format!("anvandare.nummer.{number:06}@example.test")),
        ("mobile", format!("+62 812 {number:08}")),
        ("otherMailbox", format!("home{number:06}@example.org")),
        ("preferredLanguage", "id-ID".to_owned()),
        ("title", title.to_owned()),
        ("department", format!("Department {}", number % 97)),
    ];
    ImportedObject {
        anchor: anchor(number),
        kind: ImportedKind::User,
        domain: corp(),
        netbios: Some("CORP".to_owned()),
        dn: format!("CN=Användare Nummer {number:06},OU=People,OU=Jakarta,DC=corp,DC=test"),
        rid: u32::try_from(number).ok(),
        primary_group: Some(513),
        enabled: true,
        account_expires: None,
        consistency_guid: None,
        attributes: values
            .map(|(name, value)| (name.to_owned(), vec![value]))
            .into(),
        members: None,
        problems: vec![],
    }
}

fn group(number: usize, members: usize) -> ImportedObject {
    ImportedObject {
        kind: ImportedKind::Group,
        dn: "CN=Everyone,DC=corp,DC=test".to_owned(),
        members: Some((0..members).map(anchor).collect()),
        attributes: [("sAMAccountName".to_owned(), vec!["Everyone".to_owned()])].into(),
        enabled: false,
        ..user(number, "")
    }
}

/// The time that the threads of this process had on a processor so far, on Linux: it says what
/// a step costs when other programs run, too.
fn on_processor() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let nanos = tasks.flatten().filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}

/// The beginning of something.
struct Since {
    clock: Instant,
    processor: Duration,
}

impl Since {
    fn now() -> Self {
        Self {
            processor: on_processor(),
            clock: Instant::now(),
        }
    }
}

/// Times of one step, done many times.
#[derive(Default)]
struct Times {
    clock: Duration,
    processor: Duration,
    longest: Duration,
}

impl Times {
    fn add(&mut self, since: &Since) {
        let time = since.clock.elapsed();
        self.clock += time;
        self.processor += on_processor().saturating_sub(since.processor);
        self.longest = self.longest.max(time);
    }

    fn print(&self, what: &str, users: usize) {
        let users = f64::from(u32::try_from(users).unwrap());
        let each = |time: Duration| time.as_secs_f64() * 1e6 / users;
        println!(
            "{what:<40} {:>7.2} µs/user, {:>7.2} of them on a processor; longest {:>7.2} ms",
            each(self.clock),
            each(self.processor),
            self.longest.as_secs_f64() * 1e3
        );
    }
}

async fn begin(store: &SqliteStore, number: u128, profile: Profile) {
    let run = Run {
        id: run_id(number),
        cycle: run_id(number),
        forest: corp(),
        profile,
        started_by: "measurement".to_owned(),
        agent: profile.is_import().then(agent),
        controllers: vec![],
        began_at: now(),
        progress_at: now(),
        ended_at: None,
        result: RunResult::Running,
        counts: Counts::default(),
        expected: None,
        detail: String::new(),
    };
    assert!(store.begin_run(tenant(), &run, false).await.unwrap());
}

async fn import(store: &SqliteStore, what: &str, number: u128, objects: &[ImportedObject]) {
    begin(store, number, Profile::FullImport).await;
    let run = run_id(number);
    let batches: Vec<_> = (0..)
        .zip(objects.chunks(BATCH))
        .map(|(sequence, objects)| ImportBatch {
            sequence,
            objects: objects.to_vec(),
            removed: vec![],
            position: None,
        })
        .collect();
    let mut times = Times::default();
    for batch in &batches {
        let since = Since::now();
        let answer = store.put_batch(tenant(), run, agent(), batch, now()).await;
        times.add(&since);
        assert_eq!(answer.unwrap(), BatchAnswer::Kept);
    }
    times.print(&format!("{what}: put_batch of {BATCH}"), objects.len());
    let complete = ImportComplete {
        batches: u32::try_from(batches.len()).unwrap(),
        objects: objects.len() as u64,
        controllers: vec![],
        sees_deletions: true,
        scope: "scope".to_owned(),
    };
    let mut times = Times::default();
    let since = Since::now();
    let answer = store
        .complete_import(tenant(), run, agent(), &complete, now(), &audit())
        .await;
    times.add(&since);
    assert!(matches!(answer.unwrap(), CompleteAnswer::Complete { .. }));
    times.print(&format!("{what}: complete_import"), objects.len());
}

async fn synchronise(store: &SqliteStore, what: &str, number: u128, which: Which) {
    begin(store, number, Profile::FullSync).await;
    let (mut reading, mut finding) = (Times::default(), Times::default());
    let (mut deciding, mut applying) = (Times::default(), Times::default());
    let rules = Rules::default();
    let (mut after, mut users, mut next) = (None, 0, number << 64);
    loop {
        let since = Since::now();
        let objects = store.objects(tenant(), &corp(), which, after, PAGE).await;
        let objects = objects.unwrap();
        reading.add(&since);
        let Some(last) = objects.last() else { break };
        after = Some(last.anchor);
        users += objects.len();

        let since = Since::now();
        let people = store.people(tenant(), &keys(&objects, &rules)).await;
        finding.add(&since);
        let since = Since::now();
        let mut candidates = Candidates::new(people.unwrap());
        let mut new_user = || {
            next += 1;
            UserId::from_uuid(Uuid::from_u128(next))
        };
        let decisions: Vec<_> = objects
            .iter()
            .map(|object| decide(object, &mut candidates, &rules, &[], &mut new_user))
            .collect();
        deciding.add(&since);
        let since = Since::now();
        let applied = store
            .apply(tenant(), &corp(), run_id(number), &decisions, now())
            .await;
        applied.unwrap();
        applying.add(&since);
    }
    reading.print(&format!("{what}: objects, {PAGE} at a time"), users);
    finding.print(&format!("{what}: people"), users);
    deciding.print(&format!("{what}: decide"), users);
    applying.print(&format!("{what}: apply"), users);
    let end = RunEnd {
        at: now(),
        result: RunResult::Success,
        detail: String::new(),
    };
    let ended = store.end_run(tenant(), run_id(number), &end, None).await;
    assert!(ended.unwrap());
}

async fn read(store: &SqliteStore, users: usize) {
    for _ in 0..2 {
        let since = Instant::now();
        let forest = corp();
        let members = store.members_of_group(tenant(), &forest, "CN=Everyone,DC=corp,DC=test");
        let members = members.await.unwrap().unwrap_or_default();
        println!(
            "members_of_group: {} in {:?}",
            members.len(),
            since.elapsed()
        );
    }
    let since = Instant::now();
    let found = store.objects_by_name(tenant(), "user000001").await.unwrap();
    println!("objects_by_name: {} in {:?}", found.len(), since.elapsed());
    let since = Instant::now();
    let window = jiff::SignedDuration::from_hours(24);
    let facts = store.removal_facts(tenant(), &corp(), window, now()).await;
    println!(
        "removal_facts: {:?} in {:?}",
        facts.unwrap(),
        since.elapsed()
    );
    let since = Instant::now();
    let name: UserName = "user000001@corp.test".parse().unwrap();
    let found = store.users_by_name(tenant(), &name).await.unwrap();
    println!("users_by_name: {} in {:?}", found.len(), since.elapsed());
    let since = Instant::now();
    let counts = store.count_people(tenant()).await.unwrap();
    println!("count_people: {counts:?} in {:?}", since.elapsed());
    assert_eq!(counts.synchronised, users as u64);
    let since = Instant::now();
    let counts = store.count_objects(tenant(), &corp()).await.unwrap();
    println!("count_objects: {counts:?} in {:?}", since.elapsed());
    let agents = store.agents(tenant()).await.unwrap();
    assert!(agents.is_empty());
}

#[tokio::main]
async fn main() {
    let users = std::env::args().nth(1).and_then(|users| users.parse().ok());
    let users: usize = users.unwrap_or(50_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writeback.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let new = Tenant {
        id: tenant(),
        name: "Example".to_owned(),
        created_at: now(),
        disabled_at: None,
    };
    assert!(store.add_tenant(&new, &audit()).await.unwrap());
    store.report_forest(tenant(), &corp(), &[]).await.unwrap();

    let objects = |title: &str| -> Vec<_> { (0..users).map(|it| user(it, title)).collect() };
    import(&store, "new", 1, &objects("Clerk")).await;
    synchronise(&store, "new", 2, Which::Pending).await;
    import(&store, "the same", 3, &objects("Clerk")).await;
    synchronise(&store, "the same", 4, Which::All).await;
    let mut all = objects("Manager");
    import(&store, "changed", 5, &all).await;
    synchronise(&store, "changed", 6, Which::Pending).await;

    all.push(group(users + 1, users));
    import(&store, "with a group of all", 7, &all).await;
    read(&store, users).await;
    let size = std::fs::metadata(&path).unwrap().len() / 1_048_576;
    println!("{size} MiB in the file");
}
