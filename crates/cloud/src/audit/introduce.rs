//! No key signs that the trail does not speak of.

use writeback_audit::{PublicKey, activity};
use writeback_model::event;
use writeback_store::{Actor, AuditFilter, AuditRecord, KeptLine, KnownChain};

use super::{Keeper, TrailError};

/// How many records of keys are looked through; an installation has one or two.
const LOOKED_THROUGH: u32 = 1000;

impl Keeper {
    /// Keeps a record of the key, unless the trail has one or the key has signed before there were
    /// such records. So a key is noted also where the cloud ended between making it and noting it, and
    /// where somebody put another one in its place: then the record, and an event, say in place of
    /// which one.
    pub async fn note_new_key(&self) -> Result<(), TrailError> {
        let new = self.public_key();
        if self.is_introduced(new).await? {
            return Ok(());
        }
        let mut others = Vec::new();
        for known in self.store.audit_chains().await? {
            let KnownChain::Of(chain) = known else {
                continue;
            };
            for checkpoint in self.store.audit_checkpoints(chain).await? {
                // What only says that it is ours is not.
                if checkpoint.check(&[new]).is_ok() {
                    return Ok(());
                }
                others.push(checkpoint.key);
            }
        }
        let old = others.into_iter().find(|key| *key != new);
        let detail = match old {
            Some(old) => {
                tracing::error!(event_id = event::TRAIL_TAMPERED, %old, %new,
                    "the audit key is another one than before: what the old one signed is \
                     confirmed only by whoever has it or its public key; if nobody moved it \
                     away or put it there, find out who did");
                format!("{new}, in place of {old}")
            }
            None => new.to_string(),
        };
        let audit = AuditRecord {
            tenant: None,
            at: self.clock.now(),
            actor: Actor::Cloud,
            activity: activity::TRAIL_KEY_MADE,
            user: None,
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail,
        };
        Ok(self.store.audit(&audit).await?)
    }

    async fn is_introduced(&self, key: PublicKey) -> Result<bool, TrailError> {
        let filter = AuditFilter {
            activity: Some(activity::TRAIL_KEY_MADE.to_owned()),
            ..AuditFilter::default()
        };
        let made = self.store.find_audit(None, &filter, LOOKED_THROUGH).await?;
        let key = key.to_string();
        Ok(made.iter().any(|line| match line {
            KeptLine::Record(kept) => kept.record.detail.split(',').next() == Some(key.as_str()),
            KeptLine::Unreadable { .. } => false,
        }))
    }
}
