//! What the cases import from directories, and what synchronisations make of it. An object and
//! what belongs to it have one number.

use jiff::Timestamp;
use writeback_model::{DomainName, RunId, SourceAnchor, TenantId, UserId};
use writeback_sync::{
    Account, Attributes, Change, Counts, Decision, Keys, Object, Person, Problem, Profile, Removal,
    RunResult, Standing,
};
use writeback_wire::{
    Position,
    http::{
        AttributeProblem, ImportBatch, ImportComplete, ImportedKind, ImportedObject, RemovedObject,
        RemovedWhy,
    },
};

use super::given::{agent_id, at, audit, corp, uuid};
use crate::{BatchAnswer, CompleteAnswer, Run, Store, Which};

pub(super) fn anchor(number: u8) -> SourceAnchor {
    SourceAnchor::try_from_bytes(&[number; 16]).unwrap()
}

pub(super) fn run_id(number: u128) -> RunId {
    RunId::from_uuid(uuid(number))
}

/// The identifier that the person of an object gets.
pub(super) fn user_id(number: u8) -> UserId {
    UserId::from_uuid(uuid(1000 + u128::from(number)))
}

fn one(text: String) -> Vec<String> {
    vec![text]
}

/// An enabled user with all that a directory can say.
pub(super) fn user(number: u8) -> ImportedObject {
    ImportedObject {
        anchor: anchor(number),
        kind: ImportedKind::User,
        domain: corp(),
        netbios: Some("CORP".to_owned()),
        dn: format!("CN=Üser {number},OU=People,DC=corp,DC=test"),
        rid: Some(1000 + u32::from(number)),
        primary_group: Some(513),
        enabled: true,
        account_expires: Some(at(86_400)),
        consistency_guid: None,
        attributes: [
            ("sAMAccountName".to_owned(), one(format!("User{number}"))),
            (
                "userPrincipalName".to_owned(),
                one(format!("User{number}@Corp.Test")),
            ),
            ("mail".to_owned(), one(format!("Mail{number}@Example.Test"))),
            (
                "otherMailbox".to_owned(),
                vec![
                    "it's \"quoted\"@x".to_owned(),
                    "back\\slash\u{0}".to_owned(),
                ],
            ),
        ]
        .into(),
        members: None,
        problems: vec![],
    }
}

/// The same user, under another name.
pub(super) fn renamed(number: u8, name: &str) -> ImportedObject {
    let mut object = user(number);
    object.dn = format!("CN={name},OU=People,DC=corp,DC=test");
    object
}

/// The same user, with an attribute that could not be taken.
pub(super) fn with_problem(number: u8) -> ImportedObject {
    ImportedObject {
        problems: vec![AttributeProblem {
            attribute: "mobile".to_owned(),
            why: "no UTF-8".to_owned(),
        }],
        ..user(number)
    }
}

/// What becomes of the attribute of [`with_problem`].
pub(super) fn attribute_problem() -> Problem {
    Problem::Attribute {
        attribute: "mobile".to_owned(),
        why: "no UTF-8".to_owned(),
    }
}

/// A group with members.
pub(super) fn group(number: u8, members: &[u8]) -> ImportedObject {
    ImportedObject {
        kind: ImportedKind::Group,
        dn: format!("CN=Gröup {number},OU=Groups,DC=corp,DC=test"),
        primary_group: None,
        enabled: false,
        account_expires: None,
        attributes: [("sAMAccountName".to_owned(), one(format!("Group{number}")))].into(),
        members: Some(members.iter().copied().map(anchor).collect()),
        ..user(number)
    }
}

pub(super) fn batch(sequence: u32, objects: &[ImportedObject]) -> ImportBatch {
    ImportBatch {
        sequence,
        objects: objects.to_vec(),
        removed: vec![],
        position: None,
    }
}

/// A batch that says of objects that they are gone.
pub(super) fn removals(sequence: u32, removed: &[(u8, RemovedWhy)]) -> ImportBatch {
    ImportBatch {
        removed: removed
            .iter()
            .map(|(number, why)| RemovedObject {
                anchor: anchor(*number),
                why: *why,
            })
            .collect(),
        ..batch(sequence, &[])
    }
}

pub(super) fn position(domain: &DomainName, usn: i64) -> Position {
    Position {
        domain: domain.clone(),
        cookie: Some(format!("cookie {usn}")),
        controller: "CN=NTDS Settings,CN=DC1".to_owned(),
        usn,
    }
}

/// The end of an import with so many batches and objects.
pub(super) fn whole(batches: u32, objects: u64) -> ImportComplete {
    ImportComplete {
        batches,
        objects,
        controllers: vec!["dc1.corp.test".to_owned()],
        sees_deletions: true,
        scope: "scope".to_owned(),
    }
}

/// A run that begins now; imports are done by agent 1.
pub(super) fn new_run(forest: &DomainName, number: u128, profile: Profile) -> Run {
    Run {
        id: run_id(number),
        cycle: run_id(number + 10_000),
        forest: forest.clone(),
        profile,
        started_by: "schedule".to_owned(),
        agent: profile.is_import().then(|| agent_id(1)),
        controllers: vec![],
        began_at: at(0),
        progress_at: at(0),
        ended_at: None,
        result: RunResult::Running,
        counts: Counts::default(),
        expected: None,
        detail: String::new(),
    }
}

/// A run of a forest that was reported before or is now.
pub(super) async fn begin(
    store: &impl Store,
    tenant: TenantId,
    forest: &DomainName,
    number: u128,
    profile: Profile,
) -> RunId {
    store.report_forest(tenant, forest, &[]).await.unwrap();
    let run = new_run(forest, number, profile);
    assert!(store.begin_run(tenant, &run, false).await.unwrap());
    run.id
}

/// What became of a batch from agent 1.
pub(super) async fn answer(
    store: &impl Store,
    tenant: TenantId,
    run: RunId,
    batch: &ImportBatch,
) -> BatchAnswer {
    store
        .put_batch(tenant, run, agent_id(1), batch, at(1))
        .await
        .unwrap()
}

/// Puts a batch that is due.
pub(super) async fn put(store: &impl Store, tenant: TenantId, run: RunId, batch: &ImportBatch) {
    assert_eq!(answer(store, tenant, run, batch).await, BatchAnswer::Kept);
}

/// What became of the end of an import by agent 1, after two seconds.
pub(super) async fn complete(
    store: &impl Store,
    tenant: TenantId,
    run: RunId,
    whole: &ImportComplete,
) -> CompleteAnswer {
    let record = audit(tenant, "Import complete");
    store
        .complete_import(tenant, run, agent_id(1), whole, at(2), &record)
        .await
        .unwrap()
}

/// A complete import of one batch. Answers how many objects are gone, and whether anything
/// differs.
pub(super) async fn imported_by(
    store: &impl Store,
    tenant: TenantId,
    forest: &DomainName,
    number: u128,
    profile: Profile,
    batch: &ImportBatch,
) -> (u64, bool) {
    let run = begin(store, tenant, forest, number, profile).await;
    put(store, tenant, run, batch).await;
    let whole = whole(1, batch.objects.len() as u64);
    match complete(store, tenant, run, &whole).await {
        CompleteAnswer::Complete { gone, changed } => (gone, changed),
        other => panic!("{other:?}"),
    }
}

/// A complete full import of `corp.test`.
pub(super) async fn imported(
    store: &impl Store,
    tenant: TenantId,
    number: u128,
    objects: &[ImportedObject],
) -> (u64, bool) {
    let batch = batch(0, objects);
    imported_by(store, tenant, &corp(), number, Profile::FullImport, &batch).await
}

/// Objects of a forest; one page.
pub(super) async fn listed(
    store: &impl Store,
    tenant: TenantId,
    forest: &DomainName,
    which: Which,
) -> Vec<Object> {
    store
        .objects(tenant, forest, which, None, 100)
        .await
        .unwrap()
}

/// The anchors of the objects of `corp.test` that are to be synchronised.
pub(super) async fn pending(store: &impl Store, tenant: TenantId) -> Vec<SourceAnchor> {
    let pending = listed(store, tenant, &corp(), Which::Pending).await;
    pending.into_iter().map(|object| object.anchor).collect()
}

/// One object of `corp.test`.
pub(super) async fn object(store: &impl Store, tenant: TenantId, number: u8) -> Object {
    let all = listed(store, tenant, &corp(), Which::All).await;
    let is_it = |object: &Object| object.anchor == anchor(number);
    all.into_iter().find(is_it).unwrap()
}

/// All that can be known of a person.
pub(super) fn attributes(number: u8) -> Attributes {
    Attributes {
        account_name: format!("User{number}"),
        netbios: Some("CORP".to_owned()),
        user_principal_name: format!("User{number}@Corp.Test"),
        display_name: Some(format!("Üser {number}")),
        mail: Some(format!("Mail{number}@Example.Test")),
        other_mail: vec![
            format!("home{number}@example.org"),
            "it's \"quoted\"@x".to_owned(),
        ],
        mobile: Some("+62 812 0000".to_owned()),
        language: Some("id-ID".to_owned()),
        enabled: true,
        account_expires: Some(at(86_400)),
    }
}

/// Attributes with another user principal name.
pub(super) fn named(number: u8, name: &str) -> Attributes {
    Attributes {
        user_principal_name: name.to_owned(),
        ..attributes(number)
    }
}

pub(super) fn account(forest: &DomainName, number: u8) -> Account {
    Account {
        forest: forest.clone(),
        domain: corp(),
        anchor: anchor(number),
        enabled: true,
    }
}

/// A decision about an object.
pub(super) fn decision(forest: &DomainName, number: u8, change: Change) -> Decision {
    Decision {
        account: account(forest, number),
        change,
        problems: vec![],
        reasons: vec![],
    }
}

/// A new person, with these attributes, for whom passwords go to the object.
pub(super) fn add_as(forest: &DomainName, number: u8, attributes: Attributes) -> Decision {
    let change = Change::Add {
        user: user_id(number),
        source_anchor: anchor(number),
        attributes,
        standing: Standing::Target(account(forest, number)),
    };
    decision(forest, number, change)
}

pub(super) fn add(forest: &DomainName, number: u8) -> Decision {
    add_as(forest, number, attributes(number))
}

/// A change of the person of an object of the same number.
pub(super) fn update(forest: &DomainName, number: u8, attributes: Attributes) -> Decision {
    let change = Change::Update {
        user: user_id(number),
        source_anchor: None,
        attributes,
        standing: Standing::Target(account(forest, number)),
    };
    decision(forest, number, change)
}

/// A staged removal of the person of an object of the same number.
pub(super) fn remove(forest: &DomainName, number: u8, why: Removal) -> Decision {
    let user = user_id(number);
    decision(forest, number, Change::Remove { user, why })
}

/// Nothing changes, but there are problems.
pub(super) fn problematic(forest: &DomainName, number: u8, problems: &[Problem]) -> Decision {
    Decision {
        problems: problems.to_vec(),
        ..decision(forest, number, Change::None)
    }
}

/// Carries out decisions at a time; no run is there to note problems in.
pub(super) async fn apply_at(
    store: &impl Store,
    tenant: TenantId,
    forest: &DomainName,
    decisions: &[Decision],
    now: Timestamp,
) {
    store
        .apply(tenant, forest, run_id(0), decisions, now)
        .await
        .unwrap();
}

/// Carries out decisions about objects of `corp.test`.
pub(super) async fn apply(store: &impl Store, tenant: TenantId, decisions: &[Decision]) {
    apply_at(store, tenant, &corp(), decisions, at(3)).await;
}

/// Imports users into `corp.test` and makes people of them, with these attributes.
pub(super) async fn people_as(
    store: &impl Store,
    tenant: TenantId,
    number: u128,
    people: &[(u8, Attributes)],
) {
    let objects: Vec<_> = people.iter().map(|(number, _)| user(*number)).collect();
    imported(store, tenant, number, &objects).await;
    let decisions: Vec<_> = people
        .iter()
        .map(|(number, attributes)| add_as(&corp(), *number, attributes.clone()))
        .collect();
    apply(store, tenant, &decisions).await;
}

/// Imports users into `corp.test` and makes people of them.
pub(super) async fn people(store: &impl Store, tenant: TenantId, number: u128, people: &[u8]) {
    let people: Vec<_> = people
        .iter()
        .map(|number| (*number, attributes(*number)))
        .collect();
    people_as(store, tenant, number, &people).await;
}

/// A person as synchronisations see them, removed or not.
pub(super) async fn person(store: &impl Store, tenant: TenantId, user: UserId) -> Option<Person> {
    let keys = Keys {
        users: [user].into(),
        ..Keys::default()
    };
    store.people(tenant, &keys).await.unwrap().pop()
}
