//! What a person of the run asks for.

use super::chance::Chance;

/// One request in so many unlocks and leaves the password alone.
const UNLOCKS_ONE_IN: u64 = 5;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// This new password.
    Reset(String),
    /// That the account, which was locked before, is open, with the password that it has.
    Unlock,
}

impl Wish {
    /// Of a request, by the seed and its number.
    pub(super) fn of(seed: u64, number: usize, sam: &str) -> Self {
        let number = number as u64;
        let mut chance = Chance(seed.wrapping_mul(31).wrapping_add(number));
        match chance.below(UNLOCKS_ONE_IN) {
            0 => Self::Unlock,
            _ => Self::Reset(format!("Jalan-{number}-{sam}")),
        }
    }

    pub(super) fn is_unlock(&self) -> bool {
        *self == Self::Unlock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_unlock_and_the_seed_decides() {
        let of = |seed| (0..1_000).map(move |number| Wish::of(seed, number, "u1"));
        assert!(of(7).eq(of(7)) && !of(7).eq(of(8)));
        let unlocks = of(7).filter(Wish::is_unlock).count();
        assert!((100..300).contains(&unlocks), "{unlocks}");
    }
}
