//! What the running cloud does for the trail by itself.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;
use writeback_audit::Chain;
use writeback_model::event;
use writeback_store::KnownChain;

use super::{Keeper, TrailError};

/// How often the ends of the chains are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// After how many records there is a checkpoint.
const SIGN_AFTER: u64 = 1000;

/// How long a record stays without a checkpoint.
const SIGN_WITHIN: Duration = Duration::from_hours(1);

/// How often old records are looked for.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// Signs and removes, when it is time.
pub(crate) struct Routine {
    keeper: Arc<Keeper>,
    /// How long records are kept; for good without.
    keep: Option<SignedDuration>,
    /// The number that was last signed of each chain, and since when it is known. By a clock that
    /// nobody sets.
    signed: HashMap<Chain, (u64, Instant)>,
    pruned_at: Option<Instant>,
}

impl Routine {
    pub(crate) fn new(keeper: Keeper, keep_days: u32) -> Self {
        let keep = SignedDuration::from_hours(i64::from(keep_days) * 24);
        Self {
            keeper: Arc::new(keeper),
            keep: (keep_days > 0).then_some(keep),
            signed: HashMap::new(),
            pruned_at: None,
        }
    }

    /// Until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> Self {
        loop {
            if let Err(error) = self.look().await {
                failed(&error);
            }
            tokio::select! {
                () = stop.cancelled() => return self,
                () = time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Signs all there is, at the end.
    pub(crate) async fn finish(&self) {
        let chains = match self.chains().await {
            Ok(chains) => chains,
            Err(error) => return failed(&error),
        };
        for chain in chains {
            if let Err(error) = self.keeper.checkpoint(chain).await {
                failed(&error);
            }
        }
    }

    async fn look(&mut self) -> Result<(), TrailError> {
        let now = Instant::now();
        let chains = self.chains().await?;
        let mut first_problem = Ok(());
        for chain in &chains {
            // One chain that was tampered with does not keep others from being signed.
            if let Err(error) = self.sign_if_due(*chain, now).await {
                self.signed.entry(*chain).or_insert((0, now)).1 = now;
                first_problem = first_problem.and(Err(error));
            }
        }
        let due = |at| now.duration_since(at) >= PRUNE_EVERY;
        if let Some(keep) = self.keep
            && self.pruned_at.is_none_or(due)
        {
            self.pruned_at = Some(now);
            // Before all time nothing was kept.
            let Ok(before) = self.keeper.clock.now().checked_sub(keep) else {
                return first_problem;
            };
            if !self.clock_is_believed(&chains, before, keep).await? {
                return first_problem;
            }
            for chain in chains {
                match self.keeper.prune(chain, before).await {
                    Ok(0) => {}
                    Ok(records) => tracing::info!(records, "old audit records are removed"),
                    Err(error) => first_problem = first_problem.and(Err(error)),
                }
            }
        }
        first_problem
    }

    /// Whether the trail has a record of the first half of the time that is kept. A clock that
    /// jumps ahead makes everything old at once, and what is removed does not come back: so nothing
    /// is, until the trail has gone on for that long by the same clock.
    async fn clock_is_believed(
        &self,
        chains: &[Chain],
        before: Timestamp,
        keep: SignedDuration,
    ) -> Result<bool, TrailError> {
        let half = before + keep / 2;
        let mut is_any_old = false;
        for chain in chains {
            if self.keeper.has_some(*chain, before, half).await? {
                return Ok(true);
            }
            let older = self.keeper.store.audit_older_than(*chain, before).await?;
            is_any_old |= older.is_some();
        }
        if is_any_old {
            tracing::warn!(
                event_id = event::TRAIL_UNATTENDED,
                "there are audit records older than `audit.keep_days`, and none of the first half \
                 of that time: they stay, as the clock may be wrong; see that it is right"
            );
        }
        Ok(!is_any_old)
    }

    async fn sign_if_due(&mut self, chain: Chain, now: Instant) -> Result<(), TrailError> {
        let Some(head) = self.keeper.store.audit_head(chain).await? else {
            return Ok(());
        };
        let (number, at) = match self.signed.get(&chain) {
            Some(known) => *known,
            None => {
                let last = self.keeper.signed_to(chain).await?;
                *self.signed.entry(chain).or_insert((last, now))
            }
        };
        // A number lower than the signed one is for the keeper to complain about.
        let waits = head.number.abs_diff(number);
        if waits == 0 || waits < SIGN_AFTER && now.duration_since(at) < SIGN_WITHIN {
            return Ok(());
        }
        let signed = self.keeper.checkpoint(chain).await?;
        let number = signed.map_or(head.number, |it| it.place.number);
        self.signed.insert(chain, (number, now));
        Ok(())
    }

    async fn chains(&self) -> Result<Vec<Chain>, TrailError> {
        let known = self.keeper.store.audit_chains().await?;
        Ok(known
            .into_iter()
            .filter_map(|it| match it {
                KnownChain::Of(chain) => Some(chain),
                KnownChain::Unreadable(_) => None,
            })
            .collect())
    }
}

fn failed(error: &TrailError) {
    match error {
        TrailError::Finding(_) => tracing::error!(
            %error,
            event_id = event::TRAIL_TAMPERED,
            "nothing of it is signed any more; `writeback admin audit verify` says more"
        ),
        error => {
            let error = error as &(dyn std::error::Error + 'static);
            tracing::error!(
                event_id = event::TRAIL_UNATTENDED,
                error,
                "the audit trail could not be looked after"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tempfile::TempDir;
    use writeback_audit::{Checkpoint, Purpose, SigningKey, What};
    use writeback_model::{Clock, Entropy};
    use writeback_store::{Actor, AuditRecord, AuditStore};
    use writeback_store_sqlite::SqliteStore;

    use super::*;
    use crate::AuditSettings;

    struct Wall(Mutex<Timestamp>);
    impl Clock for Wall {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    struct Chance;
    impl Entropy for Chance {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    struct Other;
    impl Entropy for Other {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(9);
        }
    }

    struct Setting {
        store: SqliteStore,
        wall: Arc<Wall>,
        routine: Routine,
        _folder: TempDir,
    }

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    impl Setting {
        async fn new(keep_days: u32) -> Self {
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("cloud.db");
            let store = SqliteStore::open(&path).await.unwrap();
            let settings = AuditSettings {
                key_file: folder.path().join("key"),
                checkpoints_file: folder.path().join("checkpoints"),
                keep_days,
            };
            let start = Timestamp::UNIX_EPOCH + 1000 * DAY;
            let wall = Arc::new(Wall(Mutex::new(start)));
            let clock = Arc::clone(&wall);
            let keeper = Keeper::open(&settings, Arc::new(store.clone()), clock, &Chance);
            Self {
                routine: Routine::new(keeper.unwrap(), keep_days),
                store,
                wall,
                _folder: folder,
            }
        }

        async fn keep(&self, records: u32) {
            for number in 0..records {
                let record = AuditRecord {
                    tenant: None,
                    at: self.wall.now(),
                    actor: Actor::Cloud,
                    activity: writeback_audit::activity::SIGN_IN,
                    user: None,
                    correlation: None,
                    address: None,
                    result: "success".to_owned(),
                    detail: format!("number {number}"),
                };
                self.store.audit(&record).await.unwrap();
            }
        }

        async fn looks(&mut self) {
            self.routine.pruned_at = None;
            self.routine.look().await.unwrap();
        }

        async fn lines(&self) -> usize {
            self.store.audit_lines(None, 0, 99).await.unwrap().len()
        }
    }

    #[tokio::test]
    async fn what_was_signed_is_remembered_when_rows_and_copies_are_gone() {
        let mut setting = Setting::new(30).await;
        setting.keep(6).await;
        setting.routine.finish().await;
        // It signed up to 9 before somebody took rows and copies away.
        setting.routine.keeper.remember(None, 9);
        setting.keep(1).await;
        let later = Instant::now() + 2 * SIGN_WITHIN;
        let removed = |error: TrailError| {
            let TrailError::Finding(finding) = error else {
                panic!("{error}")
            };
            assert_eq!(finding.what, What::CheckpointRemoved { number: 9 });
        };
        setting.routine.signed.insert(None, (6, Instant::now()));
        removed(setting.routine.sign_if_due(None, later).await.unwrap_err());
        let all = setting.wall.now() + DAY;
        removed(setting.routine.keeper.prune(None, all).await.unwrap_err());
        setting.routine.finish().await;
        let signed = setting.store.audit_checkpoints(None).await.unwrap();
        assert_eq!(signed.len(), 1, "nothing is signed any more");
        assert_eq!(setting.lines().await, 7, "and nothing removed");
    }

    #[tokio::test]
    async fn a_new_key_signs_on_where_another_had_signed() {
        let mut setting = Setting::new(0).await;
        setting.keep(6).await;
        let other = SigningKey::draw(&Other).unwrap();
        let head = setting.store.audit_head(None).await.unwrap().unwrap();
        let now = setting.wall.now();
        let foreign = Checkpoint::sign(Purpose::Checkpoint, None, head, now, &other);
        setting.store.add_audit_checkpoint(&foreign).await.unwrap();
        setting.keep(1).await;
        let now = Instant::now();
        setting.routine.sign_if_due(None, now).await.unwrap();
        let later = now + 2 * SIGN_WITHIN;
        setting.routine.sign_if_due(None, later).await.unwrap();
        assert_eq!(setting.routine.keeper.signed_to(None).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_clock_that_is_far_ahead_removes_nothing_for_half_the_time() {
        let mut setting = Setting::new(30).await;
        setting.keep(6).await;
        *setting.wall.0.lock().unwrap() += 4000 * DAY;
        setting.looks().await;
        assert_eq!(setting.lines().await, 6);
        // Records of that clock make it no better, nor does another start.
        setting.keep(1).await;
        setting.looks().await;
        *setting.wall.0.lock().unwrap() += 14 * DAY;
        setting.looks().await;
        assert_eq!(setting.lines().await, 7);
        // It went on by that clock, so it is the time.
        *setting.wall.0.lock().unwrap() += 2 * DAY;
        setting.looks().await;
        assert_eq!(setting.lines().await, 2);
    }

    #[tokio::test]
    async fn what_is_old_beside_something_younger_is_removed() {
        let mut setting = Setting::new(30).await;
        setting.keep(6).await;
        *setting.wall.0.lock().unwrap() += 15 * DAY;
        setting.keep(1).await;
        *setting.wall.0.lock().unwrap() += 16 * DAY;
        setting.looks().await;
        // The younger one, and that the others were removed.
        assert_eq!(setting.lines().await, 2);
    }

    #[tokio::test]
    async fn a_time_to_keep_that_is_longer_than_all_time_removes_nothing() {
        let mut setting = Setting::new(u32::MAX).await;
        setting.keep(2).await;
        setting.looks().await;
        assert_eq!(setting.lines().await, 2);
    }
}
