//! Each rule, each side.

mod allowed;
mod licences;
mod table;

use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::{GroupId, Role};

use self::table::{blocked, with_forest};
use super::{Holds::*, Method::*, Wish::*, *};
use crate::licence::{HeldLicence, LicenceState, Seat, ServicePlan, Via, catalogue_sku};

fn group(number: u128, name: &str) -> MemberOf {
    MemberOf {
        id: GroupId::from_uuid(Uuid::from_u128(number)),
        name: name.into(),
    }
}

fn entry(number: u128, name: &str) -> GroupEntry {
    GroupEntry {
        group: name.into(),
        id: Some(GroupId::from_uuid(Uuid::from_u128(number))),
        ..GroupEntry::default()
    }
}

/// A licence of a known SKU, assigned directly.
fn licence(part_number: &str) -> HeldLicence {
    let sku = catalogue_sku(part_number).unwrap();
    HeldLicence {
        sku: sku.id,
        sku_name: sku.part_number.into(),
        via: Via::Direct,
        plans: sku
            .plans
            .iter()
            .map(|plan| ServicePlan {
                id: plan.id,
                name: plan.name.into(),
            })
            .collect(),
        disabled: Vec::new(),
        state: LicenceState::Enabled,
        seat: Seat::Unlimited,
    }
}

fn forest() -> ForestFacts {
    ForestFacts {
        name: "corp.test".parse().unwrap(),
        writeback: true,
        not_synchronised: Vec::new(),
        agents: Agents::Ready,
    }
}

/// A synchronised person who may do everything.
fn good() -> AccessFacts {
    AccessFacts {
        tenant_enabled: true,
        policy: ResetPolicy::default(),
        groups: Vec::new(),
        roles: Vec::new(),
        held: vec![licence("AAD_PREMIUM")],
        writeback: true,
        account: Account::InForest(forest()),
        registered: vec![Email],
        available: vec![Email],
        offered: Wish::ALL.to_vec(),
        throttled: None,
        sign_in_locked_until: None,
    }
}

/// Someone with a role and all that it takes.
fn administrator() -> AccessFacts {
    AccessFacts {
        roles: vec![Role::HelpdeskAdministrator],
        registered: vec![Email, Sms],
        available: vec![Email, Sms],
        ..good()
    }
}

fn cloud_only() -> AccessFacts {
    AccessFacts {
        account: Account::OfTheCloud,
        ..good()
    }
}

fn time() -> Timestamp {
    "2026-11-23T09:00:00.25Z".parse().unwrap()
}

fn finding(access: &Access, rule: &str) -> Finding {
    let mut found = access.findings.iter().filter(|it| it.rule == rule);
    let finding = found.next().unwrap().clone();
    assert!(found.next().is_none());
    finding
}

#[test]
fn every_rule_refuses_whom_it_should_and_nobody_else() {
    for row in blocked() {
        for wish in Wish::ALL {
            let access = decide(wish, &row.facts);
            let of_rule = finding(&access, row.rule);
            if !row.wishes.contains(&wish) {
                assert_ne!(of_rule.holds, No, "{wish:?} {}", row.reason);
                continue;
            }
            assert!(!access.allowed, "{wish:?} {}", row.reason);
            let expected = Finding {
                rule: row.rule,
                holds: No,
                value: row.value.into(),
                set_in: row.set_in.into(),
                reason: Some(row.reason),
                would_help: Some(row.would_help.into()),
                code: row.code,
            };
            assert_eq!(of_rule, expected, "{wish:?}");
            // It is the only reason, so that what would help is enough.
            assert_eq!(access.refusal(), Some(&expected), "{wish:?}");
            assert_eq!(access.result(), row.reason);
            let noes = access.findings.iter().filter(|it| it.holds == No);
            assert_eq!(noes.count(), 1, "{wish:?} {}", row.reason);
        }
    }
}

#[test]
fn the_other_side_of_every_rule_lets_through() {
    for facts in [good(), administrator()] {
        for wish in Wish::ALL {
            let access = decide(wish, &facts);
            assert!(access.allowed, "{wish:?}: {:?}", access.refusal());
            assert_eq!(access.result(), "success");
        }
    }
    for wish in [Reset, Change, Register] {
        assert!(decide(wish, &cloud_only()).allowed, "{wish:?}");
    }
}

#[test]
fn every_rule_is_asked_every_time_in_one_order() {
    let order = [
        "tenant-enabled",
        "policy-scope",
        "group",
        "reset-allowed",
        "unlock-allowed",
        "licence",
        "administrator",
        "writeback-tenant",
        "writeback-forest",
        "forest-synchronised",
        "agent-ready",
        "account",
        "gates",
        "registered",
        "throttled",
        "sign-in",
        "offered",
    ];
    let many = blocked().into_iter().map(|row| row.facts);
    for facts in many.chain([good(), cloud_only(), administrator()]) {
        for wish in Wish::ALL {
            let access = decide(wish, &facts);
            let rules: Vec<_> = access.findings.iter().map(|it| it.rule).collect();
            assert_eq!(rules, order);
            for finding in &access.findings {
                assert!(!finding.value.is_empty(), "{finding:?}");
                assert_eq!(finding.holds == NotReached, finding.set_in.is_empty());
                assert_eq!(finding.holds == No, finding.would_help.is_some());
                assert_eq!(finding.holds == No, finding.reason.is_some());
            }
        }
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let mut facts = good();
    facts.policy.default_entry.reset = false;
    facts.held.clear();
    facts.writeback = false;
    facts.registered.clear();
    let access = decide(Reset, &facts);
    let reasons: Vec<_> = access.findings.iter().filter_map(|it| it.reason).collect();
    assert_eq!(
        reasons,
        [
            "reset-not-allowed",
            "not-licensed",
            "writeback-off",
            "no-recovery-address"
        ]
    );
    assert_eq!(access.refusal().unwrap().rule, "reset-allowed");
    let next = access.refusal_but_for(&["reset-allowed", "licence"]);
    assert_eq!(next.unwrap().rule, "writeback-tenant");
}

#[test]
fn the_first_entry_of_a_persons_groups_holds() {
    let mut facts = good();
    facts.policy.groups = vec![
        GroupEntry {
            reset: Some(false),
            ..entry(1, "Temps")
        },
        GroupEntry {
            unlock_without_reset: Some(false),
            ..entry(2, "Staff")
        },
    ];
    let allowed = |facts: &AccessFacts| [Reset, Unlock].map(|wish| decide(wish, facts).allowed);
    assert_eq!(allowed(&facts), [true, true]);
    facts.groups = vec![group(2, "Staff")];
    assert_eq!(allowed(&facts), [true, false]);
    // Whichever group is told first.
    facts.groups = vec![group(2, "Staff"), group(1, "Temps")];
    assert_eq!(allowed(&facts), [false, false]);
    // By identifier alone: another group of that name is another group.
    facts.groups = vec![group(9, "Temps"), group(2, "Renamed")];
    assert_eq!(allowed(&facts), [true, false]);
    let access = decide(Reset, &facts);
    assert_eq!(finding(&access, "group").value, "in Renamed");
    // Selected: an entry is needed, and allows.
    facts.policy.scope = Scope::Selected;
    assert_eq!(allowed(&facts), [true, false]);
    // An entry whose group was never found matches nobody.
    facts.policy.groups[1].id = None;
    assert_eq!(decide(Reset, &facts).result(), "not-in-group");
}

#[test]
fn administrators_have_two_gates_and_no_questions_whatever_groups_say() {
    let mut facts = administrator();
    facts.policy.scope = Scope::Off;
    facts.policy.groups = vec![GroupEntry {
        reset: Some(false),
        gates: Some(1),
        methods: Some(vec![SecurityQuestions]),
        ..entry(1, "Staff")
    }];
    facts.groups = vec![group(1, "Staff")];
    let access = decide(Reset, &facts);
    assert!(access.allowed);
    assert_eq!(
        (access.gates, access.methods.as_slice()),
        (2, [Email, Sms].as_slice())
    );
    // Questions are no second gate, even where a policy of another version named them.
    facts.policy.administrators.methods = vec![Email, SecurityQuestions];
    facts.registered = vec![Email, SecurityQuestions];
    facts.available = vec![Email, SecurityQuestions];
    let access = decide(Reset, &facts);
    assert_eq!(access.result(), "gates-not-reachable");
    assert_eq!(
        finding(&access, "gates").code,
        Some(PortalCode::NotRegistered)
    );
    // With one method built, no administrator resets.
    let mut one = administrator();
    one.available = vec![Email];
    let access = decide(Reset, &one);
    assert_eq!(
        finding(&access, "gates").would_help.unwrap(),
        "Administrators pass two gates, and this installation can carry out 1 of their methods: \
         set up another one, or have another administrator set the password."
    );
    assert!(decide(Change, &one).allowed);
    // Any role makes an administrator.
    for role in [
        Role::GlobalAdministrator,
        Role::AuthenticationAdministrator,
        Role::UserAdministrator,
        Role::ReportsReader,
        Role::DirectorySynchronizationAccount,
    ] {
        one.roles = vec![role];
        assert_eq!(decide(Reset, &one).gates, 2, "{role:?}");
    }
}

#[test]
fn gates_count_methods_that_are_allowed_and_registered() {
    let mut facts = good();
    facts.available = Method::ALL.to_vec();
    facts.registered = vec![Email, Voice];
    for (methods, gates, allowed) in [
        (vec![Email], 1, true),
        (vec![Sms], 1, false),
        (vec![Email, Sms], 2, false),
        (vec![Email, Voice], 2, true),
        (vec![Email, Sms, Voice], 2, true),
    ] {
        facts.policy.default_entry.methods.clone_from(&methods);
        facts.policy.default_entry.gates = gates;
        let access = decide(Reset, &facts);
        assert_eq!(access.allowed, allowed, "{methods:?} {gates}");
        assert_eq!(access.gates, gates);
    }
    // What may be registered is told to whoever registers, and needs nothing registered yet.
    facts.registered.clear();
    let access = decide(Register, &facts);
    assert!(access.allowed);
    assert_eq!(access.methods, [Email, Sms, Voice]);
    assert_eq!(access.gates, 0);
}

#[test]
fn nothing_on_the_premises_concerns_people_of_the_cloud() {
    let mut facts = cloud_only();
    facts.writeback = false;
    let access = decide(Reset, &facts);
    assert!(access.allowed);
    for rule in [
        "writeback-tenant",
        "writeback-forest",
        "forest-synchronised",
        "agent-ready",
    ] {
        let finding = finding(&access, rule);
        assert_eq!(finding.holds, NotReached);
        assert_eq!(finding.value, "the password is in the cloud");
    }
}

#[test]
fn whether_agents_are_connected_can_be_left_open() {
    let facts = with_forest(|forest| forest.agents = Agents::NotKnown);
    let access = decide(Reset, &facts);
    assert!(access.allowed);
    assert_eq!(finding(&access, "agent-ready").holds, NotReached);
}

#[test]
fn codes_are_the_documented_ones() {
    let ids = PortalCode::ALL.map(PortalCode::id);
    assert_eq!(
        ids,
        [
            "SSPR_0009",
            "SSPR_0010",
            "SSPR_0011",
            "SSPR_0012",
            "SSPR_0013",
            "SSPR_0014",
            "SSPR_0029",
            "SSPR_0030"
        ]
    );
    // The table above has each of them, but for licences, which have one of their own.
    for code in PortalCode::ALL
        .into_iter()
        .filter(|it| *it != PortalCode::NotLicensed)
    {
        assert!(blocked().iter().any(|row| row.code == Some(code)), "{code}");
    }
}

#[test]
fn what_is_built_depends_on_where_the_password_is() {
    assert_eq!(Account::OfTheCloud.built(), [Change]);
    for account in [
        Account::InForest(forest()),
        Account::Missing,
        Account::EnabledTwice,
    ] {
        assert_eq!(account.built(), [Reset, Unlock], "{account:?}");
    }
}
