//! Every namespace of the company, with hosts that belong to one tool alone.
//!
//! These stand apart from the plan: no domain depends on them, so that nothing has to be
//! provisioned anew for them.

use crate::plan::{self, HostPlan};

/// For `cargo xtask faults`: what it loses there nobody else misses.
const OF_TOOLS: &[HostPlan] = &[
    HostPlan {
        netns: "wb-agent3",
        port: "agent3",
        ip: "10.77.9.14",
        proxy_only: false,
    },
    HostPlan {
        netns: "wb-agent4",
        port: "agent4",
        ip: "10.77.9.15",
        proxy_only: false,
    },
];

/// Every company namespace with its bridge port and address, DCs included.
pub(crate) fn lan() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    plan::lan().chain(OF_TOOLS.iter().map(|h| (h.netns, h.port, h.ip)))
}

/// Every namespace that belongs to the company, the router first.
pub(crate) fn company() -> impl Iterator<Item = &'static str> {
    plan::company().chain(OF_TOOLS.iter().map(|h| h.netns))
}
