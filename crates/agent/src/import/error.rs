//! Why an import did not come to its end.

use writeback_ad::{AdError, ChangesError};
use writeback_model::{Cause, DomainName};

use crate::{history::told, scope::ScopeError, transport::TransportError};

/// What ended an import.
#[derive(Debug, thiserror::Error)]
pub(super) enum ImportError {
    #[error("the directory could not be read")]
    Directory(#[from] AdError),
    #[error("what was read could not be uploaded")]
    Upload(#[source] TransportError),
    /// It was given to another agent, or ended otherwise.
    #[error("the cloud does not run this import any more")]
    Over,
    #[error("this agent does not serve the forest")]
    NotServed,
    #[error(transparent)]
    Scope(#[from] ScopeError),
    #[error(
        "the organizational units of the configuration are renamed or moved again and again; import once that is over"
    )]
    UnitsMove,
    #[error("there is no position of the domain {0} to go on from; a full import is needed")]
    NoPosition(DomainName),
    #[error(transparent)]
    CookieRefused(ChangesError),
    #[error("an object could not be written down")]
    Written,
}

impl From<ChangesError> for ImportError {
    fn from(error: ChangesError) -> Self {
        match error {
            ChangesError::Directory(error) => Self::Directory(error),
            refused @ ChangesError::CookieRefused(_) => Self::CookieRefused(refused),
        }
    }
}

impl From<TransportError> for ImportError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Refused { error, .. } if error == "import-not-running" => Self::Over,
            error => Self::Upload(error),
        }
    }
}

impl ImportError {
    pub(super) fn cause(&self) -> Cause {
        match self {
            Self::Directory(error) => error.cause(),
            Self::Scope(error) => error.cause(),
            Self::NotServed => Cause::ForestNotServed,
            Self::UnitsMove => Cause::DirectoryBusy,
            Self::Upload(_)
            | Self::Over
            | Self::NoPosition(_)
            | Self::CookieRefused(_)
            | Self::Written => Cause::Internal,
        }
    }

    /// Whether only a full import helps.
    pub(super) const fn needs_full(&self) -> bool {
        matches!(self, Self::CookieRefused(_) | Self::NoPosition(_))
    }

    /// For the run's history.
    pub(super) fn detail(&self) -> String {
        told(self)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use writeback_ad::Refusal;

    use super::*;

    #[test]
    fn the_controller_is_named_and_what_it_said() {
        let error = ImportError::from(AdError::Connect {
            host: "dc1.corp.test".into(),
            address: [10, 0, 0, 1].into(),
            port: 636,
            source: io::ErrorKind::ConnectionRefused.into(),
        });
        assert_eq!(
            error.detail(),
            "the directory could not be read: cannot connect to dc1.corp.test (10.0.0.1) port \
             636: connection refused"
        );
    }

    #[test]
    fn a_run_that_is_over_is_told_from_a_refusal() {
        let refused = |error: &str| {
            ImportError::from(TransportError::Refused {
                status: 409,
                error: error.into(),
                description: String::new(),
            })
        };
        assert!(matches!(refused("import-not-running"), ImportError::Over));
        assert!(matches!(
            refused("batch-out-of-order"),
            ImportError::Upload(_)
        ));
    }

    #[test]
    fn a_position_that_is_refused_needs_a_full_import() {
        let refusal = Refusal {
            code: 12,
            ad_code: None,
            text: "of the directory's own".into(),
        };
        let error = ImportError::from(ChangesError::CookieRefused(refusal));
        assert!(error.needs_full());
        assert!(
            error.detail().ends_with(": LDAP result 12"),
            "{}",
            error.detail()
        );
        assert!(!ImportError::Written.needs_full());
    }
}
