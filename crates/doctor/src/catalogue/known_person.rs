//! Checks of one person, as the cloud knows them.

use crate::check::{Check, Component::KnownPerson, Of, Severity::Fault};

const fn of_person(
    id: &'static str,
    title: &'static str,
    cause: &'static str,
    remedy: &'static [&'static str],
    rows: &'static [&'static str],
) -> Check {
    Check {
        id,
        title,
        severity: Fault,
        component: KnownPerson,
        of: Of::KnownPerson,
        needs: &["user-known"],
        cause,
        remedy,
        rows,
    }
}

pub(super) const KNOWN: Check = Check {
    id: "user-known",
    title: "The name belongs to one person of the tenant",
    severity: Fault,
    component: KnownPerson,
    of: Of::KnownPerson,
    needs: &["tenant-known"],
    cause: "Nobody whom the cloud knows goes by that name.",
    remedy: &[
        "Check the spelling. Why somebody of a directory was left out:",
        "$ writeback admin sync preview \"{user}\" --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["A12", "W11", "W23", "S16"],
};

pub(super) const ACCOUNT: Check = of_person(
    "user-account",
    "The person has one account that the password would be written to",
    "There is no one account that the password could be written to.",
    &[
        "Where it went, and in which forests the person is:",
        "$ writeback admin sync preview \"{user}\" --tenant \"{tenant}\" --config \"{config}\"",
    ],
    &["A12", "W11", "W12"],
);

pub(super) const LICENCE: Check = of_person(
    "user-licence",
    "The person holds a licence that carries a reset",
    "The person holds no licence that carries a reset.",
    &[
        "$ writeback admin licence show \"{user}\" --tenant \"{tenant}\" --config \"{config}\"",
        "$ writeback admin licence assign SKU --user \"{user}\" --tenant \"{tenant}\" --config \"{config}\"",
    ],
    &["A1", "A2", "A3", "A4", "A5", "S07", "S20"],
);

pub(super) const POLICY: Check = of_person(
    "user-policy",
    "The reset policy lets the person reset",
    "The reset policy does not let the person reset.",
    &[
        "$ writeback admin policy show --tenant \"{tenant}\" --config \"{config}\" > policy.toml",
        "$ writeback admin policy set policy.toml --tenant \"{tenant}\" --config \"{config}\"",
    ],
    &["A8", "S07", "S13", "S22"],
);

pub(super) const GATES: Check = of_person(
    "user-gates",
    "This installation can ask the person at as many gates as the policy wants",
    "The policy wants more methods than this installation can carry out for the person.",
    &[
        "$ writeback admin policy show --tenant \"{tenant}\" --config \"{config}\" > policy.toml",
        "$ writeback admin policy set policy.toml --tenant \"{tenant}\" --config \"{config}\"",
    ],
    &["A8", "S09", "S11", "S13"],
);

pub(super) const METHODS: Check = Check {
    needs: &["user-gates"],
    ..of_person(
        "user-methods",
        "The person has registered enough methods",
        "The person has registered fewer methods than the policy asks for.",
        &[
            "A recovery address comes from the directory's attribute that recovery_attributes names in",
            "{config}. Write it there; the next import brings it.",
        ],
        &["S08", "S09", "S10", "S12", "S20"],
    )
};

pub(super) const THROTTLED: Check = of_person(
    "user-not-throttled",
    "No limit of the person is used up",
    "A limit of the person is used up: too many tries.",
    &[
        "Wait until the time above. What the limits are:",
        "$ writeback admin limits show --tenant \"{tenant}\" --config \"{config}\"",
    ],
    &["S14"],
);
