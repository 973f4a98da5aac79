//! What people see: from the user name to the answer. One step needs script: the new password
//! is sealed by the page, and comes here in envelopes that the cloud cannot open.
//!
//! | page | does |
//! | --- | --- |
//! | `GET /` | asks for the user name; `/?tenant=ID` on behalf of one tenant |
//! | `POST /reset` | looks it up, mails a code, begins a session; alike for every name |
//! | `GET`/`POST /reset/code`, `POST /reset/code/resend` | the gate |
//! | `GET /reset/password` | asks for the new password |
//! | `POST /reset/password/prepare` | says to its script what to seal to and for |
//! | `POST /reset/password` | takes the sealed password, has it written |
//! | `POST /reset/unlock` | has the account unlocked, and the password kept |
//! | `GET /reset/outcome` | says what happened, or that it is not known yet |
//! | `/admin/...` | what administrators read: [`console`] |
//! | `GET /.well-known/writeback-integrity` | lists the hashes of what the pages load |

mod assets;
mod browser;
mod code;
mod code_mail;
mod console;
mod cookie;
mod form;
mod headers;
mod origin;
mod outcome;
pub(crate) mod pages;
mod password;
mod respond;
mod sealed;
mod session;
mod site;
mod start;
mod unlock;
mod views;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};

use crate::state::Cloud;

/// The portal's routes.
pub fn routes(cloud: Arc<Cloud>) -> Router<Arc<Cloud>> {
    Router::new()
        .route("/", get(start::ask))
        .route("/reset", post(start::take))
        .route("/reset/code", get(code::ask).post(code::take))
        .route("/reset/code/resend", post(code::resend))
        .route("/reset/password", get(password::ask).post(sealed::take))
        .route("/reset/password/prepare", post(sealed::prepare))
        .route("/reset/unlock", get(unlock::ask).post(unlock::take))
        .route("/reset/outcome", get(outcome::show))
        .route(
            "/admin/sign-in",
            get(console::sign_in::ask).post(console::sign_in::take),
        )
        .route("/admin/sign-out", post(console::sign_in::out))
        .route("/admin/doctor", get(console::doctor::show))
        .route(assets::css_path(), get(assets::css))
        .route(assets::script_path(), get(assets::script))
        .route("/.well-known/writeback-integrity", get(assets::integrity))
        .route(assets::icon_path(), get(assets::icon))
        .fallback(respond::not_found)
        .layer(DefaultBodyLimit::max(form::FORM_BYTES_MAX))
        .layer(middleware::from_fn_with_state(cloud, headers::guard))
}
