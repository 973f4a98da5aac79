//! What a new password is held to besides the directory's own rules: the tenant's rules of
//! banned passwords, as the cloud told them last.

use std::sync::{Arc, PoisonError, RwLock};

use writeback_model::{BannedMode, BannedRule, Cause, Secret};
use writeback_policy::banned::{BannedContext, Terms, check};
use writeback_wire::BannedTerms;

use crate::events;

/// The rules that hold now. Kept in memory: each new link brings them.
#[derive(Default)]
pub(crate) struct BannedRules {
    told: RwLock<Option<Arc<Told>>>,
}

struct Told {
    revision: String,
    mode: BannedMode,
    own: Terms,
    tenant_name: String,
}

impl BannedRules {
    /// Takes what the cloud told.
    pub(crate) fn set(&self, told: BannedTerms) {
        let known = |held: &Option<Arc<Told>>| {
            held.as_ref()
                .is_some_and(|held| held.revision == told.revision)
        };
        if known(&self.told.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let own = Terms::new(&told.terms);
        tracing::info!(
            event_id = events::BANNED_TERMS,
            revision = told.revision,
            mode = told.mode.id(),
            own_terms = own.len(),
            base_terms = Terms::base().len(),
            "these banned passwords hold from now on"
        );
        let told = Told {
            revision: told.revision,
            mode: told.mode,
            own,
            tenant_name: told.tenant_name,
        };
        *self.told.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(told));
    }

    /// Refuses a banned password of a person of these names. Where the tenant only watches, gives
    /// the rule that would have refused it.
    pub(crate) fn check(&self, new: &Secret, person: &[&str]) -> Result<Option<BannedRule>, Cause> {
        let told = self
            .told
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(told) = told else {
            return without_rules(new, person);
        };
        if told.mode == BannedMode::Off {
            return Ok(None);
        }
        let context = BannedContext {
            lists: &[Terms::base(), &told.own],
            person,
            tenant: Some(&told.tenant_name),
        };
        match (check(new.expose(), &context), told.mode) {
            (Ok(()), _) => Ok(None),
            (Err(banned), BannedMode::Audit) => Ok(Some(banned.rule)),
            (Err(banned), _) => Err(Cause::PasswordBanned { rule: banned.rule }),
        }
    }
}

/// A cloud that never told its rules may be too old to know the cause: it is told the nearest
/// that every cloud knows, and the log has the rule.
fn without_rules(new: &Secret, person: &[&str]) -> Result<Option<BannedRule>, Cause> {
    let context = BannedContext {
        lists: &[Terms::base()],
        person,
        tenant: None,
    };
    let checked = check(new.expose(), &context);
    tracing::warn!(
        event_id = events::BANNED_TERMS,
        refused_by = checked.err().map(|banned| banned.rule.id()),
        "the cloud has told no rules of banned passwords yet; the built-in list holds"
    );
    checked.map(|()| None).map_err(|_| Cause::HistoryOrFilter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(mode: BannedMode) -> BannedTerms {
        BannedTerms {
            revision: mode.id().into(),
            mode,
            terms: vec!["gudang".into()],
            tenant_name: "Fabrikam".into(),
        }
    }

    fn by(rules: &BannedRules, password: &str) -> Result<Option<BannedRule>, Cause> {
        rules.check(&Secret::from(password.to_owned()), &["Alice", "Anderson"])
    }

    #[test]
    fn the_tenants_rules_hold_as_the_tenant_wants() {
        let rules = BannedRules::default();
        assert_eq!(by(&rules, "Gudang 26"), Ok(None));
        assert_eq!(by(&rules, "P@ssw0rd!"), Err(Cause::HistoryOrFilter));

        rules.set(told(BannedMode::Enforce));
        for (password, rule) in [
            ("Gudang 26", BannedRule::TooFewPoints),
            ("Fabr1kam-hujan-9", BannedRule::ContainsTenantName),
            ("P@ssw0rd!", BannedRule::TooSimilar),
        ] {
            let refused = Err(Cause::PasswordBanned { rule });
            assert_eq!(by(&rules, password), refused, "{password}");
        }
        assert_eq!(by(&rules, "Hujan-Bukit 26"), Ok(None));

        rules.set(told(BannedMode::Audit));
        assert_eq!(by(&rules, "Gudang 26"), Ok(Some(BannedRule::TooFewPoints)));
        rules.set(told(BannedMode::Off));
        assert_eq!(by(&rules, "Gudang 26"), Ok(None));
    }
}
