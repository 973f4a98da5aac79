//! Tenants know nothing of each other.

use jiff::SignedDuration;
use writeback_model::{Cause, KeyId, Outcome, TenantId, UserId};
use writeback_policy::{LimitChange, access::ResetPolicy};
use writeback_sync::{Change, Counts, Keys, Problem, Profile, Removal, Rules, RunResult, Standing};
use writeback_wire::{Evidence, http::ImportBatch};

use super::{
    Fixture,
    directory::{
        add_as, anchor, attributes, batch, begin, decision, group, imported, new_run, position,
        problematic, put, run_id, user, whole,
    },
    given::{
        agent, agent_id, at, audit, corp, domain, kept_request, open_session, records, request,
        tenant, uuid, with_tenant,
    },
};
use crate::{
    AgentStore, BannedRules, BatchAnswer, ClaimAnswer, CodeAnswer, CompleteAnswer, NewCloudUser,
    RenameAnswer, RequestStore, ResetSession, RunEnd, SessionStore, Store, SyncStore, TenantDomain,
    ThrottleAnswer, ThrottleRule, ThrottleStore, UserStore, Verification, VerifyAnswer,
    WantedCycle, Which,
};

pub(super) const RULE: ThrottleRule = ThrottleRule {
    name: "attempts",
    limit: 1,
    window: SignedDuration::from_secs(100),
    block: SignedDuration::from_secs(50),
};

/// The person of the tenant that was filled from a number on.
pub(super) fn first_user(from: u8) -> UserId {
    UserId::from_uuid(uuid(u128::from(from) * 10))
}

/// Makes people of objects 1 and 2; the second one's removal is staged, the third object has a
/// problem.
async fn synchronise(store: &impl Store, tenant: TenantId, from: u8) {
    let mut decisions = Vec::new();
    for number in [1, 2] {
        let mut add = add_as(&corp(), number, attributes(number));
        if let Change::Add { user, .. } = &mut add.change {
            *user = UserId::from_uuid(uuid(u128::from(from) * 10 + u128::from(number) - 1));
        }
        decisions.push(add);
    }
    let second = UserId::from_uuid(uuid(u128::from(from) * 10 + 1));
    let removal = Change::Remove {
        user: second,
        why: Removal::Deleted,
    };
    decisions.push(decision(&corp(), 2, removal));
    decisions.push(problematic(&corp(), 3, &[Problem::ManyMatches]));
    store
        .apply(tenant, &corp(), run_id(from.into()), &decisions, at(3))
        .await
        .unwrap();
}

pub(super) fn wanted(number: u8) -> WantedCycle {
    WantedCycle {
        cycle: run_id(u128::from(number) + 500),
        forest: corp(),
        profiles: vec![Profile::FullImport],
        by: "operator root".to_owned(),
        at: at(0),
    }
}

/// Fills a tenant: people, objects, a group, a run that is under way, a wish, rules, an agent, a
/// pending, a claimed and a doubted request, and something counted. Numbers begin at `from`.
pub(super) async fn fill(store: &impl Store, tenant: TenantId, from: u8) {
    let number = u128::from(from);
    imported(
        store,
        tenant,
        number,
        &[user(1), user(2), user(3), group(4, &[1])],
    )
    .await;
    synchronise(store, tenant, from).await;
    let record = audit(tenant, "Something");
    let suffix = format!("suffix{from}.test");
    let rules = Rules {
        verified_suffixes: vec![suffix],
        ..Rules::default()
    };
    store.set_sync_rules(tenant, &rules, &record).await.unwrap();
    assert!(
        store
            .want_cycle(tenant, &wanted(from), &record)
            .await
            .unwrap()
    );
    let import = begin(store, tenant, &corp(), number + 1, Profile::FullImport).await;
    let batch = ImportBatch {
        position: Some(position(&corp(), 7)),
        ..batch(0, &[user(1)])
    };
    put(store, tenant, import, &batch).await;
    agent(store, tenant, from).await;
    set_access(store, tenant, from).await;
    set_passwords(store, tenant, from).await;
    for offset in 0..3 {
        let id = kept_request(store, tenant, number + offset).await.id;
        if offset > 0 {
            store
                .claim_request(tenant, id, agent_id(number), at(1))
                .await
                .unwrap();
        }
        if offset > 1 {
            let record = audit(tenant, "Request in doubt");
            assert!(
                store
                    .doubt_request(tenant, id, at(2), &record)
                    .await
                    .unwrap()
            );
        }
    }
    let allowed = store
        .count(tenant, &RULE, "k", at(0), &audit(tenant, "Blocked"))
        .await
        .unwrap();
    assert_eq!(allowed, ThrottleAnswer::Allowed, "counted apart");
}

/// Sets banned passwords and limits.
async fn set_passwords(store: &impl Store, tenant: TenantId, from: u8) {
    let record = audit(tenant, "Something");
    let rules = BannedRules {
        terms: vec![format!("term {from}")],
        ..BannedRules::default()
    };
    store
        .set_banned_rules(tenant, &rules, &record)
        .await
        .unwrap();
    let change = LimitChange {
        times: Some(from.into()),
        ..LimitChange::default()
    };
    store
        .set_limit_change(tenant, "codes_per_name", Some(change), &record)
        .await
        .unwrap();
}

/// Sets a policy, and switches writeback off and on.
async fn set_access(store: &impl Store, tenant: TenantId, from: u8) {
    let record = audit(tenant, "Something");
    let mut policy = ResetPolicy::default();
    policy.default_entry.note = Some(format!("note {from}"));
    store
        .set_reset_policy(tenant, &policy, &record)
        .await
        .unwrap();
    for (is_on, forest) in [(false, None), (true, None), (false, Some(&corp()))] {
        assert!(
            store
                .switch_writeback(tenant, forest, is_on, at(1), &record)
                .await
                .unwrap()
        );
    }
}

/// Keys that name people in every way.
pub(super) fn keys(from: u8) -> Keys {
    Keys {
        users: [first_user(from)].into(),
        anchors: [anchor(1), anchor(2)].into(),
        upns: ["user1@corp.test".to_owned()].into(),
        mails: ["mail1@example.test".to_owned()].into(),
    }
}

/// What a tenant has of what directories brought, as text.
pub(super) async fn synchronised(store: &impl Store, tenant: TenantId, from: u8) -> Vec<String> {
    let (forest, group, run) = (corp(), anchor(4).guid().to_string(), run_id(from.into()));
    let all = store.objects(tenant, &forest, Which::All, None, 99).await;
    let pending = store
        .objects(tenant, &forest, Which::Pending, None, 99)
        .await;
    let facts = store
        .removal_facts(tenant, &forest, RULE.window, at(9))
        .await;
    let without = store
        .without_consistency_guid(tenant, &forest, None, 99)
        .await;
    let under_way = store.run(tenant, run_id(u128::from(from) + 1)).await;
    vec![
        format!("{:?}", all.unwrap()),
        format!("{:?}", pending.unwrap()),
        format!(
            "{:?}",
            store.group_is_pending(tenant, &forest).await.unwrap()
        ),
        format!(
            "{:?}",
            store.objects_by_name(tenant, "user1").await.unwrap()
        ),
        format!("{:?}", store.problems(tenant, &forest, 99).await.unwrap()),
        format!(
            "{:?}",
            store
                .members_of_group(tenant, &forest, &group)
                .await
                .unwrap()
        ),
        format!(
            "{:?}",
            store
                .groups_of_user(tenant, first_user(from))
                .await
                .unwrap()
        ),
        format!("{:?}", store.count_objects(tenant, &forest).await.unwrap()),
        format!("{:?}", store.sync_rules(tenant).await.unwrap()),
        format!("{:?}", store.users(tenant, None, 99).await.unwrap()),
        format!("{:?}", store.reset_policy(tenant).await.unwrap()),
        format!("{:?}", store.banned_rules(tenant).await.unwrap()),
        format!("{:?}", store.limit_changes(tenant).await.unwrap()),
        format!("{:?}", store.writeback(tenant).await.unwrap()),
        format!("{:?}", store.key_rolls(tenant).await.unwrap()),
        format!("{:?}", store.people(tenant, &keys(from)).await.unwrap()),
        format!(
            "{:?}",
            store.staged_removals(tenant, &forest, 99).await.unwrap()
        ),
        format!("{:?}", facts.unwrap()),
        format!("{:?}", without.unwrap()),
        format!("{:?}", store.wanted_cycles(tenant).await.unwrap()),
        format!("{:?}", under_way.unwrap()),
        format!("{:?}", store.running(tenant).await.unwrap()),
        format!("{:?}", store.runs(tenant, None, 99).await.unwrap()),
        format!("{:?}", store.runs(tenant, Some(&forest), 99).await.unwrap()),
        format!(
            "{:?}",
            store
                .runs_of_cycle(tenant, run_id(u128::from(from) + 10_000))
                .await
                .unwrap()
        ),
        format!("{:?}", store.run_problems(tenant, run).await.unwrap()),
        format!("{:?}", store.count_people(tenant).await.unwrap()),
        format!("{:?}", store.forests(tenant).await.unwrap()),
    ]
}

/// All that a tenant has, as text.
pub(super) async fn all_of(store: &impl Store, tenant: TenantId, from: u8) -> String {
    let number = u128::from(from);
    let mut requests = Vec::new();
    for offset in 0..3 {
        let id = request(tenant, number + offset).id;
        requests.push(store.request(tenant, id).await.unwrap().unwrap());
    }
    format!(
        "{:?}",
        (
            store.user(tenant, first_user(from)).await.unwrap().unwrap(),
            store
                .users_by_name(tenant, &"user1".parse().unwrap())
                .await
                .unwrap(),
            synchronised(store, tenant, from).await,
            store.agents(tenant).await.unwrap(),
            requests,
            store.unknown_requests(tenant, &corp()).await.unwrap(),
            store.last_audit_lines(tenant, 1000).await.unwrap(),
        )
    )
}

pub async fn a_tenant_sees_nothing_of_another<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let nothing = synchronised(&store, other, 10).await;
    fill(&store, mine, 10).await;
    for (mine, nothing) in synchronised(&store, mine, 10).await.iter().zip(&nothing) {
        assert_ne!(mine, nothing, "there is something to be seen");
    }
    assert_eq!(synchronised(&store, other, 10).await, nothing);

    assert!(store.user(mine, first_user(10)).await.unwrap().is_some());
    assert_eq!(store.user(other, first_user(10)).await.unwrap(), None);
    for name in [
        "user1",
        "corp\\user1",
        "user1@corp.test",
        "mail1@example.test",
    ] {
        let name = name.parse().unwrap();
        assert_eq!(store.users_by_name(mine, &name).await.unwrap().len(), 1);
        assert_eq!(store.users_by_name(other, &name).await.unwrap(), []);
    }
    assert_eq!(store.agents(other).await.unwrap(), []);
    let once_more = store
        .count(mine, &RULE, "k", at(1), &audit(mine, "Blocked"))
        .await
        .unwrap();
    assert!(matches!(once_more, ThrottleAnswer::Blocked { .. }));
    for (tenant, blocked) in [(mine, true), (other, false)] {
        let until = store.blocked_until(tenant, RULE.name, "k", at(1)).await;
        assert_eq!(until.unwrap().is_some(), blocked, "counted apart");
    }
    for offset in 0..3 {
        let id = request(mine, 10 + offset).id;
        assert_eq!(store.request(other, id).await.unwrap(), None);
    }
    assert_eq!(store.unknown_requests(other, &corp()).await.unwrap(), []);
    assert_eq!(records(&store, other).await, 1, "its own making");

    // And with the same names in both, each sees its own.
    fill(&store, other, 20).await;
    let found = store
        .users_by_name(other, &"user1".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, first_user(20));
    let found = store.people(other, &keys(10)).await.unwrap();
    assert!(found.iter().all(|person| person.id != first_user(10)));
    assert_eq!(
        store.unknown_requests(other, &corp()).await.unwrap().len(),
        1
    );
}

pub async fn a_tenant_changes_nothing_of_another<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    fill(&store, mine, 10).await;
    fill(&store, other, 20).await;
    let session = open_session(&store, mine, 10).await;
    change_session(&store, other, &session).await;
    change_domains(&store, mine, other).await;
    let before = all_of(&store, mine, 10).await;
    let record = audit(other, "Something");

    let not_changed = Outcome::from(Cause::AccountDisabled);
    for offset in 0..3 {
        let id = request(mine, 10 + offset).id;
        for agent in [10, 20] {
            let answer = store
                .claim_request(other, id, agent_id(agent), at(1))
                .await
                .unwrap();
            assert_eq!(answer, ClaimAnswer::Unknown);
        }
        let none = Evidence::default();
        let finished = store
            .finish_request(other, id, &not_changed, &none, at(3), &record)
            .await;
        assert!(!finished.unwrap());
        assert!(
            !store
                .expire_request(other, id, at(200), &record)
                .await
                .unwrap()
        );
        assert!(
            !store
                .doubt_request(other, id, at(200), &record)
                .await
                .unwrap()
        );
    }
    let asked = request(other, 40);
    assert!(
        !store
            .add_session_request(session.id, None, &asked, &record)
            .await
            .unwrap()
    );

    change_synchronised(&store, other).await;
    assert!(
        !store
            .revoke_agent(other, agent_id(10), at(3), &record)
            .await
            .unwrap()
    );
    store.forgive(other, &RULE, "k").await.unwrap();
    change_access(&store, other).await;
    set_passwords(&store, other, 99).await;

    assert_eq!(all_of(&store, mine, 10).await, before);
    let answer = store
        .count(mine, &RULE, "k", at(1), &audit(mine, "Blocked"))
        .await
        .unwrap();
    assert!(
        matches!(answer, ThrottleAnswer::Blocked { .. }),
        "still counted"
    );
}

/// Whatever can be done to a session, done in the name of another tenant.
async fn change_session(store: &impl Store, other: TenantId, session: &ResetSession) {
    let record = audit(other, "Something");
    let id = session.id;
    let replaced = store.replace_code(other, id, None, at(500), &record);
    replaced.await.unwrap();
    let code = session.code.unwrap();
    let answer = store.try_code(other, id, code, at(2), &record).await;
    assert_eq!(answer.unwrap(), CodeAnswer::Expired);
    store.end_session(other, id).await.unwrap();
    let found = store.session_by_cookie(session.cookie, at(2)).await;
    assert_eq!(found.unwrap().as_ref(), Some(session));
}

/// A domain that both claim, and that the other one tries to take.
async fn change_domains(store: &impl Store, mine: TenantId, other: TenantId) {
    let name = domain("mine.test");
    let claim = TenantDomain {
        name: name.clone(),
        token: "mine".to_owned(),
        added_at: at(0),
        verified: None,
    };
    for tenant in [mine, other] {
        let record = audit(tenant, "Domain added");
        let removed = store.remove_domain(tenant, &name, &record).await;
        assert!(!removed.unwrap(), "it is not this tenant's");
        assert!(store.add_domain(tenant, &claim, &record).await.unwrap());
    }
    let verify = async |tenant| {
        let record = audit(tenant, "Domain verified");
        let how = Verification::Dns;
        let answer = store.verify_domain(tenant, &name, how, at(2), &record);
        answer.await.unwrap()
    };
    assert_eq!(verify(mine).await, VerifyAnswer::Verified);
    let before = store.domains(mine).await.unwrap();
    assert_eq!(verify(other).await, VerifyAnswer::Taken);
    let record = audit(other, "Domain removed");
    let removed = store.remove_domain(other, &name, &record).await;
    assert!(removed.unwrap(), "its own claim");
    assert_eq!(store.domains(mine).await.unwrap(), before);
    assert_eq!(store.domains(other).await.unwrap(), []);
    let found = store.tenant_of_domain(name.as_str()).await.unwrap();
    assert_eq!(found, Some(mine));
    // What another tenant does to itself stays with it.
    let record = audit(other, "Something");
    let renamed = store.rename_tenant(other, "Tenant 1", &record).await;
    assert_eq!(renamed.unwrap(), RenameAnswer::Taken);
    store.disable_tenant(other, at(3), &record).await.unwrap();
    assert_eq!(store.tenant(mine).await.unwrap().unwrap().disabled_at, None);
    store.enable_tenant(other, &record).await.unwrap();
    let record = audit(mine, "Domain removed");
    store.remove_domain(mine, &name, &record).await.unwrap();
}

/// Whatever a tenant can do to what directories brought, done with the identifiers of the one
/// that was filled from 10 on, and to its own forest of the same name.
async fn change_synchronised(store: &impl Store, other: TenantId) {
    let record = audit(other, "Something");
    let (import, agent, none) = (run_id(11), agent_id(1), Counts::default());
    let objects = batch(1, &[user(5)]);
    let answer = store.put_batch(other, import, agent, &objects, at(3)).await;
    assert_eq!(answer.unwrap(), BatchAnswer::NotRunning);
    let answer = store
        .complete_import(other, import, agent, &whole(1, 1), at(3), &record)
        .await;
    assert_eq!(answer.unwrap(), CompleteAnswer::NotRunning);
    let end = RunEnd {
        at: at(3),
        result: RunResult::Failed,
        detail: String::new(),
    };
    assert!(
        !store
            .end_run(other, import, &end, Some(&record))
            .await
            .unwrap()
    );
    let noted = store.note_progress(other, import, none, None, at(3)).await;
    assert!(!noted.unwrap());
    store.forget_run(other, run_id(10)).await.unwrap();
    let taken = store.take_wanted(other, wanted(10).cycle).await;
    assert!(!taken.unwrap());

    // Somebody else's person gets no object of this tenant and no other attributes.
    let theirs = Change::Update {
        user: first_user(10),
        source_anchor: None,
        attributes: attributes(9),
        standing: Standing::None,
    };
    let theirs = [decision(&corp(), 1, theirs)];
    let applied = store
        .apply(other, &corp(), run_id(10), &theirs, at(3))
        .await;
    assert!(applied.is_err());
    let user = first_user(10);
    let why = Removal::Deleted;
    let stages = [
        decision(&corp(), 1, Change::Remove { user, why }),
        problematic(&corp(), 3, &[Problem::AnchorChanged]),
    ];
    store
        .apply(other, &corp(), run_id(10), &stages, at(3))
        .await
        .unwrap();

    // What it does to its own forest of the same name stays with it.
    store.report_forest(other, &corp(), &[]).await.unwrap();
    store.forget_positions(other, &corp()).await.unwrap();
    store
        .guard_waits(other, &corp(), Some(at(3)))
        .await
        .unwrap();
    store
        .set_sync_rules(other, &Rules::default(), &record)
        .await
        .unwrap();
    assert_eq!(
        store
            .approve_removals(other, &corp(), &record)
            .await
            .unwrap(),
        1
    );
    let removed = store
        .remove_staged(other, &corp(), false, at(4), &record)
        .await;
    assert_eq!(removed.unwrap(), 1);
    assert_eq!(store.purge_removed(other, at(99)).await.unwrap(), 1);
    assert!(store.end_run(other, run_id(21), &end, None).await.unwrap());
    assert_eq!(imported(store, other, 30, &[]).await.0, 4);
    let looked_at = [1, 2, 3, 4].map(|number| problematic(&corp(), number, &[]));
    store
        .apply(other, &corp(), run_id(30), &looked_at, at(5))
        .await
        .unwrap();
    assert!(store.forget_runs_before(other, at(99)).await.unwrap() > 0);
    let cloud = NewCloudUser {
        id: first_user(99),
        attributes: attributes(1),
        holds_admin_role: false,
    };
    let added = store.add_cloud_user(other, &cloud, at(5), &record).await;
    assert!(!added.unwrap(), "of its own people somebody has the name");
    let run = new_run(&corp(), 31, Profile::Export);
    assert!(store.begin_run(other, &run, false).await.unwrap());
}

/// Whatever a tenant can do to its policy, its switches and the keys of agents, done with an agent
/// of the one that was filled from 10 on.
async fn change_access(store: &impl Store, other: TenantId) {
    let record = audit(other, "Something");
    let key = KeyId::from_uuid(uuid(77));
    let noted = store
        .key_rolled(other, agent_id(10), key, at(3), &record)
        .await;
    assert!(!noted.unwrap());
    store
        .set_reset_policy(other, &ResetPolicy::default(), &record)
        .await
        .unwrap();
    let forest = corp();
    for (forest, is_on) in [(None, false), (None, true), (Some(&forest), true)] {
        assert!(
            store
                .switch_writeback(other, forest, is_on, at(3), &record)
                .await
                .unwrap()
        );
    }
}
