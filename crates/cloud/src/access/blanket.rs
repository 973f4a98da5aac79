//! What is refused to everybody alike: it may be said before anybody proved who they are, since
//! it is decided without looking a name up.

use writeback_policy::{
    ForestOfName, KnownDomain,
    access::{PortalCode, ResetPolicy, Scope},
};
use writeback_store::Writeback;

/// Why nobody whose name looks like this can reset now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blanket {
    /// Resets are off for everybody, administrators too.
    ResetDisabled,
    /// Writeback is off for the forest, or for every one that it could be.
    WritebackDisabled,
}

impl Blanket {
    pub(crate) const fn code(self) -> PortalCode {
        match self {
            Self::ResetDisabled => PortalCode::ResetDisabled,
            Self::WritebackDisabled => PortalCode::WritebackDisabled,
        }
    }

    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::ResetDisabled => "reset-off",
            Self::WritebackDisabled => "writeback-disabled",
        }
    }
}

/// Decides by the tenant and by what the name itself says of its forest.
pub(crate) fn blanket(
    policy: &ResetPolicy,
    writeback: &Writeback,
    forest: &ForestOfName,
    known: &[KnownDomain],
) -> Option<Blanket> {
    // While administrators may, to refuse the others here would tell who is one.
    if policy.scope == Scope::Off && !policy.administrators.reset {
        return Some(Blanket::ResetDisabled);
    }
    let is_on = match forest {
        ForestOfName::Forest(forest) => writeback.is_on(forest),
        // It could be any, or a person of the cloud's: only when all are off is that sure.
        _ => known.is_empty() || known.iter().any(|it| writeback.is_on(&it.forest)),
    };
    (!is_on).then_some(Blanket::WritebackDisabled)
}

#[cfg(test)]
mod tests {
    use writeback_store::Switch;

    use super::*;

    const OFF: Switch = Switch {
        is_on: false,
        changed_at: None,
    };

    fn known(forest: &str) -> KnownDomain {
        KnownDomain {
            forest: forest.parse().unwrap(),
            domain: forest.parse().unwrap(),
            netbios: None,
            upn_suffixes: Vec::new(),
        }
    }

    #[test]
    fn only_what_holds_for_everybody_is_refused() {
        let mut policy = ResetPolicy::default();
        let on = Writeback::default();
        let all = [known("a.test"), known("b.test")];
        let of = |name: &str| ForestOfName::Forest(name.parse().unwrap());
        let ask = |policy: &ResetPolicy, writeback: &Writeback, forest: &ForestOfName| {
            blanket(policy, writeback, forest, &all)
        };
        assert_eq!(ask(&policy, &on, &of("a.test")), None);
        policy.scope = Scope::Off;
        assert_eq!(ask(&policy, &on, &of("a.test")), None, "administrators may");
        policy.administrators.reset = false;
        assert_eq!(
            ask(&policy, &on, &of("a.test")),
            Some(Blanket::ResetDisabled)
        );
        policy.scope = Scope::Selected;
        assert_eq!(ask(&policy, &on, &of("a.test")), None);

        let mut one = Writeback::default();
        one.forests.insert("a.test".parse().unwrap(), OFF);
        let off = Some(Blanket::WritebackDisabled);
        assert_eq!(ask(&policy, &one, &of("a.test")), off);
        assert_eq!(ask(&policy, &one, &of("b.test")), None);
        assert_eq!(ask(&policy, &one, &ForestOfName::Any), None);
        one.forests.insert("b.test".parse().unwrap(), OFF);
        assert_eq!(ask(&policy, &one, &ForestOfName::Any), off);
        let whole = Writeback {
            tenant: OFF,
            ..Writeback::default()
        };
        assert_eq!(ask(&policy, &whole, &of("b.test")), off);
        assert_eq!(ask(&policy, &whole, &ForestOfName::Any), off);
    }
}
