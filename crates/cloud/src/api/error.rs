//! How a call is refused: `{ "error": { "code": "…", "message": "…" } }`.

use axum::{
    Json,
    extract::rejection::{JsonRejection, PathRejection, QueryRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::json;
use writeback_model::{TenantId, UserId, event};
use writeback_policy::roles::Act;
use writeback_store::StoreError;

/// A refusal.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after_seconds: Option<i64>,
    refused: Option<Box<RefusedAct>>,
}

/// Something that an administrator may not do, for the audit trail.
#[derive(Clone, Debug)]
pub(super) struct RefusedAct {
    pub(super) tenant: TenantId,
    pub(super) by: UserId,
    pub(super) act: Act,
    pub(super) why: &'static str,
}

impl ApiError {
    /// A refusal of its own kind. `code` is for programs and stays, `message` says what happened
    /// and what to do next.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after_seconds: None,
            refused: None,
        }
    }

    /// What the caller's roles did not allow.
    pub(super) fn refused(&self) -> Option<&RefusedAct> {
        self.refused.as_deref()
    }

    /// No token, or one that does not hold.
    pub fn not_signed_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not-signed-in",
            "the token is missing, has ended or was revoked: sign in again",
        )
    }

    /// The caller is known, and may not.
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// The caller's roles do not allow it: that is for the audit trail, too.
    pub(super) fn refused_act(refused: RefusedAct, message: impl Into<String>) -> Self {
        Self {
            refused: Some(Box::new(refused.clone())),
            ..Self::forbidden(refused.why, message)
        }
    }

    /// No second factor was shown in the last minutes.
    pub fn second_factor_needed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "second-factor-needed",
            "this needs a second factor from the last 10 minutes: POST /api/v1/me/second-factor, \
             then …/verify",
        )
    }

    /// Another password must be chosen before anything else.
    pub fn password_change_needed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "password-change-needed",
            "choose a password of your own first: POST /api/v1/me/password",
        )
    }

    /// What was asked for is not there, or not the caller's to see.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", message)
    }

    /// The address is right and the method is not.
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "this address is not called with that method",
        )
    }

    /// The body or the address is not what it should be.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", message)
    }

    /// Too often.
    pub fn too_many(code: &'static str, message: &str, until: Timestamp, now: Timestamp) -> Self {
        let seconds = until.duration_since(now).as_secs().max(0) + 1;
        Self {
            retry_after_seconds: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, code, message)
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(
            event_id = event::STORE_FAILED,
            error = &error as &dyn std::error::Error,
            "the store failed"
        );
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "store-unavailable",
            "the cloud cannot reach its store: try again in a moment",
        )
    }
}

impl From<JsonRejection> for ApiError {
    /// Says what kind of mistake it is, never what stood there: a body can hold a password.
    fn from(rejection: JsonRejection) -> Self {
        let message = match rejection {
            JsonRejection::JsonDataError(_) => "the body has a wrong or missing field",
            JsonRejection::JsonSyntaxError(_) => "the body is not JSON",
            JsonRejection::MissingJsonContentType(_) => {
                "the body must come with Content-Type: application/json"
            }
            _ => "the body could not be read, or is too large",
        };
        Self::bad_request(message)
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::not_found("there is nothing of that identifier")
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        tracing::debug!(refused = self.code, "a call was refused");
        let mut error = json!({ "code": self.code, "message": self.message });
        if let (Some(seconds), Some(error)) = (self.retry_after_seconds, error.as_object_mut()) {
            error.insert("retry_after_seconds".to_owned(), seconds.into());
        }
        let mut response = (self.status, Json(json!({ "error": error }))).into_response();
        if let Some(refused) = self.refused {
            response.extensions_mut().insert(*refused);
        }
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
