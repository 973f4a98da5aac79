//! The rules that the organisation sets for many.

use super::{Finding, PortalCode, Scope, decide::Case, finding::No, policy::ResetPolicy};

/// Where the policy's parts are set.
const POLICY: &str = "reset policy";

const NOT_FOR_A_CHANGE: &str = "a change needs the current password instead";
const OF_ADMINISTRATORS: &str = "administrators have rules of their own";

/// The organisation is enabled.
pub(super) fn tenant(case: &Case<'_>) -> Finding {
    const RULE: &str = "tenant-enabled";
    const SET_IN: &str = "tenant";
    if case.facts.tenant_enabled {
        return Finding::yes(RULE, "enabled", SET_IN);
    }
    let no = No {
        reason: "tenant-disabled",
        would_help: "Enable the tenant.".to_owned(),
        code: Some(PortalCode::ResetDisabled),
    };
    Finding::no(RULE, "disabled", SET_IN, no)
}

/// The policy is for somebody.
pub(super) fn scope(case: &Case<'_>) -> Finding {
    const RULE: &str = "policy-scope";
    const SET_IN: &str = "reset policy: scope";
    if let Some(why) = outside(case) {
        return Finding::not_reached(RULE, why);
    }
    let scope = case.facts.policy.scope;
    if scope != Scope::Off {
        return Finding::yes(RULE, scope.id(), SET_IN);
    }
    let no = No {
        reason: "reset-off",
        would_help: "Set scope to \"selected\" or \"all\".".to_owned(),
        code: Some(PortalCode::ResetDisabled),
    };
    Finding::no(RULE, scope.id(), SET_IN, no)
}

/// The person is in a group of the policy, where it takes one.
pub(super) fn group(case: &Case<'_>) -> Finding {
    const RULE: &str = "group";
    if let Some(why) = outside(case) {
        return Finding::not_reached(RULE, why);
    }
    match (case.entry, case.facts.policy.scope) {
        (Some((_, entry)), Scope::Selected | Scope::All) => Finding::yes(
            RULE,
            format!("in {}", name_of(case, &entry.group)),
            set_in(case),
        ),
        (None, Scope::All) => Finding::yes(RULE, "in no group of an entry", set_in(case)),
        (None, Scope::Selected) => {
            let names: Vec<_> = case
                .facts
                .policy
                .groups
                .iter()
                .map(|it| it.group.as_str())
                .collect();
            let would_help = if names.is_empty() {
                "Add the entry of a group that the person is in.".to_owned()
            } else {
                format!(
                    "Make the person a member of one of these groups: {}. Or add the entry of a \
                     group that they are in.",
                    names.join(", ")
                )
            };
            let no = No {
                reason: "not-in-group",
                would_help,
                code: Some(PortalCode::NotInGroup),
            };
            Finding::no(RULE, "in no group of an entry", "reset policy: groups", no)
        }
        (_, Scope::Off) => Finding::not_reached(RULE, "the policy is for nobody"),
    }
}

/// The entry that holds allows it.
pub(super) fn reset(case: &Case<'_>) -> Finding {
    const RULE: &str = "reset-allowed";
    if let Some(why) = outside(case) {
        return Finding::not_reached(RULE, why);
    }
    if !has_entry(case) {
        return Finding::not_reached(RULE, "no entry holds for the person");
    }
    if case.settings.reset {
        return Finding::yes(RULE, "reset = true", set_in(case));
    }
    let no = No {
        reason: "reset-not-allowed",
        would_help: format!("Set reset = true in the {}.", set_in(case)),
        code: Some(PortalCode::NotInPolicy),
    };
    Finding::no(RULE, "reset = false", set_in(case), no)
}

/// The entry allows to unlock and keep the password.
pub(super) fn unlock(case: &Case<'_>) -> Finding {
    const RULE: &str = "unlock-allowed";
    if case.wish != super::Wish::Unlock {
        return Finding::not_reached(RULE, "nothing is to be unlocked");
    }
    if !case.is_administrator && !has_entry(case) {
        return Finding::not_reached(RULE, "no entry holds for the person");
    }
    if case.settings.unlock_without_reset {
        return Finding::yes(RULE, "unlock_without_reset = true", set_in(case));
    }
    let no = No {
        reason: "unlock-not-allowed",
        would_help: format!(
            "Set unlock_without_reset = true in the {}, or have the password reset, which \
             unlocks as well.",
            set_in(case)
        ),
        code: Some(PortalCode::NotInPolicy),
    };
    Finding::no(RULE, "unlock_without_reset = false", set_in(case), no)
}

/// Administrators may, if this is one.
pub(super) fn administrator(case: &Case<'_>) -> Finding {
    const RULE: &str = "administrator";
    const SET_IN: &str = "reset policy: [administrators]";
    let roles: Vec<_> = case.facts.roles.iter().map(|role| role.id()).collect();
    if roles.is_empty() {
        return Finding::not_reached(RULE, "holds no role");
    }
    let roles = roles.join(", ");
    if !case.wish.is_in_the_policy() {
        return Finding::not_reached(RULE, NOT_FOR_A_CHANGE);
    }
    if case.facts.policy.administrators.reset {
        return Finding::yes(RULE, format!("{roles}: always two gates"), SET_IN);
    }
    let no = No {
        reason: "administrators-off",
        would_help: "Set reset = true in [administrators]. Or have another administrator set the \
                     password."
            .to_owned(),
        code: Some(PortalCode::ResetDisabled),
    };
    Finding::no(RULE, format!("{roles}: reset = false"), SET_IN, no)
}

/// Why the policy's scope and entries say nothing here.
fn outside(case: &Case<'_>) -> Option<&'static str> {
    if !case.wish.is_in_the_policy() {
        return Some(NOT_FOR_A_CHANGE);
    }
    case.is_administrator.then_some(OF_ADMINISTRATORS)
}

fn has_entry(case: &Case<'_>) -> bool {
    match case.facts.policy.scope {
        Scope::Off => false,
        Scope::Selected => case.entry.is_some(),
        Scope::All => true,
    }
}

/// The entry that holds, for people.
pub(super) fn set_in(case: &Case<'_>) -> String {
    match case.entry {
        Some((number, entry)) => {
            format!(
                "{POLICY}: {}",
                ResetPolicy::name_of_entry(number, &entry.group)
            )
        }
        None => format!("{POLICY}: [default]"),
    }
}

/// The group's name as it is now.
fn name_of(case: &Case<'_>, written: &str) -> String {
    let id = case.entry.and_then(|(_, entry)| entry.id);
    let groups = case.facts.groups.iter();
    groups
        .filter(|group| Some(group.id) == id)
        .map(|group| group.name.clone())
        .next()
        .unwrap_or_else(|| written.to_owned())
}
