//! Why it is not known what is in scope.

use writeback_ad::AdError;
use writeback_model::{Cause, DomainName};

/// Why it is not known what is in scope.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScopeError {
    /// A unit is not there.
    #[error(
        "the organizational unit \"{dn}\" of the configuration is not in the directory, or the agent's account may not see it; correct include_ous or exclude_ous of the forest {forest}"
    )]
    Missing {
        /// As configured.
        dn: String,
        /// Of which forest.
        forest: DomainName,
    },
    /// The directory did not answer.
    #[error("the organizational units of the configuration could not be looked up")]
    Directory(#[from] AdError),
}

impl ScopeError {
    /// What people are told.
    pub(crate) fn cause(&self) -> Cause {
        match self {
            Self::Missing { .. } => Cause::OutOfScope,
            Self::Directory(error) => error.cause(),
        }
    }
}
