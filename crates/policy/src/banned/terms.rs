//! Lists of banned terms.

use std::{
    collections::{BTreeMap, HashSet},
    sync::LazyLock,
};

use super::normal::{is_near, normal};

/// How many terms a tenant's own list may have: the reference product's number.
pub const TERMS_MAX: usize = 1000;
/// The fewest characters of a term: the reference product's number.
pub const TERM_CHARS_MIN: usize = 4;
/// The most characters of a term: the reference product's number.
pub const TERM_CHARS_MAX: usize = 16;
/// The most bytes of a term, so that [`TERMS_MAX`] of them fit into one frame to an agent.
pub const TERM_BYTES_MAX: usize = 48;

/// A list of terms, ready to be looked for.
#[derive(Clone, Default)]
pub struct Terms {
    normal: HashSet<String>,
    longest: usize,
}

/// Why a line is no term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// Fewer characters than [`TERM_CHARS_MIN`].
    #[error("a term has at least {TERM_CHARS_MIN} characters")]
    TooShort,
    /// More characters than [`TERM_CHARS_MAX`], or more bytes than [`TERM_BYTES_MAX`].
    #[error("a term has at most {TERM_CHARS_MAX} characters and {TERM_BYTES_MAX} bytes")]
    TooLong,
    /// A control character, which nobody types into a password.
    #[error("it holds a control character")]
    Control,
}

/// Terms as an operator wrote them, judged line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadTerms {
    /// Those to keep, as they were written.
    pub terms: Vec<String>,
    /// Those that are the same as an earlier one once both are normalised: line from 1, and the
    /// line of the earlier.
    pub duplicates: Vec<(usize, usize)>,
    /// Those that are none: line from 1, and why.
    pub wrong: Vec<(usize, TermError)>,
}

impl Terms {
    /// A list of these. What is no term is left out: [`read_terms`] tells it.
    pub fn new<T: AsRef<str>>(terms: impl IntoIterator<Item = T>) -> Self {
        let normal: HashSet<String> = terms
            .into_iter()
            .filter(|term| judge(term.as_ref()).is_ok())
            .map(|term| normal(term.as_ref()))
            .collect();
        let longest = normal.iter().map(|term| term.chars().count()).max();
        Self {
            normal,
            longest: longest.unwrap_or(0),
        }
    }

    /// The built-in list. `docs/banned-passwords.md` tells where it is from.
    pub fn base() -> &'static Self {
        static BASE: LazyLock<Terms> = LazyLock::new(|| {
            let lines = include_str!("../../data/banned-base.txt").lines();
            Terms::new(lines.filter(|line| !line.starts_with('#')))
        });
        &BASE
    }

    /// How many different terms it has.
    pub fn len(&self) -> usize {
        self.normal.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.normal.is_empty()
    }

    /// The longest term, in characters.
    pub(super) const fn longest(&self) -> usize {
        self.longest
    }

    pub(super) fn holds(&self, normal: &str) -> bool {
        self.normal.contains(normal)
    }

    /// Whether a whole password, normalised, is a term or one change away from one.
    pub(super) fn has_near(&self, password: &str) -> bool {
        // One change adds or takes one character of at most four bytes.
        let bytes = password.len();
        bytes <= TERM_CHARS_MAX * 4 + 4
            && self
                .normal
                .iter()
                .any(|term| term.len().abs_diff(bytes) <= 4 && is_near(password, term))
    }
}

impl std::fmt::Debug for Terms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Terms({})", self.len())
    }
}

/// Judges a list of terms, one a line; empty lines and what surrounds a term are nothing.
pub fn read_terms(text: &str) -> ReadTerms {
    let mut read = ReadTerms::default();
    let mut seen = BTreeMap::new();
    // Windows editors put a mark before the text; kept, it would make the first term one that
    // nobody types.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let (number, term) = (index + 1, line.trim());
        if term.is_empty() {
            continue;
        }
        if let Err(why) = judge(term) {
            read.wrong.push((number, why));
            continue;
        }
        let earlier = *seen.entry(normal(term)).or_insert(number);
        if earlier == number {
            read.terms.push(term.to_owned());
        } else {
            read.duplicates.push((number, earlier));
        }
    }
    read
}

/// Whether a text may be a term: counted as it is written and as it is compared.
fn judge(term: &str) -> Result<(), TermError> {
    if term.chars().any(char::is_control) {
        return Err(TermError::Control);
    }
    let normal = normal(term);
    let chars = |text: &str| text.chars().take(TERM_CHARS_MAX + 1).count();
    let (written, compared) = (chars(term), chars(&normal));
    if written.min(compared) < TERM_CHARS_MIN {
        Err(TermError::TooShort)
    } else if written.max(compared) > TERM_CHARS_MAX || term.len() > TERM_BYTES_MAX {
        Err(TermError::TooLong)
    } else {
        Ok(())
    }
}
