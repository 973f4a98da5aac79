//! Documented events of the reference product that are not logged here, and what is instead.

/// A number that somebody may look for in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The reference product's number.
    pub id: u32,
    /// Why it does not occur here.
    pub why: &'static str,
    /// The events here that come nearest.
    pub instead: &'static [u32],
}

macro_rules! elsewhere {
    ($($id:literal => [$($instead:ident),*], $why:literal;)+) => {
        /// Numbers that are not logged here.
        pub const ELSEWHERE: &[Elsewhere] = &[$(
            Elsewhere { id: $id, why: $why, instead: &[$(super::$instead),*] },
        )+];
    };
}

elsewhere! {
    6306 => [AGENT_STARTED, FOREST_HEALTH], "There is no extension beside the agent that could fail to start.";
    6800 => [AGENT_STARTED, FOREST_HEALTH], "There is no endpoint beside the agent that could fail to start.";
    31004 => [AGENT_ENROLLED], "Enrolment is one step; only its end is logged.";
    31009 => [RESET_START], "A reset by an administrator is logged like the person's own.";
    31010 => [RESET_DONE], "A reset by an administrator is logged like the person's own.";
    31011 => [RESET_REFUSED], "A reset by an administrator is logged like the person's own.";
    31012 => [WRITEBACK_DISABLED], "Switching writeback off is in the audit trail, not in the log.";
    31013 => [WRITEBACK_DISABLED], "Switching writeback off is in the audit trail, not in the log.";
    31014 => [WRITEBACK_DISABLED], "Switching writeback off is in the audit trail, not in the log.";
    31017 => [AGENT_ENROLLED], "No administrator's token is asked for; agents join by a one-time token.";
    31044 => [LINK_LOST, LINK_FAILED], "There is one link, and it says itself when it is lost.";
    32001 => [LINK_FAILED], "There is one way to the cloud.";
    32002 => [LINK_FAILED], "There is no relay of another company on the way.";
    32003 => [CLOUD_INVALID], "What the cloud says is checked as a whole.";
    32007 => [STATE_UNWRITABLE], "The configuration is a file that only people write.";
    32009 => [LINK_FAILED], "No administrator signs in for the agent.";
    32011 => [LINK_FAILED], "`writeback agent enroll` says itself why it failed.";
    32013 => [LINK_FAILED], "Nothing has to be told to switch writeback off.";
    32015 => [LINK_LOST], "An agent's health goes over its link.";
}
