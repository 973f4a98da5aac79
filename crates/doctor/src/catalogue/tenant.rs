//! Checks of one tenant of the cloud: what must be set for anybody of it to reset a password.

use crate::check::{
    Check,
    Component::Tenant,
    Of,
    Severity::{Fault, Warning},
};

pub(super) const KNOWN: Check = Check {
    id: "tenant-known",
    title: "The tenant that was asked for is there",
    severity: Fault,
    component: Tenant,
    of: Of::Installation,
    needs: &["database"],
    cause: "No tenant goes by that name.",
    remedy: &["$ writeback admin tenant list --config \"{config}\""],
    rows: &[],
};

pub(super) const ENABLED: Check = Check {
    id: "tenant-enabled",
    title: "The tenant is enabled",
    severity: Fault,
    component: Tenant,
    of: Of::Tenant,
    needs: &["tenant-known"],
    cause: "The tenant was disabled: nobody of it can reset a password, and its agents are sent away.",
    remedy: &["$ writeback admin tenant enable --tenant \"{tenant}\" --config \"{config}\""],
    rows: &["A16"],
};

pub(super) const DOMAINS: Check = Check {
    id: "domains-verified",
    title: "Every domain that the tenant calls its own is verified",
    severity: Warning,
    component: Tenant,
    of: Of::Tenant,
    needs: &["tenant-known"],
    cause: "The domain {domain} was added and never verified: nobody is found by it.",
    remedy: &[
        "Publish the TXT record that the first command shows, then verify it:",
        "$ writeback admin tenant domain list --tenant \"{tenant}\" --config \"{config}\"",
        "$ writeback admin tenant domain verify {domain} --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &[],
};

pub(super) const LICENCES: Check = Check {
    id: "licences-assigned",
    title: "A licence that works is assigned to somebody",
    severity: Fault,
    component: Tenant,
    of: Of::Tenant,
    needs: &["tenant-known"],
    cause: "No licence that works now is assigned to anybody: having bought one is not enough.",
    remedy: &[
        "See what there is and in which state, then assign it:",
        "$ writeback admin licence list --tenant \"{tenant}\" --config \"{config}\"",
        "$ writeback admin licence assign SKU --everybody --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["A1", "A2", "A3", "A4", "A5", "W27"],
};

pub(super) const SEATS: Check = Check {
    id: "licence-seats",
    title: "Everybody who is assigned a licence has a seat",
    severity: Warning,
    component: Tenant,
    of: Of::Tenant,
    needs: &["tenant-known"],
    cause: "More people are assigned {sku} than it has seats: those who wait may not do what it carries.",
    remedy: &[
        "Buy more and say so (N in all), or take the licence from others:",
        "$ writeback admin licence set-seats {sku} N --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["A2"],
};

pub(super) const POLICY: Check = Check {
    id: "reset-policy",
    title: "The reset policy is on",
    severity: Fault,
    component: Tenant,
    of: Of::Tenant,
    needs: &["tenant-known"],
    cause: "The scope of the reset policy is \"off\": nobody but administrators may reset.",
    remedy: &[
        "Set scope = \"all\" (or \"selected\", with groups) in what the first command shows:",
        "$ writeback admin policy show --tenant \"{tenant}\" --config \"{config}\" > policy.toml",
        "$ writeback admin policy set policy.toml --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["A8", "S07"],
};

pub(super) const WRITEBACK: Check = Check {
    id: "writeback-on",
    title: "Writeback is switched on for the tenant and for every forest",
    severity: Fault,
    component: Tenant,
    of: Of::Switch,
    needs: &["tenant-known"],
    cause: "Writeback is switched off for the whole tenant.",
    remedy: &["$ writeback admin writeback enable --tenant \"{tenant}\" --config \"{config}\""],
    rows: &["A9", "A16"],
};
