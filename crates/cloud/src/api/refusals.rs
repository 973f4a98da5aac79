//! What the operations of administrators refuse, as the API says it.

use http::StatusCode;

use super::ApiError;
use crate::{
    admin::{AdminError, CloudUserError, GroupError, LicenceError, PasswordError, RoleError},
    sign_in::HashError,
};

impl From<AdminError> for ApiError {
    fn from(error: AdminError) -> Self {
        let message = error.to_string();
        match error {
            AdminError::Store(error) => error.into(),
            AdminError::NoForest(_) => Self::not_found(message),
            AdminError::SynchronisedAdministrator => {
                Self::forbidden("synchronised-administrator", message)
            }
            AdminError::Licence(refusal) => {
                Self::forbidden("no-licence", format!("{message}: {refusal}"))
            }
            _ => Self::bad_request(message),
        }
    }
}

impl From<GroupError> for ApiError {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::Admin(error) => error.into(),
            error => Self::bad_request(error.to_string()),
        }
    }
}

impl From<RoleError> for ApiError {
    fn from(error: RoleError) -> Self {
        let message = error.to_string();
        match error {
            RoleError::LastGlobalAdministrator(_) => {
                Self::new(StatusCode::CONFLICT, "last-global-administrator", message)
            }
            RoleError::Group(error) => error.into(),
        }
    }
}

impl From<CloudUserError> for ApiError {
    fn from(error: CloudUserError) -> Self {
        let message = error.to_string();
        match error {
            CloudUserError::Synchronised(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "user-in-directory",
                message,
            ),
            CloudUserError::Role(error) => error.into(),
        }
    }
}

impl From<LicenceError> for ApiError {
    fn from(error: LicenceError) -> Self {
        let message = error.to_string();
        let conflict = |code| Self::new(StatusCode::CONFLICT, code, message.clone());
        match error {
            LicenceError::NoSku(_) => Self::not_found(message),
            LicenceError::NoSeat { .. } => conflict("no-seat"),
            LicenceError::NotRunning(_) => conflict("subscription-not-running"),
            LicenceError::Admin(error) => error.into(),
            _ => Self::bad_request(message),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        let message = error.to_string();
        let refused = |code| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message.clone());
        match error {
            PasswordError::Synchronised(_) => refused("password-in-directory"),
            PasswordError::NotTaken(why) => refused(why.code()),
            PasswordError::Admin(error) => error.into(),
        }
    }
}

impl From<HashError> for ApiError {
    fn from(error: HashError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", error.to_string())
    }
}
