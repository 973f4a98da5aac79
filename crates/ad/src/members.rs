//! The members of a group, part by part.

use writeback_model::SourceAnchor;

use crate::{
    entry::Entry,
    extended_dn::anchor_of,
    object::{MEMBERS_MAX, ObjectProblem},
};

/// Members as far as they have been read.
#[derive(Debug, Default)]
pub(crate) struct Members {
    known: Vec<SourceAnchor>,
    unreadable: usize,
    next: Next,
}

/// What is still to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Next {
    /// It has no members, being no group.
    #[default]
    None,
    /// They are all there.
    Complete,
    /// The next part begins with this one.
    From(usize),
    /// They are more than are taken: so many at least.
    TooMany(usize),
    /// The directory said something that is no range.
    NotUnderstood,
}

impl Members {
    /// Of what is no group.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// The part that came with a group.
    pub(crate) fn first(entry: &Entry) -> Self {
        let mut members = Self {
            next: Next::From(0),
            ..Self::default()
        };
        members.add(entry);
        members
    }

    pub(crate) fn next(&self) -> Next {
        self.next
    }

    /// How many are known.
    pub(crate) fn known(&self) -> usize {
        self.known.len()
    }

    /// Takes the part that was asked for.
    pub(crate) fn add(&mut self, entry: &Entry) {
        let Next::From(asked) = self.next else {
            return;
        };
        // Without a range it is all there is; without values it is the end.
        let (range, values) = entry
            .ranged("member")
            .unwrap_or(("0-*", entry.all("member")));
        for value in values {
            match anchor_of(value) {
                Some(anchor) => self.known.push(anchor),
                None => self.unreadable += 1,
            }
        }
        self.next = match end_of(range, asked) {
            _ if values.is_empty() => Next::Complete,
            End::Last => Next::Complete,
            End::At(end) => Next::From(end.saturating_add(1)),
            End::Nonsense => Next::NotUnderstood,
        };
        let count = self.known.len() + self.unreadable;
        if count > MEMBERS_MAX {
            self.known = Vec::new();
            self.next = Next::TooMany(count);
        }
    }

    /// All of them, each once, and what is wrong with them.
    pub(crate) fn take(self) -> (Option<Vec<SourceAnchor>>, Option<ObjectProblem>) {
        let Self {
            mut known,
            unreadable,
            next,
        } = self;
        match next {
            Next::None => (None, None),
            Next::TooMany(at_least) => (None, Some(ObjectProblem::TooManyMembers { at_least })),
            Next::Complete | Next::From(_) | Next::NotUnderstood => {
                known.sort_unstable();
                // Parts may overlap when members leave while they are read.
                known.dedup();
                let problem = ObjectProblem::MembersUnreadable { count: unreadable };
                (Some(known), (unreadable > 0).then_some(problem))
            }
        }
    }
}

enum End {
    Last,
    At(usize),
    Nonsense,
}

fn end_of(range: &str, asked: usize) -> End {
    let Some((start, end)) = range.split_once('-') else {
        return End::Nonsense;
    };
    match (start.parse::<usize>(), end.parse::<usize>()) {
        (Ok(start), _) if end == "*" && start <= asked => End::Last,
        (Ok(start), Ok(end)) if start <= asked && end >= asked => End::At(end),
        _ => End::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::entry::tests::entry;

    fn part(name: &str, members: std::ops::Range<u128>) -> Entry {
        let values: Vec<String> = members
            .map(|number| format!("<GUID={}>;CN=m{number}", Uuid::from_u128(number)))
            .collect();
        let values: Vec<&[u8]> = values.iter().map(String::as_bytes).collect();
        entry(b"CN=g", &[(name, &values)])
    }

    fn count(members: Members) -> (Option<usize>, Option<ObjectProblem>) {
        let (members, problem) = members.take();
        (members.map(|members| members.len()), problem)
    }

    #[test]
    fn parts_are_followed_to_their_end() {
        let mut members = Members::first(&part("member;range=0-9", 0..10));
        assert_eq!(members.next(), Next::From(10));
        members.add(&part("MEMBER;Range=10-19", 10..20));
        assert_eq!((members.next(), members.known()), (Next::From(20), 20));
        // One left meanwhile, so that one comes twice.
        members.add(&part("member;range=20-*", 19..25));
        assert_eq!(members.next(), Next::Complete);
        assert_eq!(count(members), (Some(25), None));
    }

    #[test]
    fn an_end_is_an_end_in_whatever_way_it_is_told() {
        for none in [
            entry(b"CN=g", &[]),
            entry(b"CN=g", &[("member", &[])]),
            entry(b"CN=g", &[("member;range=0-*", &[])]),
            entry(b"CN=g", &[("member;range=0-4999", &[])]),
        ] {
            let members = Members::first(&none);
            assert_eq!(members.next(), Next::Complete);
            assert_eq!(count(members), (Some(0), None));
        }
        let members = Members::first(&part("member", 0..7));
        assert_eq!(members.next(), Next::Complete);
        assert_eq!(count(members), (Some(7), None));
        // Windows gives the name without values besides the range.
        let both = entry(
            b"CN=g",
            &[("member", &[]), ("member;range=0-0", &[b"nonsense"])],
        );
        let mut members = Members::first(&both);
        assert_eq!(members.next(), Next::From(1));
        members.add(&entry(b"CN=g", &[]));
        let problem = ObjectProblem::MembersUnreadable { count: 1 };
        assert_eq!(count(members), (Some(0), Some(problem)));
        assert_eq!(Members::none().take(), (None, None));
    }

    #[test]
    fn ranges_that_lead_nowhere_are_not_followed() {
        for range in [
            "",
            "1-0",
            "5-9",
            "0",
            "-",
            "*-*",
            "a-b",
            "0-99999999999999999999999",
        ] {
            let members = Members::first(&part(&format!("member;range={range}"), 0..1));
            assert_eq!(members.next(), Next::NotUnderstood, "{range}");
        }
        let mut members = Members::first(&part("member;range=0-9", 0..10));
        members.add(&part("member;range=0-9", 0..10));
        assert_eq!(members.next(), Next::NotUnderstood, "the same once more");
    }

    #[test]
    fn too_many_are_not_kept() {
        let most = u128::try_from(MEMBERS_MAX).unwrap();
        let mut members = Members::first(&part("member;range=0-149999", 0..most));
        assert_eq!(members.next(), Next::From(MEMBERS_MAX));
        members.add(&part("member;range=150000-*", most..most + 1));
        let at_least = MEMBERS_MAX + 1;
        assert_eq!(members.next(), Next::TooMany(at_least));
        let problem = ObjectProblem::TooManyMembers { at_least };
        assert_eq!(count(members), (None, Some(problem)));
    }

    proptest! {
        #[test]
        fn no_range_ends_the_program(range in "[0-9*-]{0,24}", asked: usize) {
            let _ = end_of(&range, asked);
            let _ = Members::first(&part(&format!("member;range={range}"), 0..1));
        }
    }
}
