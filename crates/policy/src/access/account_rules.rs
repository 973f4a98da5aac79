//! The rules about where the password is, and the way there.

use super::{Account, Agents, Finding, ForestFacts, PortalCode, Wish, decide::Case, finding::No};

const SWITCH: &str = "writeback admin writeback";
const OF_THE_CLOUD: &str = "the password is in the cloud";
const NOTHING_WRITTEN: &str = "nothing is written to a directory";
const NO_FOREST: &str = "there is no account whose forest could be asked";

/// Writeback is on for the organisation.
pub(super) fn writeback_of_tenant(case: &Case<'_>) -> Finding {
    const RULE: &str = "writeback-tenant";
    if let Some(why) = outside(case) {
        return Finding::not_reached(RULE, why);
    }
    if case.facts.writeback {
        return Finding::yes(RULE, "on", SWITCH);
    }
    let no = No {
        reason: "writeback-off",
        would_help: "Switch it on: writeback admin writeback enable.".to_owned(),
        code: Some(PortalCode::WritebackDisabled),
    };
    Finding::no(RULE, "off", SWITCH, no)
}

/// Writeback is on for the forest.
pub(super) fn writeback_of_forest(case: &Case<'_>) -> Finding {
    const RULE: &str = "writeback-forest";
    let forest = match forest(case) {
        Ok(forest) => forest,
        Err(why) => return Finding::not_reached(RULE, why),
    };
    let name = &forest.name;
    if forest.writeback {
        return Finding::yes(RULE, format!("on for {name}"), SWITCH);
    }
    let no = No {
        reason: "writeback-off-for-forest",
        would_help: format!("Switch it on: writeback admin writeback enable --forest {name}."),
        code: Some(PortalCode::WritebackDisabled),
    };
    Finding::no(RULE, format!("off for {name}"), SWITCH, no)
}

/// The forest's people are known well enough.
pub(super) fn synchronised(case: &Case<'_>) -> Finding {
    const RULE: &str = "forest-synchronised";
    const SET_IN: &str = "directory synchronisation";
    let forest = match forest(case) {
        Ok(forest) => forest,
        Err(why) => return Finding::not_reached(RULE, why),
    };
    let name = &forest.name;
    if forest.not_synchronised.is_empty() {
        return Finding::yes(RULE, format!("{name} is synchronised"), SET_IN);
    }
    let no = No {
        reason: "forest-not-synchronised",
        would_help: format!(
            "Have it imported and synchronised whole: writeback admin sync run --forest {name} --profile full-cycle."
        ),
        code: Some(PortalCode::OnPremisesConfiguration),
    };
    let value = format!("{name}: {}", forest.not_synchronised.join(", "));
    Finding::no(RULE, value, SET_IN, no)
}

/// An agent could write to the forest now.
pub(super) fn agents(case: &Case<'_>) -> Finding {
    const RULE: &str = "agent-ready";
    const SET_IN: &str = "agents";
    let forest = match forest(case) {
        Ok(forest) => forest,
        Err(why) => return Finding::not_reached(RULE, why),
    };
    let name = &forest.name;
    let (value, would_help) = match &forest.agents {
        Agents::Ready => return Finding::yes(RULE, format!("one could write to {name}"), SET_IN),
        Agents::NotKnown => {
            return Finding::not_reached(RULE, "only the running cloud knows who is connected");
        }
        Agents::NotReady(cause) => (
            format!("connected to {name}, and none can write: {cause}"),
            format!("Have a look at the agent: its log and the words of {cause} say what to mend."),
        ),
        Agents::NotConnected => (
            format!("none of {name} is connected"),
            "Start an agent of the forest, or find out what keeps it from connecting.".to_owned(),
        ),
    };
    let no = No {
        reason: "agent-not-ready",
        would_help,
        code: Some(PortalCode::OnPremisesConnectivity),
    };
    Finding::no(RULE, value, SET_IN, no)
}

/// There is one account that the password would be written to.
pub(super) fn account(case: &Case<'_>) -> Finding {
    const RULE: &str = "account";
    const SET_IN: &str = "directory";
    if !case.wish.writes() {
        return Finding::not_reached(RULE, NOTHING_WRITTEN);
    }
    let (value, reason, would_help) = match &case.facts.account {
        Account::OfTheCloud if case.wish == Wish::Unlock => (
            "of the cloud, which locks no account for good",
            "nothing-to-unlock",
            "Wait until the sign-in is open again, or have the password reset.",
        ),
        Account::OfTheCloud => return Finding::yes(RULE, "of the cloud", "user"),
        Account::InForest(forest) => {
            return Finding::yes(RULE, format!("one, in {}", forest.name), SET_IN);
        }
        Account::Missing => (
            "none that a password could be written to",
            "no-account",
            "Bring the account back into the scope of synchronisation, or enable it.",
        ),
        Account::EnabledTwice => (
            "enabled in two forests",
            "enabled-in-two-forests",
            "Disable the one that is not used.",
        ),
    };
    let no = No {
        reason,
        would_help: would_help.to_owned(),
        code: Some(PortalCode::OnPremisesConfiguration),
    };
    Finding::no(RULE, value, SET_IN, no)
}

/// There is a page or a call that carries it out.
pub(super) fn offered(case: &Case<'_>) -> Finding {
    const RULE: &str = "offered";
    const SET_IN: &str = "this version";
    let wish = case.wish;
    if case.facts.offered.contains(&wish) {
        return Finding::yes(RULE, "carried out here", SET_IN);
    }
    let would_help = match wish {
        Wish::Reset => "Have an administrator set the password.",
        Wish::Change if case.facts.account == Account::OfTheCloud => {
            "Have an administrator set the password."
        }
        Wish::Change => "Change it at a computer of the domain, or reset it here.",
        Wish::Unlock => "Reset the password, which unlocks as well, or unlock it in the directory.",
        Wish::Register => "Give the person a recovery address.",
    };
    let no = No {
        reason: "not-offered",
        would_help: would_help.to_owned(),
        code: Some(PortalCode::NotInPolicy),
    };
    Finding::no(RULE, "carried out by no page and no call yet", SET_IN, no)
}

/// The forest of the account, or why there is none to ask about.
fn forest<'f>(case: &Case<'f>) -> Result<&'f ForestFacts, &'static str> {
    match (outside(case), &case.facts.account) {
        (Some(why), _) => Err(why),
        (None, Account::InForest(forest)) => Ok(forest),
        (None, _) => Err(NO_FOREST),
    }
}

/// Why a directory has nothing to do with it.
fn outside(case: &Case<'_>) -> Option<&'static str> {
    if !case.wish.writes() {
        return Some(NOTHING_WRITTEN);
    }
    (case.facts.account == Account::OfTheCloud).then_some(OF_THE_CLOUD)
}
