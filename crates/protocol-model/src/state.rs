//! What there is at a moment.

use std::collections::BTreeSet;

/// How many agents there are.
pub const AGENTS: usize = 2;

/// What is told to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Word {
    /// The directory has the new password.
    Changed,
    /// It has not, and will not.
    NotChanged,
}

/// The request's row in the cloud's store. It survives every crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// Offered, not claimed.
    Pending,
    /// Nobody claimed it in time: told as *not changed*.
    Expired,
    /// One agent has it.
    Claimed {
        /// Which.
        by: usize,
    },
    /// Its agent does not answer.
    Unknown {
        /// Who claimed it.
        by: usize,
    },
    /// Over.
    Done {
        /// Who claimed it.
        by: usize,
        /// Who told the outcome.
        from: usize,
        /// Which it was.
        word: Word,
    },
}

/// A frame on its way. Doubled frames are one that stays when it is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Frame {
    /// cloud -> agent
    Execute(usize),
    /// cloud -> agent
    Grant(usize),
    /// cloud -> agent
    Deny(usize),
    /// cloud -> agent
    Recorded(usize),
    /// cloud -> agent: with the claimant, and the version that it said its write goes by.
    Resolve(usize, usize, Option<u8>),
    /// agent -> cloud
    Claim(usize),
    /// agent -> cloud: it writes now, and this is the attribute's version before.
    Begun(usize, u8),
    /// agent -> cloud
    Outcome(usize, Word),
}

impl Frame {
    /// On whose link it is.
    pub(crate) const fn agent(self) -> usize {
        match self {
            Self::Execute(agent)
            | Self::Grant(agent)
            | Self::Deny(agent)
            | Self::Recorded(agent)
            | Self::Resolve(agent, ..)
            | Self::Claim(agent)
            | Self::Begun(agent, _)
            | Self::Outcome(agent, _) => agent,
        }
    }

    /// Whether the cloud is to take it.
    pub(crate) const fn is_for_cloud(self) -> bool {
        matches!(self, Self::Claim(_) | Self::Begun(..) | Self::Outcome(..))
    }
}

/// A link as its agent sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Link {
    /// It stands.
    Up,
    /// It is broken, and the agent has not noticed.
    Cut,
    /// The agent has none.
    #[default]
    Down,
}

/// What an agent is doing with the request, in its memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nothing.
    #[default]
    Idle,
    /// It waits for the answer to its claim.
    Claiming,
    /// The request is its own.
    Granted,
    /// It has read the attribute's version.
    Prepared(u8),
    /// Its intent is in the journal.
    Noted(u8),
    /// The write is sent.
    Sent(u8),
    /// The answer was lost: it asks the directory.
    Resolving(u8),
    /// It asks the directory about a write of the other agent.
    Settling(u8),
}

/// What is on an agent's disk about the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Journal {
    /// The version before the write that is about to begin.
    pub intent: Option<u8>,
    /// How it ended.
    pub told: Option<Word>,
}

/// One agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Agent {
    /// Whether its process runs.
    pub up: bool,
    /// Its link to the cloud.
    pub link: Link,
    /// In memory.
    pub phase: Phase,
    /// In memory: it has told an outcome, and begins this request never again.
    pub closed: bool,
    /// On disk.
    pub journal: Journal,
}

/// The answer to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// The password is taken.
    Taken,
    /// It is refused.
    Refused,
}

/// An agent's connection to the domain controller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Connection {
    /// Whether something may still be sent on it.
    pub open: bool,
    /// A write on its way. It may arrive after the agent's end was closed.
    pub write: bool,
    /// An answer on its way back.
    pub reply: Option<Reply>,
}

/// The domain controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Directory {
    /// Whether it runs.
    pub up: bool,
    /// The attribute's version.
    pub version: u8,
    /// How often it took this request's password.
    pub taken: u8,
    /// One for each agent.
    pub connections: [Connection; AGENTS],
}

/// How much may go wrong; what is left of it as long as the model runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Frames lost on links that stand.
    pub losses: u8,
    /// Frames delivered twice.
    pub doubles: u8,
    /// Links cut.
    pub cuts: u8,
    /// Crashes of agents.
    pub agent_crashes: u8,
    /// Crashes of the cloud.
    pub cloud_crashes: u8,
    /// Crashes of the domain controller.
    pub directory_crashes: u8,
    /// Writes of the same attribute by somebody else.
    pub others: u8,
}

/// A rule that is left out, to see that the properties need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// An agent executes what it is offered, without a claim.
    SkipClaim,
    /// The intent is noted after the write was sent.
    JournalAfterWrite,
    /// What the journal holds is not on the disk yet when it counts.
    JournalNotSynced,
    /// An unchanged version counts at once, by the agent's clock, while the directory may still
    /// carry the write out.
    AgentsClock,
    /// A claimed request is offered to the other agent, which may claim it too.
    RetryAfterClaim,
    /// An agent begins again what it has told an outcome of.
    BeginAgain,
    /// The other agent believes an unchanged version while the claimant's connection is open.
    SettleTooEarly,
    /// The journal is pruned when the outcome was told, not when it is recorded.
    PruneUnrecorded,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// On the cloud's disk.
    pub row: Row,
    /// On the cloud's disk: the version that the claimant's write goes by.
    pub begun: Option<u8>,
    /// Whether the cloud runs.
    pub cloud_up: bool,
    /// Whether the cloud has the sealed password: in memory only.
    pub has_password: bool,
    /// The agents.
    pub agents: [Agent; AGENTS],
    /// Frames on their way.
    pub net: BTreeSet<Frame>,
    /// The domain controller.
    pub directory: Directory,
    /// What may still go wrong.
    pub left: Bounds,
    /// Whether somebody else wrote the attribute.
    pub others_wrote: bool,
}

impl State {
    /// A request was just made, and both agents are connected.
    pub(crate) fn new(left: Bounds) -> Self {
        let agent = Agent {
            up: true,
            link: Link::Up,
            phase: Phase::Idle,
            closed: false,
            journal: Journal::default(),
        };
        Self {
            row: Row::Pending,
            begun: None,
            cloud_up: true,
            has_password: true,
            agents: [agent.clone(), agent],
            net: BTreeSet::new(),
            directory: Directory {
                up: true,
                version: 1,
                taken: 0,
                connections: [Connection::default(); AGENTS],
            },
            left,
            others_wrote: false,
        }
    }

    /// What the person was told, if anything final.
    pub(crate) const fn told(&self) -> Option<Word> {
        match self.row {
            Row::Done { word, .. } => Some(word),
            Row::Expired => Some(Word::NotChanged),
            _ => None,
        }
    }

    pub(crate) const fn others_wrote(&self) -> bool {
        self.others_wrote
    }

    /// Puts a frame on its way, if its link stands: what is said into a broken one is lost.
    pub(crate) fn send(&mut self, frame: Frame) {
        if self
            .agents
            .get(frame.agent())
            .is_some_and(|it| it.link == Link::Up)
        {
            self.net.insert(frame);
        }
    }

    /// A link breaks: what is on it is lost.
    pub(crate) fn break_link(&mut self, agent: usize, link: Link) {
        self.net.retain(|frame| frame.agent() != agent);
        if let Some(agent) = self.agents.get_mut(agent) {
            agent.link = link;
        }
    }
}
