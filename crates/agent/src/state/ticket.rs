//! The ticket that the next link is opened with: it tells this state folder from a copy of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use writeback_model::{AgentId, Entropy};
use writeback_wire::LinkTicket;

use super::{StateDir, StateError};

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    number: u64,
    held: Uuid,
    /// Drawn and shown, and no welcome heard since: the cloud may have taken it or not.
    next: Option<Uuid>,
}

/// The agent's tickets.
#[derive(Debug)]
pub(crate) struct Tickets {
    dir: StateDir,
    file: String,
    kept: Mutex<Kept>,
}

impl Tickets {
    /// Reads what was kept. A new agent begins with a ticket that the cloud does not know yet.
    pub(crate) fn load(
        dir: &StateDir,
        agent: AgentId,
        entropy: &dyn Entropy,
    ) -> Result<Self, StateError> {
        let file = format!("link-{agent}.json");
        let kept = match dir.read(&file)? {
            Some(text) => {
                serde_json::from_str(&text).map_err(|_| StateError::Damaged(dir.file(&file)))?
            }
            None => Kept {
                number: 0,
                held: draw(entropy),
                next: None,
            },
        };
        Ok(Self {
            dir: dir.clone(),
            file,
            kept: Mutex::new(kept),
        })
    }

    /// The ticket to show now. Its successor is on the disk before it is shown: an agent that is
    /// killed shows the same again. Where it cannot be, the old one is shown alone, with the error.
    pub(crate) fn show(&self, entropy: &dyn Entropy) -> (LinkTicket, Result<(), StateError>) {
        let mut kept = self.lock();
        let mut written = Ok(());
        if kept.next.is_none() {
            let wanted = Kept {
                next: Some(draw(entropy)),
                ..*kept
            };
            written = self.write(wanted);
            if written.is_ok() {
                *kept = wanted;
            }
        }
        let ticket = LinkTicket {
            number: kept.number,
            held: kept.held,
            next: kept.next.unwrap_or(kept.held),
        };
        (ticket, written)
    }

    /// The cloud took what was shown.
    pub(crate) fn taken(&self) -> Result<(), StateError> {
        let mut kept = self.lock();
        let Some(next) = kept.next else {
            return Ok(());
        };
        let wanted = Kept {
            number: kept.number.saturating_add(1),
            held: next,
            next: None,
        };
        // What is not written is shown again, and known to the cloud.
        self.write(wanted)?;
        *kept = wanted;
        Ok(())
    }

    fn write(&self, kept: Kept) -> Result<(), StateError> {
        let text = serde_json::to_vec(&kept)
            .map_err(|_| StateError::Damaged(self.dir.file(&self.file)))?;
        self.dir.write(&self.file, &text)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn draw(entropy: &dyn Entropy) -> Uuid {
    let mut bytes = [0_u8; 16];
    entropy.fill(&mut bytes);
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;

    fn agent() -> AgentId {
        AgentId::from_uuid(Uuid::from_u128(1))
    }

    #[test]
    fn what_was_shown_is_shown_again_until_it_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::open(folder.path()).unwrap();
        let (chance, other) = (Chance::new(1), Chance::new(2));
        let tickets = Tickets::load(&dir, agent(), &chance).unwrap();
        let (first, written) = tickets.show(&chance);
        written.unwrap();
        assert_eq!(tickets.show(&chance).0, first);
        // Killed before the answer came.
        let tickets = Tickets::load(&dir, agent(), &other).unwrap();
        assert_eq!(tickets.show(&other).0, first);
        tickets.taken().unwrap();
        tickets.taken().unwrap();
        let tickets = Tickets::load(&dir, agent(), &other).unwrap();
        let (second, _) = tickets.show(&other);
        assert_eq!((second.number, second.held), (1, first.next));
        assert_ne!(second.next, second.held);
    }

    #[test]
    fn a_copy_shows_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::open(folder.path()).unwrap();
        let (chance, other) = (Chance::new(1), Chance::new(2));
        let original = Tickets::load(&dir, agent(), &chance).unwrap();
        original.show(&chance).1.unwrap();
        original.taken().unwrap();
        let copy = Tickets::load(&dir, agent(), &other).unwrap();
        let (one, two) = (original.show(&chance).0, copy.show(&other).0);
        assert_eq!(one.held, two.held);
        assert_ne!(one.next, two.next);
    }

    #[test]
    fn without_a_disk_nothing_is_spent() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::open(&folder.path().join("state")).unwrap();
        let chance = Chance::new(1);
        let tickets = Tickets::load(&dir, agent(), &chance).unwrap();
        std::fs::remove_dir_all(folder.path().join("state")).unwrap();
        let (ticket, written) = tickets.show(&chance);
        assert!(written.is_err());
        assert_eq!(ticket.held, ticket.next);
        tickets.taken().unwrap();
        assert_eq!(tickets.show(&chance).0.number, 0);
    }
}
