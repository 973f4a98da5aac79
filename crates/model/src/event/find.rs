//! Looking an event up.

use super::{ELSEWHERE, Elsewhere, Event, agent, cloud, directory, refusal, request};

/// All events, by number.
pub fn all() -> Vec<&'static Event> {
    let rows = [
        cloud::ROWS,
        agent::ROWS,
        directory::ROWS,
        refusal::ROWS,
        request::ROWS,
    ];
    let mut all: Vec<_> = rows.into_iter().flatten().collect();
    all.sort_by_key(|it| it.id);
    all
}

/// The event of that number.
pub fn event(id: u32) -> Option<&'static Event> {
    all().into_iter().find(|it| it.id == id)
}

/// What is known of a number that the reference product has and this one has not.
pub fn elsewhere(id: u32) -> Option<&'static Elsewhere> {
    ELSEWHERE.iter().find(|it| it.id == id)
}

/// The events whose numbers come nearest, by number: those with a digit mistyped, left out, added
/// or swapped first, then those next in the row.
pub fn nearest(id: u32, most: usize) -> Vec<&'static Event> {
    let mut near = all();
    near.sort_by_key(|it| (mistakes(id, it.id).min(2), it.id.abs_diff(id)));
    near.truncate(most);
    near.sort_by_key(|it| it.id);
    near
}

/// How many digits differ; 2 for all that is more than one slip.
fn mistakes(typed: u32, meant: u32) -> usize {
    let (typed, meant) = (typed.to_string(), meant.to_string());
    let differing = |a: &str, b: &str| a.bytes().zip(b.bytes()).filter(|(a, b)| a != b).count();
    if typed.len() == meant.len() {
        let mut sorted = [typed.as_bytes().to_vec(), meant.as_bytes().to_vec()];
        sorted.iter_mut().for_each(|it| it.sort_unstable());
        let [typed_digits, meant_digits] = sorted;
        return match differing(&typed, &meant) {
            2 if typed_digits == meant_digits => 1,
            it => it,
        };
    }
    let (short, long) = if typed.len() < meant.len() {
        (&typed, &meant)
    } else {
        (&meant, &typed)
    };
    let without = |at: usize| -> String {
        let digits = long.chars().enumerate().filter(|(it, _)| *it != at);
        digits.map(|(_, digit)| digit).collect()
    };
    if (0..long.len()).any(|at| without(at) == *short) {
        1
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Cause;

    #[test]
    fn numbers_and_names_are_used_once() {
        let ids: BTreeSet<_> = all().iter().map(|it| it.id).collect();
        let names: BTreeSet<_> = all().iter().map(|it| it.name).collect();
        assert_eq!((ids.len(), names.len()), (all().len(), all().len()));
        for it in ELSEWHERE {
            assert!(!ids.contains(&it.id), "{} is logged here", it.id);
            assert!(it.instead.iter().all(|id| ids.contains(id)), "{}", it.id);
        }
    }

    #[test]
    fn every_cause_has_its_event() {
        for cause in Cause::one_of_each() {
            let info = cause.info();
            assert!(event(info.event_id).is_some(), "{}", info.id);
        }
    }

    #[test]
    fn a_slip_of_one_digit_is_found_first() {
        let near = |id| nearest(id, 3).iter().map(|it| it.id).collect::<Vec<_>>();
        assert!(near(30308).contains(&33008), "{:?}", near(30308));
        assert!(near(3308).contains(&33008), "{:?}", near(3308));
        assert!(near(330008).contains(&33008), "{:?}", near(330_008));
        assert_eq!(near(33010), [32010, 33001, 33009]);
        assert_eq!(near(0).len(), 3);
    }
}
