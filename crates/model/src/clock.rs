//! Time and chance, as things that are handed in.

use jiff::Timestamp;

/// Tells the time. Production reads the system clock; tests set their own.
pub trait Clock: Send + Sync {
    /// The time now, in UTC.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes fit for keys, tokens and codes.
pub trait Entropy: Send + Sync {
    /// Fills `buffer` with bytes that nobody can predict.
    fn fill(&self, buffer: &mut [u8]);
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

impl<E: Entropy + ?Sized> Entropy for std::sync::Arc<E> {
    fn fill(&self, buffer: &mut [u8]) {
        (**self).fill(buffer);
    }
}
