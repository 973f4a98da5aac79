//! How is writeback doing?

use std::sync::Arc;

use axum::{extract::State, response::Response};
use axum_extra::extract::cookie::CookieJar;
use http::{StatusCode, request::Parts};
use writeback_policy::roles::Act;

use super::{token, view::view};
use crate::{
    AdminError, api,
    doctor::{Looked, look_now},
    portal::{
        browser::Browser,
        pages::NoRolePage,
        respond::{self, Failed, frame_of, html, words_of},
    },
    state::Cloud,
};

const SIGN_IN_PAGE: &str = "/admin/sign-in";

/// Looks at the administrator's tenant, and shows what was found.
pub(in crate::portal) async fn show(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    jar: CookieJar,
    parts: Parts,
) -> Result<Response, Failed> {
    let failed = |error| Failed::store(&browser, error);
    let signed_in = match token(&jar, &cloud.public_url) {
        Some(token) => api::signed_in_by(&token, &parts, &cloud).await,
        None => Ok(None),
    };
    let Some((caller, false)) = signed_in.map_err(failed)? else {
        return Ok(respond::see_other(&browser, SIGN_IN_PAGE));
    };
    let Some(tenant) = cloud.store.tenant(caller.tenant).await.map_err(failed)? else {
        return Ok(respond::see_other(&browser, SIGN_IN_PAGE));
    };
    if let Err(refused) = caller.may(Act::ReadReports, &[]) {
        api::note_refusal(&cloud, &refused).await;
        let words = words_of(&browser);
        let page = NoRolePage {
            frame: frame_of(&words, &tenant.name),
        };
        return Ok(html(&browser, StatusCode::FORBIDDEN, &page));
    }
    let Looked(looks) = match look_now(&cloud, &tenant).await {
        Ok(looked) => looked,
        Err(AdminError::Store(error)) => return Err(failed(error)),
        Err(error) => return Err(Failed::internal(&browser, &error)),
    };
    let words = words_of(&browser).in_time_zone(cloud.time_zone.clone());
    let page = view(frame_of(&words, &tenant.name), &looks);
    Ok(html(&browser, StatusCode::OK, &page))
}
