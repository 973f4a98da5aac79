//! What the cloud sees.

super::events! {
    EXPORT_STOPPED = 116, "export-stopped", Error, Cloud, [],
        "The deletion guard stopped an export before the first removal: more people would disappear \
         than it allows.",
        ["See who, and approve it only if it is meant.",
         "$ writeback admin sync removals",
         "docs/synchronisation.md says how the guard counts."];
    AGENT_ENROLLED = 31005, "agent-enrolled", Info, Cloud, ["enrolment"],
        "An agent enrolled: it has a key that the cloud knows.",
        ["Nothing, if you did it. If nobody did it, revoke the agent.",
         "$ writeback admin agent list"];
    AGENT_CONNECTED = 34201, "agent-connected", Info, Cloud, [],
        "An agent is connected.",
        ["Nothing."];
    AGENT_DISCONNECTED = 34202, "agent-disconnected", Info, Cloud, ["cloud-link"],
        "An agent's link ended; `why` says how.",
        ["Nothing once. Many: look at the agent's own log for 32014 and 31034, and run the doctor there."];
    AGENT_COPIED = 34203, "agent-copied", Error, Cloud, ["state-folder"],
        "A second machine called with the keys of an agent and was sent away.",
        ["If you copied or restored the agent's state folder, enrol the copy anew with --replace.",
         "If nobody did it, the keys were stolen: revoke the agent and enrol it anew.",
         "$ writeback admin agent revoke <agent>"];
    TRAIL_TAMPERED = 34204, "trail-tampered", Error, Cloud, [],
        "The audit trail does not hold up, or the key that signs it was gone and a new one was made.",
        ["Find out who had access to the database and to the key. `verify` names the first line that is wrong:",
         "$ writeback admin audit verify"];
}
