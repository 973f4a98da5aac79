//! Why a policy cannot be set.

use super::Method;

/// A policy that cannot be. `entry` says which: `[default]`, `[administrators]`, or a group's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResetPolicyError {
    /// Neither one gate nor two.
    #[error("{entry} asks for {gates} gates: one or two can be asked for")]
    Gates {
        /// Which entry.
        entry: String,
        /// How many it asks for.
        gates: u8,
    },
    /// Nobody could prove anything.
    #[error("{entry} allows resets and names no method; name one, or write reset = false")]
    NoMethod {
        /// Which entry.
        entry: String,
    },
    /// A method named twice.
    #[error("{entry} names the method {method} twice")]
    MethodTwice {
        /// Which entry.
        entry: String,
        /// Which method.
        method: Method,
    },
    /// More gates than methods are named.
    #[error("{entry} asks for {gates} gates and names fewer methods: each gate takes another one")]
    TooFewMethods {
        /// Which entry.
        entry: String,
        /// How many gates.
        gates: u8,
    },
    /// A lost telephone would lock its owner out.
    #[error(
        "{entry} leaves people who lose their authenticator no way: besides totp, name as many \
         other methods as there are gates"
    )]
    TotpAlone {
        /// Which entry.
        entry: String,
    },
    /// Longer than two years.
    #[error("{entry} asks to confirm again after {days} days: 0, which is never, to 730")]
    ReconfirmDays {
        /// Which entry.
        entry: String,
        /// The days.
        days: u16,
    },
    /// Answers can be looked up and told.
    #[error("[administrators] names security-questions, which administrators never use")]
    QuestionsForAdministrators,
    /// Neither a mail address nor a page.
    #[error("{entry} has a help_desk that is neither a mail address nor begins with https://")]
    HelpDesk {
        /// Which entry.
        entry: String,
    },
    /// Not a sentence.
    #[error("{entry} has a note that is empty, longer than {max} characters, or of several lines")]
    Note {
        /// Which entry.
        entry: String,
        /// The most characters.
        max: usize,
    },
    /// An entry for nobody.
    #[error("{entry} names no group")]
    NoGroup {
        /// Which entry.
        entry: String,
    },
}
