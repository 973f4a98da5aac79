//! Setting the rules, and what has to be run afterwards.

use writeback_store::Store;
use writeback_sync::{Profile, Rules};

use super::{Admin, AdminError, FULL_CYCLE, Scope, ScopeError};

/// What other rules ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterRules {
    /// The run profiles that every forest needs; empty where the rules are as they were.
    pub profiles: &'static [Profile],
    /// Attributes that were not read before.
    pub newly_read: Vec<String>,
    /// Attributes that are not read any more.
    pub no_longer_read: Vec<String>,
    /// What an operator should look at although the rules can be set, for people to read.
    pub remarks: Vec<String>,
}

/// What has to be run after rules changed. An attribute that was never read is nowhere in the
/// connector spaces: only a full import brings it.
pub fn cycle_after(before: &Rules, after: &Rules) -> AfterRules {
    let (read_before, read_after) = (before.attributes(), after.attributes());
    let only_in = |one: &[String], other: &[String]| {
        let there = |name: &&String| !other.iter().any(|it| it.eq_ignore_ascii_case(name));
        one.iter().filter(there).cloned().collect::<Vec<_>>()
    };
    let newly_read = only_in(&read_after, &read_before);
    let no_longer_read = only_in(&read_before, &read_after);
    let profiles = if before == after {
        &[]
    } else if newly_read.is_empty() && no_longer_read.is_empty() {
        FULL_CYCLE.get(1..).unwrap_or_default()
    } else {
        FULL_CYCLE
    };
    AfterRules {
        profiles,
        newly_read,
        no_longer_read,
        remarks: Vec::new(),
    }
}

impl Admin<'_> {
    /// The rules as they are.
    pub async fn rules(&self) -> Result<Rules, AdminError> {
        let tenant = self.tenant().await?;
        Ok(self.store.sync_rules(tenant.id).await?)
    }

    /// Whether rules can be set, and what they would ask for. Nothing is written.
    pub async fn check_rules(&self, rules: &Rules) -> Result<AfterRules, AdminError> {
        rules.check()?;
        let before = self.rules().await?;
        Ok(AfterRules {
            remarks: remarks(self, rules).await?,
            ..cycle_after(&before, rules)
        })
    }

    /// Sets the rules. What they ask for is not begun.
    pub async fn set_rules(&self, rules: &Rules, by: &str) -> Result<AfterRules, AdminError> {
        let after = self.check_rules(rules).await?;
        if !after.profiles.is_empty() {
            let tenant = self.tenant().await?;
            let audit = self.record(
                tenant.id,
                writeback_store::activity::SYNC_RULES_SET,
                format!("by {by}"),
            );
            self.store.set_sync_rules(tenant.id, rules, &audit).await?;
        }
        Ok(after)
    }
}

/// What is not wrong, and is likely not meant.
async fn remarks(admin: &Admin<'_>, rules: &Rules) -> Result<Vec<String>, AdminError> {
    let store: &dyn Store = admin.store;
    let tenant = admin.tenant().await?.id;
    let forests = store.forests(tenant).await?;
    let mut remarks = Vec::new();
    for name in rules.forests.keys() {
        let Some(forest) = forests.iter().find(|forest| forest.name == *name) else {
            remarks.push(format!(
                "no agent has reported the forest {name} yet; its rules wait for it"
            ));
            continue;
        };
        match Scope::of(store, tenant, forest, rules).await {
            Ok(_) => {}
            Err(ScopeError::NoGroup { group, .. }) => remarks.push(format!(
                "the group {group:?} is not among the imported objects of {name}: until it is, \
                 no synchronisation of {name} is made, and nobody there is changed or removed"
            )),
            Err(ScopeError::Store(error)) => return Err(error.into()),
        }
    }
    Ok(remarks)
}

#[cfg(test)]
mod tests {
    use writeback_sync::{Flow, Source, Target};

    use super::*;

    fn with_mobile_from(attribute: &str) -> Rules {
        let mut rules = Rules::default();
        rules.flows.retain(|flow| flow.target != Target::Mobile);
        rules.flows.push(Flow {
            target: Target::Mobile,
            sources: vec![Source::Attribute(attribute.to_owned())],
        });
        rules
    }

    #[test]
    fn the_same_rules_ask_for_nothing() {
        let after = cycle_after(&Rules::default(), &Rules::default());
        assert_eq!(after.profiles, &[] as &[Profile]);
    }

    #[test]
    fn an_attribute_that_was_never_read_asks_for_a_full_import() {
        let other = with_mobile_from("pager");
        let after = cycle_after(&Rules::default(), &other);
        assert_eq!(after.profiles, FULL_CYCLE);
        assert_eq!(after.newly_read, ["pager"]);
        let back = cycle_after(&other, &Rules::default());
        assert_eq!(back.profiles, FULL_CYCLE);
        assert_eq!(back.no_longer_read, ["pager"]);
    }

    #[test]
    fn a_filter_on_what_is_read_already_asks_for_no_import() {
        let mut other = Rules::default();
        other.matchers.soft_match = !other.matchers.soft_match;
        let after = cycle_after(&Rules::default(), &other);
        assert_eq!(after.profiles, [Profile::FullSync, Profile::Export]);
    }
}
