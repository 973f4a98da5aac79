//! Which fault meets which request, and when: a pure function of the seed.

use std::time::Duration;

use serde::Serialize;

/// What is done to the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    None,
    AgentKilled,
    AgentPaused,
    AgentRestarted,
    CloudKilled,
    CloudPaused,
    CloudRestarted,
    LinkCut,
    LinkSendsLost,
    LinkAnswersLost,
    LinkReset,
    LdapCut,
    LdapAnswersLost,
    LdapReset,
    PdcPaused,
    PdcMoved,
}

/// How often each comes, and for how many milliseconds it lasts. The longest exceed the 15
/// seconds after which a dead link and a silent domain controller are given up.
const KINDS: &[(Kind, u64, [u64; 2])] = &[
    (Kind::None, 12, [0, 0]),
    (Kind::AgentKilled, 14, [50, 2_000]),
    (Kind::AgentPaused, 8, [200, 18_000]),
    (Kind::AgentRestarted, 6, [0, 500]),
    (Kind::CloudKilled, 8, [50, 1_500]),
    (Kind::CloudPaused, 5, [200, 8_000]),
    (Kind::CloudRestarted, 4, [0, 500]),
    (Kind::LinkCut, 6, [300, 20_000]),
    (Kind::LinkSendsLost, 5, [300, 20_000]),
    (Kind::LinkAnswersLost, 5, [300, 20_000]),
    (Kind::LinkReset, 5, [100, 1_500]),
    (Kind::LdapCut, 5, [300, 18_000]),
    (Kind::LdapAnswersLost, 7, [300, 18_000]),
    (Kind::LdapReset, 6, [100, 2_000]),
    (Kind::PdcPaused, 5, [300, 12_000]),
    (Kind::PdcMoved, 2, [0, 0]),
];

impl Kind {
    /// Whether it touches what others on the same lab use, too.
    const fn disturbs_controllers(self) -> bool {
        matches!(
            self,
            Self::LdapCut
                | Self::LdapAnswersLost
                | Self::LdapReset
                | Self::PdcPaused
                | Self::PdcMoved
        )
    }

    pub(super) fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// A step of a request that leaves a line in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    Accepted,
    Offered,
    Seen,
    ClaimTaken,
    Granted,
    WriteBegins,
    Written,
    OutcomeTold,
    Recorded,
}

/// The steps in the order in which they come, and how their lines read.
pub(super) const STEPS: &[(Step, &str)] = &[
    (Step::Accepted, "a request was accepted"),
    (Step::Offered, "a request was offered"),
    (Step::Seen, "a request was seen"),
    (Step::ClaimTaken, "a claim was granted"),
    (Step::Granted, "the claim was granted"),
    (Step::WriteBegins, "the intent is kept; the write begins"),
    (Step::Written, " done "),
    (Step::OutcomeTold, "the outcome is told"),
    (Step::Recorded, "an outcome was recorded"),
];

/// When it is struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Moment {
    /// As soon as the request comes to this step.
    At(Step),
    /// So long after the form is sent, whatever has happened by then.
    After(Duration),
}

/// What befalls one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    pub(super) moment: Moment,
    /// Waited after the moment.
    pub(super) after: Duration,
    /// Before it is undone.
    pub(super) lasts: Duration,
    /// The agent that has the request, or else the other one.
    pub(super) own_agent: bool,
    /// Which agent, where none has it yet.
    pub(super) agent: usize,
}

/// The faults of a run, one for each request.
pub(super) fn schedule(seed: u64, requests: usize, spare_controllers: bool) -> Vec<Fault> {
    let kinds: Vec<_> = KINDS
        .iter()
        .filter(|(kind, ..)| !(spare_controllers && kind.disturbs_controllers()))
        .collect();
    let weights: u64 = kinds.iter().map(|(_, weight, _)| weight).sum();
    let mut chance = Chance(seed);
    (0..requests)
        .map(|_| {
            let mut left = chance.below(weights);
            let found = kinds.iter().find(|(_, weight, _)| {
                let here = left < *weight;
                left = left.saturating_sub(*weight);
                here
            });
            let (kind, lasts) =
                found.map_or((Kind::None, [0, 0]), |(kind, _, lasts)| (*kind, *lasts));
            fault(&mut chance, kind, lasts)
        })
        .collect()
}

fn fault(chance: &mut Chance, kind: Kind, [shortest, longest]: [u64; 2]) -> Fault {
    let step = usize::try_from(chance.below(STEPS.len() as u64)).unwrap_or(0);
    let random = Duration::from_micros(chance.below(250_000));
    let moment = match STEPS.get(step) {
        Some((step, _)) if chance.below(4) > 0 => Moment::At(*step),
        _ => Moment::After(random),
    };
    let after = if chance.below(2) == 0 {
        Duration::ZERO
    } else {
        Duration::from_micros(chance.below(30_000))
    };
    // Mostly short: the long ones make the run long.
    let longest = if chance.below(4) == 0 {
        longest
    } else {
        shortest + (longest - shortest) / 5
    };
    Fault {
        kind,
        moment,
        after,
        lasts: Duration::from_millis(shortest + chance.below(longest - shortest + 1)),
        own_agent: chance.below(5) > 0,
        agent: usize::from(chance.below(2) > 0),
    }
}

/// SplitMix64: the same numbers on every machine and with every version of everything.
struct Chance(u64);

impl Chance {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where that is none.
    const fn below(&mut self, bound: u64) -> u64 {
        match self.next().checked_rem(bound) {
            Some(number) => number,
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_seed_alone_decides() {
        assert_eq!(schedule(7, 300, false), schedule(7, 300, false));
        assert_ne!(schedule(7, 300, false), schedule(8, 300, false));
        assert_eq!(schedule(7, 300, false)[..50], schedule(7, 50, false));
    }

    #[test]
    fn every_kind_and_every_moment_comes() {
        let faults = schedule(1, 2_000, false);
        let kinds: BTreeSet<_> = faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds.len(), KINDS.len());
        for (step, _) in STEPS {
            assert!(faults.iter().any(|fault| fault.moment == Moment::At(*step)));
        }
        assert!(
            faults
                .iter()
                .any(|fault| matches!(fault.moment, Moment::After(_)))
        );
    }

    #[test]
    fn controllers_can_be_spared() {
        assert!(
            schedule(1, 2_000, true)
                .iter()
                .all(|fault| !fault.kind.disturbs_controllers())
        );
    }
}
