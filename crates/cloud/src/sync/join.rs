//! A synchronisation: objects of a connector space to people, batch by batch.

use std::collections::BTreeSet;

use writeback_model::{DomainName, UserId, event};
use writeback_store::{Run, StoreError, Which};
use writeback_sync::{
    Candidates, Change, Counts, Decision, Object, Profile, Rules, RunResult, decide, keys,
};

use super::{
    Key,
    cycle::{Cycle, Step, end},
};
use crate::{
    admin::{Scope, ScopeError},
    state::Cloud,
};

/// Objects in one transaction: it is over before a person who waits for their password notices.
const BATCH: u32 = 500;

/// Runs a synchronisation.
pub(super) async fn run(
    cloud: &Cloud,
    key: &Key,
    cycle: &Cycle,
    profile: Profile,
) -> Result<Step, StoreError> {
    let lock = cloud.sync.people_of(key.0);
    let _people = lock.lock().await;
    let mut run = cycle.new_run(cloud, key, profile);
    if !cloud.store.begin_run(key.0, &run, false).await? {
        tracing::warn!(event_id = event::RUN_WAITS, forest = %key.1, "another run of this forest is under way");
        return Ok(Step::Failed);
    }
    match synchronise(cloud, key, &mut run).await {
        Ok(Some(why)) => {
            end(cloud, key, &run, RunResult::Failed, why).await?;
            Ok(Step::Failed)
        }
        Ok(None) => {
            let result = match run.counts.problems {
                0 => RunResult::Success,
                _ => RunResult::CompletedWithProblems,
            };
            end(cloud, key, &run, result, String::new()).await?;
            Ok(Step::Done)
        }
        Err(error) => {
            let why = "the cloud's database failed".to_owned();
            end(cloud, key, &run, RunResult::Failed, why).await?;
            Err(error)
        }
    }
}

/// Looks at every object that the profile asks for. Why it cannot be done, where it cannot.
async fn synchronise(
    cloud: &Cloud,
    key: &Key,
    run: &mut Run,
) -> Result<Option<String>, StoreError> {
    let (tenant, forest) = key;
    let rules = cloud.store.sync_rules(*tenant).await?;
    let forests = cloud.store.forests(*tenant).await?;
    let Some(found) = forests.iter().find(|it| it.name == *forest) else {
        return Ok(Some("the forest is not known".to_owned()));
    };
    let scope = match Scope::of(&*cloud.store, *tenant, found, &rules).await {
        Ok(scope) => scope,
        Err(ScopeError::Store(error)) => return Err(error),
        Err(error @ ScopeError::NoGroup { .. }) => return Ok(Some(error.to_string())),
    };
    let everybody = run.profile == Profile::FullSync
        || (scope.has_group() && cloud.store.group_is_pending(*tenant, forest).await?);
    let which = if everybody {
        Which::All
    } else {
        Which::Pending
    };
    if everybody {
        let counts = cloud.store.count_objects(*tenant, forest).await?;
        run.expected = Some(counts.users + counts.groups);
    }
    let mut after = None;
    loop {
        let mut objects = cloud
            .store
            .objects(*tenant, forest, which, after, BATCH)
            .await?;
        let Some(last) = objects.last() else {
            return Ok(None);
        };
        after = Some(last.anchor);
        scope.note(&mut objects);
        let (decisions, others) = batch(cloud, key, &objects, &rules, &scope.suffixes).await?;
        let now = cloud.clock.now();
        cloud
            .store
            .apply(*tenant, forest, run.id, &decisions, now)
            .await?;
        for other in others {
            cloud.sync.touched(*tenant, &other);
        }
        count(&mut run.counts, &decisions);
        cloud
            .store
            .note_progress(*tenant, run.id, run.counts, run.expected, now)
            .await?;
    }
}

/// Decides about one batch. Also tells the other forests in which people who changed have
/// accounts: a password goes to the one of these that may have become the target only after that
/// account was looked at.
async fn batch(
    cloud: &Cloud,
    key: &Key,
    objects: &[Object],
    rules: &Rules,
    suffixes: &[String],
) -> Result<(Vec<Decision>, BTreeSet<DomainName>), StoreError> {
    let people = cloud.store.people(key.0, &keys(objects, rules)).await?;
    let mut candidates = Candidates::new(people);
    let mut new_user = || UserId::new(&cloud.clock, &cloud.entropy);
    let decisions: Vec<_> = objects
        .iter()
        .map(|object| decide(object, &mut candidates, rules, suffixes, &mut new_user))
        .collect();
    let others = decisions
        .iter()
        .filter_map(|decision| match &decision.change {
            Change::Update { user, .. } | Change::Leave { user, .. } => candidates.person(*user),
            _ => None,
        })
        .flat_map(|person| &person.accounts)
        .map(|account| account.forest.clone())
        .filter(|forest| *forest != key.1)
        .collect();
    Ok((decisions, others))
}

fn count(counts: &mut Counts, decisions: &[Decision]) {
    for decision in decisions {
        counts.read += 1;
        match decision.change {
            Change::None => counts.unchanged += 1,
            Change::Add { .. } => counts.added += 1,
            Change::Update { .. } | Change::Leave { .. } => counts.updated += 1,
            Change::Remove { .. } => counts.removed += 1,
        }
        counts.problems += u64::try_from(decision.problems.len()).unwrap_or(u64::MAX);
    }
}
