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
