//! What is known of a write that was not acknowledged.

use writeback_model::Cause;

use crate::{error::AdError, refusal::Refusal};

/// A write that was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The directory answered that it did not do it, or it was not asked because it could not
    /// be asked properly. Nothing has changed, and nothing will.
    #[error("the directory did not take it")]
    Refused {
        /// Why.
        cause: Box<Cause>,
        /// What the domain controller said; `None` if it was not asked.
        #[source]
        refusal: Option<Refusal>,
    },
    /// The request never left this machine and never will. Nothing has changed.
    #[error("it was not sent")]
    NotSent(#[source] AdError),
    /// The request may have reached the directory, and no answer came: whether it was or will
    /// still be carried out is unknown here. [`Controller::receipt`](crate::Controller::receipt) knows.
    #[error("it may or may not have been written")]
    Unknown(#[source] AdError),
}

impl WriteError {
    pub(crate) fn refused(cause: Cause) -> Self {
        Self::Refused {
            cause: Box::new(cause),
            refusal: None,
        }
    }

    /// Whether the write may take, or have taken, effect.
    pub const fn may_have_been_written(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Why it failed. Of an unknown outcome this says why it is unknown, never that nothing
    /// was changed.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Refused { cause, .. } => Cause::clone(cause),
            Self::NotSent(error) | Self::Unknown(error) => error.cause(),
        }
    }
}
