//! Passwords and other secrets in memory.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Text that must not be seen: wiped when dropped, never printed, never serialised.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over. The caller keeps no copy.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// How many UTF-16 code units the text has: the unit in which Active Directory counts.
    pub fn utf16_len(&self) -> usize {
        self.0.encode_utf16().count()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let secret = Secret::new("kanari-42".into());
        assert_eq!(format!("{secret:?} {secret:#?}"), "Secret(..) Secret(..)");
    }

    #[test]
    fn length_is_counted_as_the_directory_counts() {
        assert_eq!(Secret::new("é🙂".into()).utf16_len(), 3);
    }
}
