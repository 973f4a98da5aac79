//! The pages as answers: each filled in for this browser and given its status.

use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use writeback_model::{Cause, HistoryEnforcement, Operation, Remark, RequestId};
use writeback_policy::access::{PortalCode, Settings};
use writeback_relay::Liveness;

use super::{
    assets,
    browser::Browser,
    pages::{
        CodeError, CodePage, DonePage, Frame, NotChangedPage, PasswordError, PasswordPage,
        Progress, ProgressPage, RefusedPage, SessionEndedPage, StartError, StartPage,
        UnavailablePage, UnlockedPage,
    },
    respond::{frame_of, html, words_of},
    session::{CODE_HOLDS, Open, SESSION_HOLDS},
};
use crate::{portal::cookie, state::Cloud};

/// Asks for the user name.
pub(super) fn start(
    browser: &Browser,
    tenant_name: &str,
    typed_name: &str,
    error: Option<StartError>,
) -> Response {
    let words = words_of(browser);
    let frame = frame_of(&words, tenant_name);
    let status = if error.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    html(
        browser,
        status,
        &StartPage {
            frame,
            typed_name,
            error,
        },
    )
}

/// Asks for the code.
pub(super) fn code(
    browser: &Browser,
    tenant_name: &str,
    open: &Open,
    resent: bool,
    error: Option<CodeError>,
) -> Response {
    let words = words_of(browser);
    let page = CodePage {
        frame: frame_of(&words, tenant_name),
        typed_name: &open.session.typed_name,
        form_token: &open.form_token,
        code_minutes: minutes(CODE_HOLDS),
        resent,
        error,
    };
    let status = if error.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    html(browser, status, &page)
}

/// Asks for the new password.
pub(super) fn password(
    browser: &Browser,
    tenant_name: &str,
    open: &Open,
    liveness: &Liveness,
    offers_unlock: bool,
    error: Option<PasswordError<'_>>,
) -> Response {
    let words = words_of(browser);
    let history = Liveness::Ready {
        history: HistoryEnforcement::NotEnforced,
    };
    let last_request = open
        .session
        .request
        .map(|id| id.to_string())
        .unwrap_or_default();
    let page = PasswordPage {
        frame: frame_of(&words, tenant_name),
        typed_name: &open.session.typed_name,
        form_token: &open.form_token,
        script_path: assets::script_path(),
        script_integrity: assets::script_integrity(),
        last_request: &last_request,
        // The rules differ with each account and stand in its directory: they are told exactly
        // when one is broken.
        policy: None,
        history_not_enforced: *liveness == history,
        offers_unlock,
        error,
    };
    let status = if error.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    html(browser, status, &page)
}

/// Says that no password could be written now. `retry_path` is the page the person came from.
pub(super) fn unavailable(
    browser: &Browser,
    tenant_name: &str,
    liveness: &Liveness,
    retry_path: &'static str,
) -> Response {
    let words = words_of(browser);
    let cause = match liveness {
        Liveness::NotReady { cause } => cause,
        Liveness::NoAgent | Liveness::Ready { .. } => &Cause::NoAgent,
    };
    let page = UnavailablePage {
        frame: frame_of(&words, tenant_name),
        cause,
        retry_path,
    };
    html(browser, StatusCode::SERVICE_UNAVAILABLE, &page)
}

/// Says that a rule is against it. Without settings of a person's, the organisation's own stand.
pub(super) fn refused(
    browser: &Browser,
    tenant_name: &str,
    code: PortalCode,
    reason: &str,
    settings: &Settings,
    path: &'static str,
) -> Response {
    let words = words_of(browser);
    let page = RefusedPage {
        frame: Frame {
            help_contact: settings.help_desk.as_deref(),
            ..frame_of(&words, tenant_name)
        },
        code,
        reason,
        note: settings.note.as_deref(),
        path,
    };
    html(browser, StatusCode::FORBIDDEN, &page)
}

/// Says that it is not known yet.
pub(super) fn progress(
    browser: &Browser,
    tenant_name: &str,
    operation: Operation,
    progress: Progress,
) -> Response {
    let words = words_of(browser);
    let page = ProgressPage {
        frame: frame_of(&words, tenant_name),
        operation,
        progress,
    };
    html(browser, StatusCode::OK, &page)
}

/// Says that the account is unlocked, or was not locked.
pub(super) fn unlocked(browser: &Browser, tenant_name: &str, remarks: &[Remark]) -> Response {
    let words = words_of(browser);
    let page = UnlockedPage {
        frame: frame_of(&words, tenant_name),
        remarks,
    };
    html(browser, StatusCode::OK, &page)
}

/// Says that the password was changed.
pub(super) fn done(browser: &Browser, tenant_name: &str, remarks: &[Remark]) -> Response {
    let words = words_of(browser);
    let page = DonePage {
        frame: frame_of(&words, tenant_name),
        remarks,
    };
    html(browser, StatusCode::OK, &page)
}

/// Says that nothing was changed, and why.
pub(super) fn not_changed(
    browser: &Browser,
    tenant_name: &str,
    cloud: &Cloud,
    operation: Operation,
    cause: &Cause,
    request: Option<RequestId>,
) -> Response {
    let words = words_of(browser).in_time_zone(cloud.time_zone.clone());
    let reference = request.map(|id| id.to_string());
    let page = NotChangedPage {
        frame: frame_of(&words, tenant_name),
        operation,
        cause,
        reference: reference.as_deref(),
    };
    html(browser, StatusCode::OK, &page)
}

/// Says that the session ended, and takes its cookie back.
pub(super) fn session_ended(browser: &Browser, tenant_name: &str, cloud: &Cloud) -> Response {
    let words = words_of(browser);
    let frame = frame_of(&words, tenant_name);
    let page = SessionEndedPage {
        frame,
        session_minutes: minutes(SESSION_HOLDS),
    };
    let mut response = html(browser, StatusCode::FORBIDDEN, &page);
    super::respond::set_cookie(&mut response, &cookie::removal(&cloud.public_url));
    response
}

/// How long to wait, in whole minutes; at least one.
pub(super) fn minutes_until(cloud: &Cloud, until: Timestamp) -> u32 {
    let left = until.duration_since(cloud.clock.now());
    u32::try_from(left.as_secs().max(0).unsigned_abs().div_ceil(60))
        .unwrap_or(u32::MAX)
        .max(1)
}

fn minutes(duration: jiff::SignedDuration) -> u32 {
    u32::try_from(duration.as_mins()).unwrap_or(u32::MAX)
}
