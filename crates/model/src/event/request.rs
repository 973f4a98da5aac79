//! What becomes of a request, and of a sign-in.

use crate::Operation;

super::events! {
    RESET_START = 31001, "reset-start", Info, Agent, [],
        "An agent has seen a request for a reset; the first event of each.",
        ["Nothing. 31002 or 31003 with the same `request` says how it ended."];
    RESET_DONE = 31002, "reset-done", Info, Agent, [],
        "A reset is in the directory.",
        ["Nothing."];
    RESET_REFUSED = 31003, "reset-refused", Warning, Agent, ["right-reset", "person-not-protected", "person-policy"],
        "A reset reached an agent and changed nothing.",
        ["Look up the line's `cause_event_id`: it says why.",
         "$ writeback doctor --event <cause_event_id>",
         "$ writeback doctor --user <name>"];
    CHANGE_START = 31006, "change-start", Info, Agent, [],
        "An agent has seen a request for a change, with the current password; the first event of each.",
        ["Nothing. 31007 or 31008 with the same `request` says how it ended."];
    CHANGE_DONE = 31007, "change-done", Info, Agent, [],
        "A change is in the directory.",
        ["Nothing."];
    CHANGE_REFUSED = 31008, "change-refused", Warning, Agent, ["person-may-change", "person-policy"],
        "A change reached an agent and changed nothing.",
        ["Look up the line's `cause_event_id`: it says why.",
         "$ writeback doctor --event <cause_event_id>",
         "$ writeback doctor --user <name>"];
    UNLOCK_START = 34101, "unlock-start", Info, Agent, [],
        "An agent has seen a request for an unlock; the first event of each.",
        ["Nothing. 34102 or 34103 with the same `request` says how it ended."];
    UNLOCK_DONE = 34102, "unlock-done", Info, Agent, [],
        "An account was unlocked.",
        ["Nothing."];
    UNLOCK_REFUSED = 34103, "unlock-refused", Warning, Agent, ["right-unlock", "person-not-protected"],
        "An unlock reached an agent and changed nothing.",
        ["Look up the line's `cause_event_id`: it says why.",
         "$ writeback doctor --event <cause_event_id>",
         "$ writeback doctor --user <name>"];
    IN_DOUBT = 34104, "in-doubt", Warning, Both, ["pdc-emulator", "dc-reachable"],
        "An answer of the directory was lost after a write began, so that it is not known whether the \
         password was changed. The agent asks the directory until it is.",
        ["Nothing at first: a done or refused event of the same `request` follows.",
         "Where none follows, the domain controller that was written to cannot be asked; see that the \
          agent reaches it.",
         "$ writeback doctor --only dc-reachable"];
    SIGN_IN = 34115, "sign-in", Warning, Agent, ["pdc-emulator", "agent-account"],
        "An agent judged a password at a sign-in (information; `answer` says how), or could not ask the \
         directory (warning).",
        ["Of information: nothing. Of a warning: see that the agent reaches the PDC emulator.",
         "$ writeback doctor"];
}

/// Start, done and refused of an operation.
pub const fn of(operation: Operation) -> (u32, u32, u32) {
    match operation {
        Operation::Reset { .. } => (RESET_START, RESET_DONE, RESET_REFUSED),
        Operation::Change => (CHANGE_START, CHANGE_DONE, CHANGE_REFUSED),
        Operation::Unlock => (UNLOCK_START, UNLOCK_DONE, UNLOCK_REFUSED),
    }
}
