//! What is done to the parts.

use clap::ValueEnum;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    None,
    /// `kill -9`, and started again.
    AgentKilled,
    /// The same, while a write is on its way, which arrives.
    AgentKilledWriting,
    AgentPaused,
    /// Stopped in order, and started again.
    AgentRestarted,
    CloudKilled,
    CloudPaused,
    CloudRestarted,
    /// Packets between agent and cloud vanish, both ways.
    LinkCut,
    LinkSendsLost,
    LinkAnswersLost,
    LinkReset,
    /// Everything between agent and cloud arrives late, in order.
    LinkDelayed,
    /// Nothing arrives for a while, and then everything at once.
    LinkStalled,
    /// What the agent says arrives nowhere any more, and the cloud is told that it ended.
    LinkHalfClosed,
    /// Packets between agent and domain controllers vanish, both ways.
    LdapCut,
    LdapSendsLost,
    LdapAnswersLost,
    LdapReset,
    /// The connection ends when the write has arrived, and its answer is lost.
    WriteAnswerLost,
    /// The connection ends while the write is on its way, which arrives all the same, later.
    WriteLate,
    /// The same, and the agent is killed and started again meanwhile.
    WriteLateAgentKilled,
    PdcPaused,
    /// Samba ends, and is started again.
    PdcKilled,
    PdcMoved,
}

/// When a kind strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// At any step; so many times in ten it is in place before the form is sent.
    Any(u64),
    /// When the write is on its way.
    Write,
}

/// How a kind comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habit {
    pub(super) kind: Kind,
    /// How often.
    pub(super) weight: u64,
    /// For how many milliseconds at least and at most. The longest exceed the 15 seconds after
    /// which a dead link and a silent domain controller are given up.
    pub(super) lasts: [u64; 2],
    pub(super) when: When,
}

const fn habit(kind: Kind, weight: u64, lasts: [u64; 2], when: When) -> Habit {
    Habit {
        kind,
        weight,
        lasts,
        when,
    }
}

pub(super) const HABITS: &[Habit] = &[
    habit(Kind::None, 8, [0, 0], When::Any(0)),
    habit(Kind::AgentKilled, 10, [50, 2_000], When::Any(1)),
    habit(Kind::AgentKilledWriting, 12, [0, 1_000], When::Write),
    habit(Kind::AgentPaused, 12, [1_000, 18_000], When::Any(4)),
    habit(Kind::AgentRestarted, 6, [0, 500], When::Any(1)),
    habit(Kind::CloudKilled, 8, [50, 1_500], When::Any(1)),
    habit(Kind::CloudPaused, 5, [200, 8_000], When::Any(1)),
    habit(Kind::CloudRestarted, 4, [0, 500], When::Any(1)),
    habit(Kind::LinkCut, 5, [300, 20_000], When::Any(2)),
    habit(Kind::LinkSendsLost, 6, [1_000, 20_000], When::Any(4)),
    habit(Kind::LinkAnswersLost, 5, [300, 20_000], When::Any(2)),
    habit(Kind::LinkReset, 4, [100, 1_500], When::Any(1)),
    habit(Kind::LinkDelayed, 6, [2_000, 12_000], When::Any(5)),
    habit(Kind::LinkStalled, 6, [1_000, 14_000], When::Any(4)),
    habit(Kind::LinkHalfClosed, 4, [0, 200], When::Any(1)),
    habit(Kind::LdapCut, 4, [300, 18_000], When::Any(1)),
    habit(Kind::LdapSendsLost, 4, [300, 18_000], When::Any(1)),
    habit(Kind::LdapAnswersLost, 5, [300, 18_000], When::Any(1)),
    habit(Kind::LdapReset, 5, [100, 2_000], When::Any(1)),
    habit(Kind::WriteAnswerLost, 6, [100, 2_000], When::Write),
    habit(Kind::WriteLate, 9, [1_000, 12_000], When::Write),
    habit(Kind::WriteLateAgentKilled, 5, [1_000, 12_000], When::Write),
    habit(Kind::PdcPaused, 5, [300, 12_000], When::Any(1)),
    habit(Kind::PdcKilled, 2, [0, 1_000], When::Any(1)),
    habit(Kind::PdcMoved, 1, [0, 0], When::Any(0)),
];

impl Kind {
    /// Whether it touches what others on the same lab use, too.
    pub(super) const fn disturbs_controllers(self) -> bool {
        matches!(self, Self::PdcPaused | Self::PdcKilled | Self::PdcMoved)
    }

    pub(super) fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}
