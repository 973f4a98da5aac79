//! The decision as a table: one blocked person a row, with the whole reason; and the other side
//! of each rule.

use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::{GroupId, Role};

use super::{Holds::*, Method::*, Wish::*, *};

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
        licence: Licence {
            allowed: true,
            because: "by WRITEBACK_SELF_HOSTED".into(),
        },
        writeback: true,
        account: Account::InForest(forest()),
        registered: vec![Email],
        available: vec![Email],
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

/// One row: what is different from a good person, and what is said of it.
struct Row {
    wishes: &'static [Wish],
    facts: AccessFacts,
    rule: &'static str,
    reason: &'static str,
    code: Option<PortalCode>,
    value: &'static str,
    set_in: &'static str,
    would_help: &'static str,
}

fn with(change: impl FnOnce(&mut AccessFacts)) -> AccessFacts {
    let mut facts = good();
    change(&mut facts);
    facts
}

fn with_forest(change: impl FnOnce(&mut ForestFacts)) -> AccessFacts {
    let mut its = forest();
    change(&mut its);
    with(|facts| facts.account = Account::InForest(its))
}

#[expect(clippy::too_many_lines, reason = "the table")]
fn blocked() -> Vec<Row> {
    const WRITING: &[Wish] = &[Reset, Change, Unlock];
    const GATED: &[Wish] = &[Reset, Unlock];
    const POLICED: &[Wish] = &[Reset, Unlock, Register];
    vec![
        Row {
            wishes: &Wish::ALL,
            facts: with(|facts| facts.tenant_enabled = false),
            rule: "tenant-enabled",
            reason: "tenant-disabled",
            code: Some(PortalCode::ResetDisabled),
            value: "disabled",
            set_in: "tenant",
            would_help: "Enable the tenant.",
        },
        Row {
            wishes: POLICED,
            facts: with(|facts| facts.policy.scope = Scope::Off),
            rule: "policy-scope",
            reason: "reset-off",
            code: Some(PortalCode::ResetDisabled),
            value: "off",
            set_in: "reset policy: scope",
            would_help: "Set scope to \"selected\" or \"all\".",
        },
        Row {
            wishes: POLICED,
            facts: with(|facts| {
                facts.policy.scope = Scope::Selected;
                facts.policy.groups = vec![entry(1, "Staff"), entry(2, "Guests")];
                facts.groups = vec![group(3, "Others")];
            }),
            rule: "group",
            reason: "not-in-group",
            code: Some(PortalCode::NotInGroup),
            value: "in no group of an entry",
            set_in: "reset policy: groups",
            would_help: "Make the person a member of one of these groups: Staff, Guests. Or add the \
                         entry of a group that they are in.",
        },
        Row {
            wishes: POLICED,
            facts: with(|facts| {
                facts.policy.groups = vec![GroupEntry {
                    reset: Some(false),
                    ..entry(1, "Staff")
                }];
                facts.groups = vec![group(1, "Staff")];
            }),
            rule: "reset-allowed",
            reason: "reset-not-allowed",
            code: Some(PortalCode::NotInPolicy),
            value: "reset = false",
            set_in: "reset policy: group entry 1 (Staff)",
            would_help: "Set reset = true in the reset policy: group entry 1 (Staff).",
        },
        Row {
            wishes: POLICED,
            facts: with(|facts| facts.policy.default_entry.reset = false),
            rule: "reset-allowed",
            reason: "reset-not-allowed",
            code: Some(PortalCode::NotInPolicy),
            value: "reset = false",
            set_in: "reset policy: [default]",
            would_help: "Set reset = true in the reset policy: [default].",
        },
        Row {
            wishes: &[Unlock],
            facts: with(|facts| facts.policy.default_entry.unlock_without_reset = false),
            rule: "unlock-allowed",
            reason: "unlock-not-allowed",
            code: Some(PortalCode::NotInPolicy),
            value: "unlock_without_reset = false",
            set_in: "reset policy: [default]",
            would_help: "Set unlock_without_reset = true in the reset policy: [default], or have \
                         the password reset, which unlocks as well.",
        },
        Row {
            wishes: &Wish::ALL,
            facts: with(|facts| {
                facts.licence = Licence {
                    allowed: false,
                    because: "AAD_BASIC carries no writeback".into(),
                };
            }),
            rule: "licence",
            reason: "not-licensed",
            code: Some(PortalCode::NotLicensed),
            value: "AAD_BASIC carries no writeback",
            set_in: "licences",
            would_help: "Assign a licence that carries it, to the person or to a group of theirs.",
        },
        Row {
            wishes: POLICED,
            facts: {
                let mut facts = administrator();
                facts.policy.administrators.reset = false;
                facts
            },
            rule: "administrator",
            reason: "administrators-off",
            code: Some(PortalCode::ResetDisabled),
            value: "helpdesk-administrator: reset = false",
            set_in: "reset policy: [administrators]",
            would_help: "Set reset = true in [administrators]. Or have another administrator set \
                         the password.",
        },
        Row {
            wishes: WRITING,
            facts: with(|facts| facts.writeback = false),
            rule: "writeback-tenant",
            reason: "writeback-off",
            code: Some(PortalCode::WritebackDisabled),
            value: "off",
            set_in: "writeback admin writeback",
            would_help: "Switch it on: writeback admin writeback enable.",
        },
        Row {
            wishes: WRITING,
            facts: with_forest(|forest| forest.writeback = false),
            rule: "writeback-forest",
            reason: "writeback-off-for-forest",
            code: Some(PortalCode::WritebackDisabled),
            value: "off for corp.test",
            set_in: "writeback admin writeback",
            would_help: "Switch it on: writeback admin writeback enable --forest corp.test.",
        },
        Row {
            wishes: WRITING,
            facts: with_forest(|it| it.not_synchronised = vec!["never-imported".into()]),
            rule: "forest-synchronised",
            reason: "forest-not-synchronised",
            code: Some(PortalCode::OnPremisesConfiguration),
            value: "corp.test: never-imported",
            set_in: "directory synchronisation",
            would_help: "Have it imported and synchronised whole: writeback admin sync run \
                         corp.test full-cycle.",
        },
        Row {
            wishes: WRITING,
            facts: with_forest(|forest| forest.agents = Agents::NotConnected),
            rule: "agent-ready",
            reason: "agent-not-ready",
            code: Some(PortalCode::OnPremisesConnectivity),
            value: "none of corp.test is connected",
            set_in: "agents",
            would_help: "Start an agent of the forest, or find out what keeps it from connecting.",
        },
        Row {
            wishes: WRITING,
            facts: with_forest(|it| it.agents = Agents::NotReady("directory-busy".into())),
            rule: "agent-ready",
            reason: "agent-not-ready",
            code: Some(PortalCode::OnPremisesConnectivity),
            value: "connected to corp.test, and none can write: directory-busy",
            set_in: "agents",
            would_help: "Have a look at the agent: its log and the words of directory-busy say \
                         what to mend.",
        },
        Row {
            wishes: WRITING,
            facts: with(|facts| facts.account = Account::Missing),
            rule: "account",
            reason: "no-account",
            code: Some(PortalCode::OnPremisesConfiguration),
            value: "none that a password could be written to",
            set_in: "directory",
            would_help: "Bring the account back into the scope of synchronisation, or enable it.",
        },
        Row {
            wishes: WRITING,
            facts: with(|facts| facts.account = Account::EnabledTwice),
            rule: "account",
            reason: "enabled-in-two-forests",
            code: Some(PortalCode::OnPremisesConfiguration),
            value: "enabled in two forests",
            set_in: "directory",
            would_help: "Disable the one that is not used.",
        },
        Row {
            wishes: &[Unlock],
            facts: cloud_only(),
            rule: "account",
            reason: "nothing-to-unlock",
            code: Some(PortalCode::OnPremisesConfiguration),
            value: "of the cloud, which locks no account for good",
            set_in: "directory",
            would_help: "Wait until the sign-in is open again, or have the password reset.",
        },
        Row {
            wishes: GATED,
            facts: with(|facts| facts.registered.clear()),
            rule: "registered",
            reason: "no-recovery-address",
            code: Some(PortalCode::NotRegistered),
            value: "0 of 1: none",
            set_in: "user",
            would_help: "Give the person a recovery address.",
        },
        Row {
            wishes: GATED,
            facts: with(|facts| {
                facts.policy.default_entry.methods = vec![Email, Sms, Voice];
                facts.policy.default_entry.gates = 2;
                facts.available = vec![Email, Sms];
            }),
            rule: "registered",
            reason: "too-few-methods",
            code: Some(PortalCode::NotRegistered),
            value: "1 of 2: email",
            set_in: "user",
            would_help: "Have the person register: sms.",
        },
        Row {
            wishes: WRITING,
            facts: with(|facts| {
                facts.throttled = Some(Throttled {
                    limit: "wrong codes per name".into(),
                    until: time(),
                });
            }),
            rule: "throttled",
            reason: "throttled",
            code: None,
            value: "wrong codes per name: used up until 2026-11-23T09:00:01Z",
            set_in: "limits",
            would_help: "Wait until 2026-11-23T09:00:01Z.",
        },
        Row {
            wishes: &[Change, Register],
            facts: with(|facts| facts.sign_in_locked_until = Some(time())),
            rule: "sign-in",
            reason: "sign-in-locked",
            code: None,
            value: "locked until 2026-11-23T09:00:01Z",
            set_in: "smart lockout",
            would_help: "Wait until 2026-11-23T09:00:01Z, or have the password reset.",
        },
    ]
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
    facts.licence.allowed = false;
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
    assert!(!access.allowed_but_for(&["registered"]));
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
    // The table above has each of them.
    for code in PortalCode::ALL {
        assert!(blocked().iter().any(|row| row.code == Some(code)), "{code}");
    }
}
