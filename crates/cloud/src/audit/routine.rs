//! What the running cloud does for the trail by itself.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time;
use tokio_util::sync::CancellationToken;
use writeback_audit::Chain;
use writeback_store::KnownChain;

use super::{Keeper, TrailError};

/// How often the ends of the chains are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// After how many records there is a checkpoint.
const SIGN_AFTER: u64 = 1000;

/// How long a record stays without a checkpoint.
const SIGN_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// How often old records are looked for.
const PRUNE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// The event of a trail that was tampered with.
const EVENT_TAMPERED: u32 = 31030;

/// Signs and removes, when it is time.
pub(crate) struct Routine {
    keeper: Arc<Keeper>,
    /// How long records are kept; for good without.
    keep: Option<SignedDuration>,
    /// The number that was last signed of each chain, and since when it is known.
    signed: HashMap<Chain, (u64, Timestamp)>,
    pruned_at: Option<Timestamp>,
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
        let now = self.keeper.clock.now();
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
            for chain in chains {
                match self.keeper.prune(chain, now - keep).await {
                    Ok(0) => {}
                    Ok(records) => tracing::info!(records, "old audit records are removed"),
                    Err(error) => first_problem = first_problem.and(Err(error)),
                }
            }
        }
        first_problem
    }

    async fn sign_if_due(&mut self, chain: Chain, now: Timestamp) -> Result<(), TrailError> {
        let Some(head) = self.keeper.store.audit_head(chain).await? else {
            return Ok(());
        };
        let (number, at) = match self.signed.get(&chain) {
            Some(known) => *known,
            None => {
                let signed = self.keeper.store.audit_checkpoints(chain).await?;
                let last = signed.iter().map(|it| it.place.number).max();
                *self.signed.entry(chain).or_insert((last.unwrap_or(0), now))
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
            event_id = EVENT_TAMPERED,
            "nothing of it is signed any more; `writeback admin audit verify` says more"
        ),
        error => {
            let error = error as &(dyn std::error::Error + 'static);
            tracing::error!(error, "the audit trail could not be looked after");
        }
    }
}
