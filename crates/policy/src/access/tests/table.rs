//! The decision as a table: one blocked person a row, with the whole reason.

use super::*;

/// One row: what is different from a good person, and what is said of it.
pub(super) struct Row {
    pub(super) wishes: &'static [Wish],
    pub(super) facts: AccessFacts,
    pub(super) rule: &'static str,
    pub(super) reason: &'static str,
    pub(super) code: Option<PortalCode>,
    pub(super) value: &'static str,
    pub(super) set_in: &'static str,
    pub(super) would_help: &'static str,
}

fn with(change: impl FnOnce(&mut AccessFacts)) -> AccessFacts {
    let mut facts = good();
    change(&mut facts);
    facts
}

pub(super) fn with_forest(change: impl FnOnce(&mut ForestFacts)) -> AccessFacts {
    let mut its = forest();
    change(&mut its);
    with(|facts| facts.account = Account::InForest(its))
}

/// Of these people, where nothing carries that wish out.
fn without(wish: Wish, facts: AccessFacts) -> AccessFacts {
    let mut offered = facts.offered.clone();
    offered.retain(|it| *it != wish);
    AccessFacts { offered, ..facts }
}

#[expect(clippy::too_many_lines, reason = "the table")]
pub(super) fn blocked() -> Vec<Row> {
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
                         --forest corp.test --profile full-cycle.",
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
        Row {
            wishes: &[Reset],
            facts: without(Reset, good()),
            rule: "offered",
            reason: "not-offered",
            code: Some(PortalCode::NotInPolicy),
            value: "carried out by no page and no call yet",
            set_in: "this version",
            would_help: "Have an administrator set the password.",
        },
        Row {
            wishes: &[Change],
            facts: without(Change, good()),
            rule: "offered",
            reason: "not-offered",
            code: Some(PortalCode::NotInPolicy),
            value: "carried out by no page and no call yet",
            set_in: "this version",
            would_help: "Change it at a computer of the domain, or reset it here.",
        },
        Row {
            wishes: &[Change],
            facts: without(Change, cloud_only()),
            rule: "offered",
            reason: "not-offered",
            code: Some(PortalCode::NotInPolicy),
            value: "carried out by no page and no call yet",
            set_in: "this version",
            would_help: "Have an administrator set the password.",
        },
        Row {
            wishes: &[Unlock],
            facts: without(Unlock, good()),
            rule: "offered",
            reason: "not-offered",
            code: Some(PortalCode::NotInPolicy),
            value: "carried out by no page and no call yet",
            set_in: "this version",
            would_help: "Reset the password, which unlocks as well, or unlock it in the directory.",
        },
        Row {
            wishes: &[Register],
            facts: without(Register, good()),
            rule: "offered",
            reason: "not-offered",
            code: Some(PortalCode::NotInPolicy),
            value: "carried out by no page and no call yet",
            set_in: "this version",
            would_help: "Give the person a recovery address.",
        },
    ]
}
