//! Which fault meets which request, and when: a pure function of the seed.

use std::time::Duration;

use serde::Serialize;

use super::{
    chance::Chance,
    kind::{HABITS, Habit, Kind, When},
};

/// A step of a request that leaves a line in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

/// The steps in the order in which they come, how their lines read, and how often one is chosen:
/// most is lost where a write is under way.
pub(super) const STEPS: &[(Step, &str, u64)] = &[
    (Step::Accepted, "a request was accepted", 2),
    (Step::Offered, "a request was offered", 2),
    (Step::Seen, "a request was seen", 2),
    (Step::ClaimTaken, "a claim was granted", 3),
    (Step::Granted, "the claim was granted", 3),
    (Step::WriteBegins, "the intent is kept; the write begins", 8),
    (Step::Written, ": done ", 3),
    (Step::OutcomeTold, "the outcome is told", 3),
    (Step::Recorded, "an outcome was recorded", 1),
];

/// When it is struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Moment {
    /// The form is sent when it is in place.
    Before,
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
    /// Also while the other agent is disturbed. Mostly not: nobody could write anything then.
    pub(super) both_agents: bool,
}

/// The faults of a run, one for each request: of all kinds, or of `only` these.
pub(super) fn schedule(
    seed: u64,
    requests: usize,
    spare_controllers: bool,
    only: &[Kind],
) -> Vec<Fault> {
    let habits: Vec<_> = HABITS
        .iter()
        .filter(|habit| only.is_empty() || only.contains(&habit.kind))
        .filter(|habit| !(spare_controllers && habit.kind.disturbs_controllers()))
        .copied()
        .collect();
    let mut chance = Chance(seed);
    (0..requests)
        .filter_map(|_| {
            let habit = chance.weighted(&habits, |habit| habit.weight).copied()?;
            Some(fault(&mut chance, habit))
        })
        .collect()
}

fn fault(chance: &mut Chance, habit: Habit) -> Fault {
    let step = chance.weighted(STEPS, |(.., weight)| *weight);
    let step = step.map_or(Step::WriteBegins, |(step, ..)| *step);
    let random = Duration::from_micros(chance.below(250_000));
    let (tenth, sixth) = (chance.below(10), chance.below(6));
    let moment = match habit.when {
        When::Write => Moment::At(Step::WriteBegins),
        When::Any(before) if tenth < before => Moment::Before,
        When::Any(_) if sixth == 0 => Moment::After(random),
        When::Any(_) => Moment::At(step),
    };
    let after = if habit.when == When::Write || chance.below(2) == 0 {
        Duration::ZERO
    } else {
        Duration::from_micros(chance.below(30_000))
    };
    let [shortest, longest] = habit.lasts;
    // Mostly short: the long ones make the run long.
    let longest = if chance.below(6) == 0 {
        longest
    } else {
        shortest + (longest - shortest) / 5
    };
    Fault {
        kind: habit.kind,
        moment,
        after,
        lasts: Duration::from_millis(shortest + chance.below(longest - shortest + 1)),
        own_agent: habit.when == When::Write || chance.below(5) > 0,
        agent: usize::from(chance.below(2) > 0),
        both_agents: chance.below(6) == 0,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_seed_alone_decides() {
        assert_eq!(schedule(7, 300, false, &[]), schedule(7, 300, false, &[]));
        assert_ne!(schedule(7, 300, false, &[]), schedule(8, 300, false, &[]));
        assert_eq!(
            schedule(7, 300, false, &[])[..50],
            schedule(7, 50, false, &[])
        );
    }

    #[test]
    fn every_kind_and_every_moment_comes() {
        let faults = schedule(1, 2_000, false, &[]);
        assert_eq!(faults.len(), 2_000);
        let kinds: BTreeSet<_> = faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds.len(), HABITS.len());
        for (step, ..) in STEPS {
            assert!(faults.iter().any(|fault| fault.moment == Moment::At(*step)));
        }
        let has = |moment: fn(&Moment) -> bool| faults.iter().any(|it| moment(&it.moment));
        assert!(has(|moment| matches!(moment, Moment::After(_))));
        assert!(has(|moment| *moment == Moment::Before));
    }

    #[test]
    fn only_some_kinds_may_be_wanted() {
        let only = [Kind::PdcMoved, Kind::PdcKilled];
        let faults = schedule(1, 50, false, &only);
        assert_eq!(faults.len(), 50);
        assert!(faults.iter().all(|fault| only.contains(&fault.kind)));
    }

    #[test]
    fn controllers_can_be_spared() {
        assert!(
            schedule(1, 2_000, true, &[])
                .iter()
                .all(|fault| !fault.kind.disturbs_controllers())
        );
    }
}
