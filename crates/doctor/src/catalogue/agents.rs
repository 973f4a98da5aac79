//! Checks of a tenant's agents and forests, as the cloud knows them.

use crate::check::{
    Check,
    Component::Agents,
    Of,
    Severity::{Fault, Warning},
};

pub(super) const ENROLLED: Check = Check {
    id: "agents-enrolled",
    title: "An agent has enrolled and is not revoked",
    severity: Fault,
    component: Agents,
    of: Of::Tenant,
    needs: &["tenant-known"],
    cause: "No agent of the tenant has enrolled, or all were revoked.",
    remedy: &[
        "Make a token here and spend it on a machine inside the company network:",
        "$ writeback admin enrolment create --tenant \"{tenant}\" --config \"{config}\"",
        "$ writeback agent enroll --cloud {cloud} --token wbenrol.…",
    ],
    rows: &["A11", "A16", "S03"],
};

pub(super) const CONNECTED: Check = Check {
    id: "agents-connected",
    title: "At least one agent is connected",
    severity: Fault,
    component: Agents,
    of: Of::Tenant,
    needs: &["cloud-runs", "tenant-enabled", "agents-enrolled"],
    cause: "No agent of the tenant is connected: nothing can be written.",
    remedy: &[
        "Start one on its machine; where it runs and does not connect, this says why:",
        "$ writeback agent run",
        "$ writeback doctor",
    ],
    rows: &["A14", "A15", "A16", "W05", "W09", "S17"],
};

pub(super) const EACH_CONNECTED: Check = Check {
    id: "agent-connected",
    title: "Every agent that is enrolled is connected",
    severity: Warning,
    component: Agents,
    of: Of::EnrolledAgent,
    needs: &["agents-connected"],
    cause: "The agent on {host} is not connected; others are.",
    remedy: &[
        "On its machine, start it, and if that does not help ask why:",
        "$ writeback doctor",
        "If it is not meant to come back:",
        "$ writeback admin agent revoke {agent} --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["A14", "A15", "W09"],
};

pub(super) const VERSION: Check = Check {
    id: "agent-version",
    title: "Every agent has the version of the cloud",
    severity: Warning,
    component: Agents,
    of: Of::EnrolledAgent,
    needs: &["agents-enrolled"],
    cause: "The agent on {host} has another version than this program.",
    remedy: &["Install the version of the cloud on {host} and start the agent again."],
    rows: &["A13"],
};

pub(super) const COPIED: Check = Check {
    id: "agent-not-copied",
    title: "No other machine has an agent's keys",
    severity: Warning,
    component: Agents,
    of: Of::EnrolledAgent,
    needs: &["agents-enrolled"],
    cause: "Another machine called with a copy of the keys of the agent on {host}, and was sent away.",
    remedy: &[
        "Where somebody copied or restored its state folder, stop the other one. Where nobody did,",
        "the keys were stolen: revoke the agent and enrol it anew.",
        "$ writeback admin agent revoke {agent} --tenant \"{tenant}\" --config \"{config}\"",
        "$ writeback admin enrolment create --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["W33"],
};

pub(super) const SEALING_KEY: Check = Check {
    id: "sealing-key-rolled",
    title: "Every agent has made the new sealing key that was asked of it",
    severity: Warning,
    component: Agents,
    of: Of::EnrolledAgent,
    needs: &["agents-enrolled"],
    cause: "A new sealing key was asked of the agent on {host}, and none came.",
    remedy: &[
        "It makes one when it is connected. See its log, and that it can write its state folder:",
        "$ writeback admin writeback status --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["A16", "W25"],
};

pub(super) const REPORTED: Check = Check {
    id: "forest-reported",
    title: "An agent has reported a forest",
    severity: Fault,
    component: Agents,
    of: Of::Tenant,
    needs: &["agents-connected"],
    cause: "No agent of the tenant has reported any forest.",
    remedy: &[
        "On an agent's machine, see that its configuration names one:",
        "$ writeback doctor",
    ],
    rows: &["A11", "W13"],
};

pub(super) const SYNCHRONISED: Check = Check {
    id: "forest-synchronised",
    title: "Every forest was imported and synchronised whole, and an import is no older than seven days",
    severity: Fault,
    component: Agents,
    of: Of::TenantForest,
    needs: &["agents-connected"],
    cause: "{forest} was never imported and synchronised whole, or too long ago: who its people are is not known.",
    remedy: &[
        "$ writeback admin sync run --forest {forest} --profile full-cycle --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["A12", "W13", "W23", "W39", "W43"],
};

pub(super) const GUARD: Check = Check {
    id: "deletion-guard",
    title: "The deletion guard does not wait for a person",
    severity: Warning,
    component: Agents,
    of: Of::TenantForest,
    needs: &["forest-synchronised"],
    cause: "An export would have removed so many people of {forest} that the deletion guard stopped it.",
    remedy: &[
        "See who would be removed. Where that is right, approve it; where it is not, mend the scope:",
        "$ writeback admin sync removals {forest} --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["A12"],
};

pub(super) const OBJECTS: Check = Check {
    id: "directory-objects",
    title: "No object of the directory has a problem",
    severity: Warning,
    component: Agents,
    of: Of::TenantForest,
    needs: &["forest-synchronised"],
    cause: "Objects of {forest} have problems, such as a name or an anchor that two have.",
    remedy: &[
        "$ writeback admin sync problems --forest {forest} --tenant \"{tenant}\" --config \"{config}\"",
    ],
    rows: &["A12", "W21"],
};
