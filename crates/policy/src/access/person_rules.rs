//! The rules about what a person has and did.

use jiff::{SignedDuration, Timestamp, Unit};

use super::{
    Account, Finding, Method, PortalCode, Wish, decide::Case, finding::No, method::list,
    policy_rules::set_in,
};
use crate::licence::{Entitlement, Feature, entitles};

/// A licence of theirs carries it.
pub(super) fn licence(case: &Case<'_>) -> Finding {
    const RULE: &str = "licence";
    const SET_IN: &str = "licences";
    let feature = feature(case);
    let Entitlement {
        allowed, because, ..
    } = entitles(&case.facts.held, feature);
    let value = format!("for {}: {because}", feature.id());
    if allowed {
        return Finding::yes(RULE, value, SET_IN);
    }
    let no = No {
        reason: "not-licensed",
        would_help: if case.facts.held.is_empty() {
            "Assign a licence that carries it, to the person or to a group of theirs.".to_owned()
        } else {
            "Mend the licences that the person holds, or assign another one that carries it."
                .to_owned()
        },
        code: Some(PortalCode::NotLicensed),
    };
    Finding::no(RULE, value, SET_IN, no)
}

/// What the wish needs a licence for. A registration needs that for what it is good for.
fn feature(case: &Case<'_>) -> Feature {
    match (case.wish, &case.facts.account) {
        (Wish::Change, Account::OfTheCloud) => Feature::CloudChange,
        (Wish::Reset | Wish::Register | Wish::Unlock, Account::OfTheCloud) => Feature::CloudReset,
        (Wish::Change, _) => Feature::WritebackChange,
        (Wish::Reset | Wish::Register, _) => Feature::WritebackReset,
        (Wish::Unlock, _) => Feature::Unlock,
    }
}

/// This installation can ask at as many gates as the policy wants.
pub(super) fn gates(case: &Case<'_>) -> Finding {
    const RULE: &str = "gates";
    if let Some(why) = no_gates(case) {
        return Finding::not_reached(RULE, why);
    }
    let (gates, usable) = (case.settings.gates, case.usable());
    let value = format!("{gates} of: {}", list(&usable));
    if usable.len() >= usize::from(gates) {
        return Finding::yes(RULE, value, methods_set_in(case));
    }
    let no = No {
        reason: "gates-not-reachable",
        would_help: if case.is_administrator {
            format!(
                "Administrators pass two gates, and this installation can carry out {} of their \
                 methods: set up another one, or have another administrator set the password.",
                usable.len()
            )
        } else {
            "Name more methods that this installation can carry out, or ask for fewer gates."
                .to_owned()
        },
        code: Some(PortalCode::NotRegistered),
    };
    Finding::no(RULE, value, methods_set_in(case), no)
}

/// The person has registered for as many.
pub(super) fn registered(case: &Case<'_>) -> Finding {
    const RULE: &str = "registered";
    const SET_IN: &str = "user";
    if let Some(why) = no_gates(case) {
        return Finding::not_reached(RULE, why);
    }
    let (gates, has) = (case.settings.gates, case.registered());
    let value = format!("{} of {gates}: {}", has.len(), list(&has));
    if has.len() >= usize::from(gates) {
        return Finding::yes(RULE, value, SET_IN);
    }
    let missing: Vec<_> = case
        .usable()
        .into_iter()
        .filter(|method| !has.contains(method))
        .collect();
    let lacks_address = has.is_empty() && missing == [Method::Email];
    let no = No {
        reason: if lacks_address {
            "no-recovery-address"
        } else {
            "too-few-methods"
        },
        would_help: if lacks_address {
            "Give the person a recovery address.".to_owned()
        } else if missing.is_empty() {
            "There is no other method that they could register: see gates.".to_owned()
        } else {
            format!("Have the person register: {}.", list(&missing))
        },
        code: Some(PortalCode::NotRegistered),
    };
    Finding::no(RULE, value, SET_IN, no)
}

/// No limit of theirs is used up.
pub(super) fn throttled(case: &Case<'_>) -> Finding {
    const RULE: &str = "throttled";
    const SET_IN: &str = "limits";
    if case.wish == Wish::Register {
        return Finding::not_reached(RULE, "nothing is counted for a registration");
    }
    let Some(throttled) = &case.facts.throttled else {
        return Finding::yes(RULE, "no limit is used up", SET_IN);
    };
    let until = moment(throttled.until);
    let no = No {
        reason: "throttled",
        would_help: format!("Wait until {until}."),
        code: None,
    };
    let value = format!("{}: used up until {until}", throttled.limit);
    Finding::no(RULE, value, SET_IN, no)
}

/// They can sign in, where that is needed.
pub(super) fn sign_in(case: &Case<'_>) -> Finding {
    const RULE: &str = "sign-in";
    const SET_IN: &str = "smart lockout";
    if case.wish.asks_for_gates() {
        return Finding::not_reached(RULE, "nobody has to sign in for it");
    }
    let Some(until) = case.facts.sign_in_locked_until else {
        return Finding::yes(RULE, "open", SET_IN);
    };
    let until = moment(until);
    let no = No {
        reason: "sign-in-locked",
        would_help: format!("Wait until {until}, or have the password reset."),
        code: None,
    };
    Finding::no(RULE, format!("locked until {until}"), SET_IN, no)
}

fn no_gates(case: &Case<'_>) -> Option<&'static str> {
    (!case.wish.asks_for_gates()).then_some("no gate is to be passed")
}

fn methods_set_in(case: &Case<'_>) -> String {
    if case.is_administrator {
        "reset policy: [administrators]".to_owned()
    } else {
        set_in(case)
    }
}

/// A time for people who look after the installation: in UTC, to the second, and no earlier than
/// it is.
fn moment(time: Timestamp) -> String {
    let part = i64::from(time.subsec_nanosecond()).rem_euclid(1_000_000_000);
    let up = if part == 0 { 0 } else { 1_000_000_000 - part };
    time.checked_add(SignedDuration::from_nanos(up))
        .unwrap_or(time)
        .round(Unit::Second)
        .unwrap_or(time)
        .to_string()
}
