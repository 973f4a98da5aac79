//! Tenants know nothing of each other, whatever one of them does one after the other.

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use writeback_model::{Cause, Outcome, TenantId, UserId};
use writeback_sync::{Change, Counts, Problem, Removal, Rules, RunResult, Standing};
use writeback_wire::{Evidence, http::ImportBatch};

use super::{
    Fixture,
    directory::{attributes, batch, decision, position, problematic, run_id, user, whole},
    given::{agent_id, at, audit, corp, domain, open_session, tenant, token, uuid, with_tenant},
    isolation::{RULE, all_of, fill, first_user, keys, synchronised, wanted},
};
use crate::{
    CodeAnswer, DomainStore, NewCloudUser, RenameAnswer, ResetSession, RunEnd, SessionStore, Store,
    TenantDomain, TenantStore, Verification,
};

/// The tenant that is left alone was filled from here on, the other from there on.
const MINE: u8 = 10;
const OTHER: u8 = 20;

/// A call: which, and with which number of either tenant.
#[derive(Clone, Copy, Debug)]
struct Call {
    what: u8,
    /// Identifiers of the tenant that is left alone, or of the caller's own.
    theirs: bool,
    offset: u8,
}

const CALLS: u8 = 26;

fn calls() -> impl Strategy<Value = Vec<Call>> {
    // Two of three with somebody else's identifiers.
    let call = (0..CALLS, 0_u8..3, 0_u8..3).prop_map(|(what, whose, offset)| Call {
        what,
        theirs: whose > 0,
        offset,
    });
    prop::collection::vec(call, 1..24)
}

/// Does what a call says in the name of `other`. An error is as good as nothing done.
async fn call(store: &impl Store, other: TenantId, call: Call, session: &ResetSession) {
    let from = u128::from(if call.theirs { MINE } else { OTHER });
    let number = from + u128::from(call.offset);
    let record = audit(other, "Something");
    let request = writeback_model::RequestId::from_uuid(uuid(number));
    let (run, agent, forest, none) = (run_id(number), agent_id(from), corp(), Counts::default());
    let user_id = UserId::from_uuid(uuid(from * 10 + u128::from(call.offset % 2)));
    let outcome = Outcome::from(Cause::AccountDisabled);
    let end = RunEnd {
        at: at(3),
        result: RunResult::Failed,
        detail: String::new(),
    };
    let name = domain("mine.test");
    match call.what {
        0 => drop(store.claim_request(other, request, agent, at(1)).await),
        1 => {
            let evidence = Evidence::default();
            let done = store.finish_request(other, request, &outcome, &evidence, at(3), &record);
            drop(done.await);
        }
        2 => drop(store.expire_request(other, request, at(200), &record).await),
        3 => drop(store.doubt_request(other, request, at(200), &record).await),
        4 => drop(store.revoke_agent(other, agent, at(3), &record).await),
        5 => {
            let objects = ImportBatch {
                position: Some(position(&forest, 9)),
                ..batch(1, &[user(5), user(1)])
            };
            drop(store.put_batch(other, run, agent, &objects, at(3)).await);
        }
        6 => {
            let complete = whole(1, 1);
            let done = store.complete_import(other, run, agent, &complete, at(3), &record);
            drop(done.await);
        }
        7 => drop(store.end_run(other, run, &end, Some(&record)).await),
        8 => drop(store.note_progress(other, run, none, None, at(3)).await),
        9 => drop(store.forget_run(other, run).await),
        10 => drop(
            store
                .take_wanted(other, wanted(u8::try_from(from).unwrap()).cycle)
                .await,
        ),
        11 => {
            let change = Change::Update {
                user: user_id,
                source_anchor: None,
                attributes: attributes(9),
                standing: Standing::None,
            };
            let decisions = [decision(&forest, 1, change)];
            drop(store.apply(other, &forest, run, &decisions, at(3)).await);
        }
        12 => {
            let why = Removal::Deleted;
            let remove = Change::Remove { user: user_id, why };
            let decisions = [
                decision(&forest, 1, remove),
                problematic(&forest, 3, &[Problem::AnchorChanged]),
            ];
            drop(store.apply(other, &forest, run, &decisions, at(3)).await);
        }
        13 => drop(store.approve_removals(other, &forest, &record).await),
        14 => drop(
            store
                .remove_staged(other, &forest, false, at(4), &record)
                .await,
        ),
        15 => drop(store.purge_removed(other, at(99)).await),
        16 => drop(
            store
                .set_sync_rules(other, &Rules::default(), &record)
                .await,
        ),
        17 => drop(store.report_forest(other, &forest, &[]).await),
        18 => {
            drop(store.forget_positions(other, &forest).await);
            drop(store.guard_waits(other, &forest, Some(at(3))).await);
        }
        19 => {
            let code = session.code.unwrap();
            let answer = store
                .try_code(other, session.id, code, at(2), &record)
                .await;
            assert_eq!(answer.unwrap(), CodeAnswer::Expired);
            let replaced = store.replace_code(other, session.id, None, at(500), &record);
            drop(replaced.await);
            drop(store.end_session(other, session.id).await);
        }
        20 => {
            let claim = TenantDomain {
                name: name.clone(),
                token: "other".to_owned(),
                added_at: at(0),
                verified: None,
            };
            drop(store.add_domain(other, &claim, &record).await);
            let how = Verification::Dns;
            drop(store.verify_domain(other, &name, how, at(2), &record).await);
        }
        21 => drop(store.remove_domain(other, &name, &record).await),
        22 => {
            let renamed = store.rename_tenant(other, "Tenant 1", &record).await;
            assert_eq!(renamed.unwrap(), RenameAnswer::Taken);
            drop(store.disable_tenant(other, at(3), &record).await);
            drop(store.enable_tenant(other, &record).await);
        }
        23 => {
            drop(
                store
                    .count(other, &RULE, "k", at(1), &audit(other, "Blocked"))
                    .await,
            );
            drop(store.forgive(other, &RULE, "k").await);
        }
        24 => {
            let cloud = NewCloudUser {
                // Identifiers are drawn by the cloud; that of somebody else's is never one.
                id: first_user(99),
                attributes: attributes(7),
                holds_admin_role: false,
            };
            drop(store.add_cloud_user(other, &cloud, at(5), &record).await);
        }
        _ => drop(store.forget_runs_before(other, at(99)).await),
    }
}

/// Asks in the name of `other` for everything of the tenant that is left alone.
async fn nothing_is_got(store: &impl Store, other: TenantId, last: Call) {
    for offset in 0..3 {
        let number = u128::from(MINE) + offset;
        let request = writeback_model::RequestId::from_uuid(uuid(number));
        assert_eq!(
            store.request(other, request).await.unwrap(),
            None,
            "{last:?}"
        );
        let run = store.run(other, run_id(number)).await.unwrap();
        assert!(run.is_none(), "{last:?}");
    }
    let agents = store.agents(other).await.unwrap();
    assert!(
        agents.iter().all(|it| it.id != agent_id(MINE.into())),
        "{last:?}"
    );
    let found = store.people(other, &keys(MINE)).await.unwrap();
    assert!(found.iter().all(|it| it.id != first_user(MINE)), "{last:?}");
    let seen = synchronised(store, other, OTHER).await.concat();
    assert!(!seen.contains(&format!("suffix{MINE}.test")), "{last:?}");
}

pub async fn no_sequence_of_calls_crosses_over<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    fill(&store, mine, MINE).await;
    fill(&store, other, OTHER).await;
    let session = open_session(&store, mine, MINE).await;
    let record = audit(mine, "Domain");
    let claim = TenantDomain {
        name: domain("mine.test"),
        token: "mine".to_owned(),
        added_at: at(0),
        verified: None,
    };
    store.add_domain(mine, &claim, &record).await.unwrap();
    let how = Verification::Dns;
    store
        .verify_domain(mine, &claim.name, how, at(2), &record)
        .await
        .unwrap();
    let state = async || {
        (
            all_of(&store, mine, MINE).await,
            store.tenant(mine).await.unwrap(),
            store.domains(mine).await.unwrap(),
            store.tenant_of_domain("mine.test").await.unwrap(),
            store.session_by_cookie(token(MINE), at(2)).await.unwrap(),
        )
    };
    let before = state().await;
    assert_eq!(before.4.as_ref(), Some(&session));
    let mut runner = TestRunner::default();
    for _ in 0..24 {
        let sequence = calls().new_tree(&mut runner).unwrap().current();
        for step in &sequence {
            call(&store, other, *step, &session).await;
            nothing_is_got(&store, other, *step).await;
        }
        assert!(state().await == before, "changed by one of {sequence:?}");
    }
}
