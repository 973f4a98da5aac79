//! The keys that passwords are sealed to.

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use writeback_model::{Clock, Entropy, KeyId};
use writeback_seal::PrivateKey;
use writeback_wire::SealingKey;
use zeroize::{Zeroize, Zeroizing};

use super::{StateDir, StateError};

const FILE: &str = "sealing-keys.json";

/// How long passwords are sealed to one key. A stolen key opens only what was recorded on the
/// way during its time; half a year is what comparable products use.
const ROLL_AFTER: SignedDuration = SignedDuration::from_hours(180 * 24);

/// How long a replaced key is kept. A page that was opened before the roll seals to the old
/// key, and may stand open for a working day before it is sent.
const KEEP_REPLACED: SignedDuration = SignedDuration::from_hours(24);

/// How many replaced keys are kept at most, however often the cloud has them rolled.
const REPLACED_MAX: usize = 32;

/// The key in use, and those replaced a short time ago.
pub struct SealingKeys {
    current: Kept,
    replaced: Vec<Kept>,
}

struct Kept {
    key: PrivateKey,
    made_at: Timestamp,
    replaced_at: Option<Timestamp>,
}

/// A key as it is in the file.
#[derive(Serialize, Deserialize)]
struct Written {
    id: KeyId,
    private: String,
    made_at: Timestamp,
    replaced_at: Option<Timestamp>,
}

impl Drop for Written {
    fn drop(&mut self) {
        self.private.zeroize();
    }
}

impl SealingKeys {
    /// The keys that were kept, or new ones.
    pub fn load_or_create(
        dir: &StateDir,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<Self, StateError> {
        if let Some(kept) = Self::load(dir)? {
            return Ok(kept);
        }
        let keys = Self {
            current: Kept::new(clock, entropy),
            replaced: Vec::new(),
        };
        keys.save(dir)?;
        Ok(keys)
    }

    /// The keys that were kept.
    pub fn load(dir: &StateDir) -> Result<Option<Self>, StateError> {
        let damaged = || StateError::Damaged(dir.file(FILE));
        let Some(text) = dir.read(FILE)? else {
            return Ok(None);
        };
        let written: Vec<Written> = serde_json::from_str(&text).map_err(|_| damaged())?;
        let mut current = None;
        let mut replaced = Vec::new();
        for one in &written {
            let kept = Kept::read(one).ok_or_else(damaged)?;
            if kept.replaced_at.is_some() {
                replaced.push(kept);
            } else if current.replace(kept).is_some() {
                return Err(damaged());
            }
        }
        Ok(Some(Self {
            current: current.ok_or_else(damaged)?,
            replaced,
        }))
    }

    /// Rolls the key if its time is over, and forgets replaced ones. `true` when it was rolled.
    pub fn roll_if_due(
        &mut self,
        dir: &StateDir,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<bool, StateError> {
        let age = clock.now().duration_since(self.current.made_at);
        self.roll_where(age >= ROLL_AFTER, dir, clock, entropy)
    }

    /// Rolls the key now, as the cloud asks for it.
    pub fn roll(
        &mut self,
        dir: &StateDir,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<bool, StateError> {
        self.roll_where(true, dir, clock, entropy)
    }

    fn roll_where(
        &mut self,
        due: bool,
        dir: &StateDir,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<bool, StateError> {
        let now = clock.now();
        let before = self.replaced.len();
        self.replaced.retain(|kept| {
            kept.replaced_at
                .is_some_and(|at| now.duration_since(at) < KEEP_REPLACED)
        });
        if due {
            let mut old = std::mem::replace(&mut self.current, Kept::new(clock, entropy));
            old.replaced_at = Some(now);
            self.replaced.push(old);
            let too_many = self.replaced.len().saturating_sub(REPLACED_MAX);
            self.replaced.drain(..too_many);
        }
        if due || self.replaced.len() != before {
            self.save(dir)?;
        }
        Ok(due)
    }

    /// The public half of the key in use.
    pub fn current(&self) -> SealingKey {
        self.current.key.public()
    }

    /// The key of that name, in use or replaced a short time ago.
    pub fn find(&self, id: KeyId) -> Option<&PrivateKey> {
        std::iter::once(&self.current)
            .chain(&self.replaced)
            .map(|kept| &kept.key)
            .find(|key| key.id() == id)
    }

    fn save(&self, dir: &StateDir) -> Result<(), StateError> {
        let written: Vec<Written> = std::iter::once(&self.current)
            .chain(&self.replaced)
            .map(Kept::write)
            .collect();
        let text = serde_json::to_vec(&written)
            .map(Zeroizing::new)
            .map_err(|_| StateError::Damaged(dir.file(FILE)))?;
        dir.write(FILE, &text)
    }
}

impl Kept {
    fn new(clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
        Self {
            key: PrivateKey::generate(KeyId::new(clock, entropy), entropy),
            made_at: clock.now(),
            replaced_at: None,
        }
    }

    fn read(written: &Written) -> Option<Self> {
        let bytes = BASE64_STANDARD
            .decode(written.private.as_bytes())
            .map(Zeroizing::new)
            .ok()?;
        Some(Self {
            key: PrivateKey::from_bytes(written.id, &bytes).ok()?,
            made_at: written.made_at,
            replaced_at: written.replaced_at,
        })
    }

    fn write(&self) -> Written {
        Written {
            id: self.key.id(),
            private: BASE64_STANDARD.encode(self.key.to_bytes()),
            made_at: self.made_at,
            replaced_at: self.replaced_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Chance, SetClock};

    #[test]
    fn keys_roll_and_the_old_one_opens_for_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::open(folder.path()).unwrap();
        let (clock, chance) = (SetClock::new(), Chance::new(2));
        let mut keys = SealingKeys::load_or_create(&dir, &clock, &chance).unwrap();
        let first = keys.current();
        clock.advance(ROLL_AFTER - SignedDuration::from_secs(1));
        assert!(!keys.roll_if_due(&dir, &clock, &chance).unwrap());
        clock.advance(SignedDuration::from_secs(1));
        assert!(keys.roll_if_due(&dir, &clock, &chance).unwrap());
        let second = keys.current();
        assert_ne!(first, second);

        let mut kept = SealingKeys::load_or_create(&dir, &clock, &chance).unwrap();
        assert_eq!(kept.current(), second);
        assert_eq!(kept.find(first.id).unwrap().public(), first);
        clock.advance(KEEP_REPLACED);
        assert!(!kept.roll_if_due(&dir, &clock, &chance).unwrap());
        assert!(kept.find(first.id).is_none());
        let kept = SealingKeys::load_or_create(&dir, &clock, &chance).unwrap();
        assert!(kept.find(first.id).is_none() && kept.find(second.id).is_some());
    }

    #[test]
    fn keys_roll_when_they_are_told_to_and_do_not_pile_up() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::open(folder.path()).unwrap();
        let (clock, chance) = (SetClock::new(), Chance::new(3));
        let mut keys = SealingKeys::load_or_create(&dir, &clock, &chance).unwrap();
        let mut made = vec![keys.current()];
        for _ in 0..REPLACED_MAX + 1 {
            clock.advance(SignedDuration::from_secs(1));
            assert!(keys.roll(&dir, &clock, &chance).unwrap());
            assert!(!made.contains(&keys.current()));
            made.push(keys.current());
        }
        let kept = SealingKeys::load_or_create(&dir, &clock, &chance).unwrap();
        assert_eq!(Some(&kept.current()), made.last());
        assert!(kept.find(made[0].id).is_none());
        assert!(made[1..].iter().all(|key| kept.find(key.id).is_some()));
    }
}
