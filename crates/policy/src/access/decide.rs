//! The decision.

use serde::Serialize;

use super::{
    AccessFacts, Administrators, Finding, GroupEntry, Holds, Method, Settings, Wish,
    account_rules as account, person_rules as person, policy_rules as policy,
};

/// The answer to a wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Whether the person may.
    pub allowed: bool,
    /// How many gates they have to pass.
    pub gates: u8,
    /// The methods by which they can pass one: allowed for them, registered, and carried out
    /// here. For a registration, those that they may register.
    pub methods: Vec<Method>,
    /// What every rule found, in the order in which they are asked.
    pub findings: Vec<Finding>,
    /// What else the policy settles for them.
    #[serde(skip)]
    pub settings: Settings,
}

impl Access {
    /// The first rule that does not let the person through.
    pub fn refusal(&self) -> Option<&Finding> {
        self.findings.iter().find(|it| it.holds == Holds::No)
    }

    /// What that rule is called in the audit trail; `success` where there is none.
    pub fn result(&self) -> &'static str {
        self.refusal()
            .map_or("success", |it| it.reason.unwrap_or(it.rule))
    }

    /// The first rule that does not let the person through and is none of these.
    pub fn refusal_but_for(&self, rules: &[&str]) -> Option<&Finding> {
        let mut refusals = self.findings.iter().filter(|it| it.holds == Holds::No);
        refusals.find(|it| !rules.contains(&it.rule))
    }
}

/// A wish and all that rules go by.
pub(super) struct Case<'f> {
    pub(super) wish: Wish,
    pub(super) facts: &'f AccessFacts,
    /// Whether the person holds a role.
    pub(super) is_administrator: bool,
    /// The entry of one of their groups, with its number from 0.
    pub(super) entry: Option<(usize, &'f GroupEntry)>,
    /// What holds for them.
    pub(super) settings: Settings,
}

impl Case<'_> {
    /// The methods that are allowed for the person and carried out here.
    pub(super) fn usable(&self) -> Vec<Method> {
        let methods = self.settings.methods.iter().copied();
        methods
            .filter(|method| self.facts.available.contains(method))
            .filter(|method| !self.is_administrator || method.suits_administrators())
            .collect()
    }

    /// Those of them that the person has registered.
    pub(super) fn registered(&self) -> Vec<Method> {
        let mut methods = self.usable();
        methods.retain(|method| self.facts.registered.contains(method));
        methods
    }
}

/// Decides, by every rule in the documented order.
pub fn decide(wish: Wish, facts: &AccessFacts) -> Access {
    let entry = facts.policy.entry_for(&facts.groups);
    let is_administrator = !facts.roles.is_empty();
    let mut settings = facts.policy.settings_for(&facts.groups);
    if is_administrator {
        settings.reset = facts.policy.administrators.reset;
        settings
            .methods
            .clone_from(&facts.policy.administrators.methods);
        settings.gates = Administrators::GATES;
    }
    let case = Case {
        wish,
        facts,
        is_administrator,
        entry,
        settings,
    };
    let findings = vec![
        policy::tenant(&case),
        policy::scope(&case),
        policy::group(&case),
        policy::reset(&case),
        policy::unlock(&case),
        person::licence(&case),
        policy::administrator(&case),
        account::writeback_of_tenant(&case),
        account::writeback_of_forest(&case),
        account::synchronised(&case),
        account::agents(&case),
        account::account(&case),
        person::gates(&case),
        person::registered(&case),
        person::throttled(&case),
        person::sign_in(&case),
        account::offered(&case),
    ];
    Access {
        allowed: findings.iter().all(|it| it.holds != Holds::No),
        gates: if wish.asks_for_gates() {
            case.settings.gates
        } else {
            0
        },
        methods: match wish {
            Wish::Change => Vec::new(),
            Wish::Register => case.usable(),
            Wish::Reset | Wish::Unlock => case.registered(),
        },
        findings,
        settings: case.settings,
    }
}
