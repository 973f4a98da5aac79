//! Runs.

use writeback_model::{RunId, TenantId};
use writeback_sync::{Counts, Problem, Profile, RunResult};

use super::{
    Fixture,
    directory::{anchor, begin, imported, new_run, problematic, run_id, user},
    given::{agent_id, at, at_once, audit, corp, lake, records, with_tenant},
};
use crate::{ForestStore, Run, RunEnd, RunProblem, RunStore, Store, SyncStore, WantedCycle};

fn wanted(number: u128, second: i64) -> WantedCycle {
    WantedCycle {
        cycle: run_id(number),
        forest: corp(),
        profiles: vec![Profile::FullImport, Profile::FullSync, Profile::Export],
        by: "operator root".to_owned(),
        at: at(second),
    }
}

fn ended(second: i64, result: RunResult) -> RunEnd {
    RunEnd {
        at: at(second),
        result,
        detail: "why".to_owned(),
    }
}

async fn end(store: &impl Store, tenant: TenantId, run: RunId, end: &RunEnd) -> bool {
    store.end_run(tenant, run, end, None).await.unwrap()
}

pub async fn a_wish_is_kept_until_it_is_taken<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let record = audit(tenant, "Run wanted");
    let before = records(&store, tenant).await;
    let want =
        async |wanted: &WantedCycle| store.want_cycle(tenant, wanted, &record).await.unwrap();
    assert!(!want(&wanted(1, 1)).await, "no such forest");
    assert_eq!(records(&store, tenant).await, before);
    store.report_forest(tenant, &corp(), &[]).await.unwrap();
    for (number, second) in [(3, 2), (1, 1), (2, 1)] {
        assert!(want(&wanted(number, second)).await);
    }
    assert_eq!(records(&store, tenant).await, before + 3);
    let all = [wanted(1, 1), wanted(2, 1), wanted(3, 2)];
    assert_eq!(store.wanted_cycles(tenant).await.unwrap(), all);

    assert!(store.take_wanted(tenant, run_id(2)).await.unwrap());
    assert!(!store.take_wanted(tenant, run_id(2)).await.unwrap());
    assert!(!store.take_wanted(tenant, run_id(9)).await.unwrap());
    let rest = [wanted(1, 1), wanted(3, 2)];
    assert_eq!(store.wanted_cycles(tenant).await.unwrap(), rest);
}

pub async fn of_many_that_take_a_wish_at_once_one_does<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    store.report_forest(tenant, &corp(), &[]).await.unwrap();
    let record = audit(tenant, "Run wanted");
    assert!(
        store
            .want_cycle(tenant, &wanted(1, 1), &record)
            .await
            .unwrap()
    );
    let answers = at_once(fixture, 8, move |store, _| async move {
        store.take_wanted(tenant, run_id(1)).await.unwrap()
    })
    .await;
    assert_eq!(answers.into_iter().filter(|taken| *taken).count(), 1);
}

pub async fn a_run_comes_back_as_it_began<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for forest in [corp(), lake()] {
        store.report_forest(tenant, &forest, &[]).await.unwrap();
    }
    let sync = Run {
        counts: Counts {
            read: 1,
            added: 2,
            updated: 3,
            removed: 4,
            unchanged: 5,
            problems: 6,
        },
        expected: Some(7),
        detail: "detail".to_owned(),
        controllers: vec!["dc1.corp.test".to_owned()],
        progress_at: at(8),
        ..new_run(&lake(), 2, Profile::DeltaSync)
    };
    for run in [new_run(&corp(), 1, Profile::FullImport), sync] {
        assert!(store.begin_run(tenant, &run, false).await.unwrap());
        assert_eq!(store.run(tenant, run.id).await.unwrap(), Some(run));
    }
    let running = store.running(tenant).await.unwrap();
    let ids: Vec<_> = running.iter().map(|run| run.id).collect();
    assert_eq!(ids, [run_id(1), run_id(2)]);
    assert_eq!(running[0].agent, Some(agent_id(1)));
    assert_eq!(store.run(tenant, run_id(3)).await.unwrap(), None);
}

pub async fn a_forest_has_one_run_at_a_time<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    begin(&store, tenant, &lake(), 2, Profile::FullImport).await;
    let second = new_run(&corp(), 3, Profile::Export);
    assert!(!store.begin_run(tenant, &second, false).await.unwrap());
    assert_eq!(store.run(tenant, second.id).await.unwrap(), None);
    assert!(end(&store, tenant, run_id(1), &ended(1, RunResult::Failed)).await);
    assert!(store.begin_run(tenant, &second, false).await.unwrap());
}

pub async fn of_many_that_begin_at_once_one_does<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    store.report_forest(tenant, &corp(), &[]).await.unwrap();
    let answers = at_once(fixture, 8, move |store, turn| async move {
        let run = new_run(&corp(), turn.into(), Profile::DeltaSync);
        store.begin_run(tenant, &run, false).await.unwrap()
    })
    .await;
    assert_eq!(answers.into_iter().filter(|begun| *begun).count(), 1);
    assert_eq!(store.runs(tenant, None, 9).await.unwrap().len(), 1);
}

pub async fn progress_is_noted_while_a_run_is_under_way<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let run = begin(&store, tenant, &corp(), 1, Profile::FullSync).await;
    let counts = Counts {
        read: 1,
        added: 2,
        updated: 3,
        removed: 4,
        unchanged: 5,
        problems: 6,
    };
    let note = async |run, expected, second| {
        store
            .note_progress(tenant, run, counts, expected, at(second))
            .await
            .unwrap()
    };
    assert!(note(run, Some(9), 1).await);
    let noted = store.run(tenant, run).await.unwrap().unwrap();
    assert_eq!((noted.counts, noted.expected), (counts, Some(9)));
    assert_eq!(noted.progress_at, at(1));
    assert!(!note(run_id(9), None, 2).await);
    assert!(end(&store, tenant, run, &ended(2, RunResult::Success)).await);
    assert!(!note(run, None, 3).await);
    let after = store.run(tenant, run).await.unwrap().unwrap();
    assert_eq!((after.expected, after.progress_at), (Some(9), at(1)));
}

pub async fn a_run_that_ends_well_sets_the_time_of_its_profile<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    store.report_forest(tenant, &lake(), &[]).await.unwrap();
    let good = [RunResult::Success, RunResult::CompletedWithProblems];
    let mut number = 0;
    for (second, result) in (1..).zip(RunResult::ALL) {
        if result == RunResult::Running {
            continue;
        }
        for profile in Profile::ALL {
            number += 1;
            let run = begin(&store, tenant, &corp(), number, profile).await;
            let times = async || {
                let forest = store.forests(tenant).await.unwrap().remove(0);
                [
                    forest.full_import_at,
                    forest.delta_import_at,
                    forest.full_sync_at,
                    forest.delta_sync_at,
                    forest.export_at,
                ]
            };
            let mut expected = times().await;
            assert!(end(&store, tenant, run, &ended(second, result)).await);
            if good.contains(&result) {
                let place = Profile::ALL.iter().position(|it| *it == profile).unwrap();
                expected[place] = Some(at(second));
            }
            assert_eq!(times().await, expected, "{profile:?} {result:?}");
            let kept = store.run(tenant, run).await.unwrap().unwrap();
            assert_eq!((kept.result, kept.ended_at), (result, Some(at(second))));
            assert_eq!(kept.detail, "why");
        }
    }
    assert_eq!(store.forests(tenant).await.unwrap()[1].full_sync_at, None);
}

pub async fn a_run_ends_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let run = begin(&store, tenant, &corp(), 1, Profile::FullSync).await;
    let before = records(&store, tenant).await;
    let record = audit(tenant, "Run ended");
    let end = async |run, second, result| {
        let end = ended(second, result);
        store
            .end_run(tenant, run, &end, Some(&record))
            .await
            .unwrap()
    };
    assert!(!end(run_id(9), 1, RunResult::Success).await);
    assert!(end(run, 1, RunResult::Failed).await);
    assert!(!end(run, 2, RunResult::Success).await);
    assert_eq!(records(&store, tenant).await, before + 1);
    let kept = store.run(tenant, run).await.unwrap().unwrap();
    assert_eq!(
        (kept.result, kept.ended_at),
        (RunResult::Failed, Some(at(1)))
    );
    let forest = store.forests(tenant).await.unwrap().remove(0);
    assert_eq!(forest.full_sync_at, None);
    assert_eq!(store.running(tenant).await.unwrap(), []);
}

pub async fn of_many_that_end_a_run_at_once_one_does<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    begin(&store, tenant, &corp(), 1, Profile::Export).await;
    let answers = at_once(fixture, 8, move |store, turn| async move {
        end(
            &*store,
            tenant,
            run_id(1),
            &ended(turn.into(), RunResult::Success),
        )
        .await
    })
    .await;
    assert_eq!(answers.into_iter().filter(|ended| *ended).count(), 1);
}

pub async fn runs_are_listed_newest_first<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for forest in [corp(), lake()] {
        store.report_forest(tenant, &forest, &[]).await.unwrap();
    }
    for (number, forest, began) in [
        (1, corp(), 1),
        (2, lake(), 3),
        (3, corp(), 2),
        (4, corp(), 2),
    ] {
        let run = Run {
            began_at: at(began),
            cycle: run_id(50 + u128::from(number > 2)),
            ..new_run(&forest, number, Profile::DeltaSync)
        };
        assert!(store.begin_run(tenant, &run, false).await.unwrap());
        assert!(end(&store, tenant, run.id, &ended(9, RunResult::Success)).await);
    }
    let of_corp = corp();
    let numbers =
        |runs: Vec<Run>| -> Vec<u128> { runs.iter().map(|run| run.id.uuid().as_u128()).collect() };
    let listed = async |forest, limit| numbers(store.runs(tenant, forest, limit).await.unwrap());
    assert_eq!(listed(None, 9).await, [2, 4, 3, 1]);
    assert_eq!(listed(None, 2).await, [2, 4]);
    assert_eq!(listed(Some(&of_corp), 9).await, [4, 3, 1]);
    assert_eq!(listed(Some(&of_corp), 1).await, [4]);
    let cycle = store.runs_of_cycle(tenant, run_id(51)).await.unwrap();
    assert_eq!(numbers(cycle), [3, 4], "oldest first");
    let none = store.runs_of_cycle(tenant, run_id(52)).await.unwrap();
    assert_eq!(none, []);
}

pub async fn problems_are_noted_in_their_run<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1), user(2)]).await;
    let run = begin(&store, tenant, &corp(), 2, Profile::FullSync).await;
    let noted = |number, problem| RunProblem {
        anchor: anchor(number),
        dn: user(number).dn,
        problem,
    };
    let mut expected = Vec::new();
    for problem in [Problem::ManyMatches, Problem::AnchorChanged] {
        let decisions = [1, 2].map(|n| problematic(&corp(), n, std::slice::from_ref(&problem)));
        let applied = store.apply(tenant, &corp(), run, &decisions, at(3)).await;
        applied.unwrap();
        expected.extend([1, 2].map(|number| noted(number, problem.clone())));
    }
    assert_eq!(store.run_problems(tenant, run).await.unwrap(), expected);
    let other = store.run_problems(tenant, run_id(1)).await.unwrap();
    assert_eq!(other, []);
    // They are the history's, whatever becomes of the object.
    imported_anew(&store, tenant, run).await;
    assert_eq!(store.run_problems(tenant, run).await.unwrap(), expected);
}

async fn imported_anew(store: &impl Store, tenant: TenantId, run: RunId) {
    assert!(end(store, tenant, run, &ended(4, RunResult::Success)).await);
    imported(store, tenant, 3, &[super::directory::renamed(1, "other")]).await;
}

pub async fn no_more_than_a_thousand_problems_are_kept<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1)]).await;
    let run = begin(&store, tenant, &corp(), 2, Profile::FullSync).await;
    let many = vec![Problem::ManyMatches; 700];
    let decisions = [problematic(&corp(), 1, &many)];
    for _ in 0..3 {
        let applied = store.apply(tenant, &corp(), run, &decisions, at(3)).await;
        applied.unwrap();
    }
    assert_eq!(store.run_problems(tenant, run).await.unwrap().len(), 1000);
}

pub async fn a_complete_run_can_be_forgotten<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[super::directory::with_problem(1)]).await;
    store.forget_run(tenant, run_id(1)).await.unwrap();
    assert_eq!(store.run(tenant, run_id(1)).await.unwrap(), None);
    let problems = store.run_problems(tenant, run_id(1)).await.unwrap();
    assert_eq!(problems, []);
    let forest = store.forests(tenant).await.unwrap().remove(0);
    assert!(forest.full_import_at.is_some(), "its time stays");
    // One that is under way stays, too.
    let running = begin(&store, tenant, &corp(), 2, Profile::DeltaImport).await;
    store.forget_run(tenant, running).await.unwrap();
    assert!(store.run(tenant, running).await.unwrap().is_some());
}

pub async fn old_runs_are_forgotten<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for (number, second) in [(1, 1), (2, 2), (3, 3)] {
        let run = begin(&store, tenant, &corp(), number, Profile::DeltaSync).await;
        assert!(end(&store, tenant, run, &ended(second, RunResult::Failed)).await);
    }
    begin(&store, tenant, &corp(), 4, Profile::DeltaSync).await;
    assert_eq!(store.forget_runs_before(tenant, at(2)).await.unwrap(), 1);
    assert_eq!(store.runs(tenant, None, 9).await.unwrap().len(), 3);
    assert_eq!(store.forget_runs_before(tenant, at(99)).await.unwrap(), 2);
    let left = store.runs(tenant, None, 9).await.unwrap();
    assert_eq!((left.len(), left[0].id), (1, run_id(4)));
}
