//! `/api/v1/writeback`: whether passwords are written back.

use std::sync::Arc;

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use writeback_model::{DomainName, UserId};
use writeback_policy::{
    access::{Access, Wish},
    roles::Act,
};
use writeback_store::Switch;

use super::{ApiError, SignedIn};
use crate::{
    admin::{Asker, licence_refusals},
    state::Cloud,
};

#[derive(Serialize)]
pub(super) struct Shown {
    enabled: bool,
    changed_at: Option<Timestamp>,
    forests: Vec<ShownForest>,
}

#[derive(Serialize)]
struct ShownForest {
    forest: DomainName,
    enabled: bool,
    changed_at: Option<Timestamp>,
}

/// What is switched.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// One forest; without it the whole tenant.
    forest: Option<DomainName>,
}

/// What became of it.
#[derive(Serialize)]
pub(super) struct Switched {
    /// It was so already.
    already: bool,
}

/// Whose password is to be reset as a test.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestUser {
    user: UserId,
}

/// Whether a test can begin.
#[derive(Serialize)]
pub(super) struct Tested {
    /// Nothing that is known stands against it.
    ready: bool,
    /// What licences stand against it, in words.
    refusals: Vec<String>,
    /// Whether the test user may reset, and why.
    access: Access,
}

/// `GET`: how the switches stand.
pub(super) async fn show(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
) -> Result<Json<Shown>, ApiError> {
    caller.may(Act::ReadDirectory, &[])?;
    let state = caller.admin(&cloud).writeback_state().await?;
    let of = |forest: DomainName| {
        let Switch { is_on, changed_at } = state.switches.forest(&forest);
        ShownForest {
            forest,
            enabled: is_on,
            changed_at,
        }
    };
    Ok(Json(Shown {
        enabled: state.switches.tenant.is_on,
        changed_at: state.switches.tenant.changed_at,
        forests: state.forests.iter().map(|it| of(it.name.clone())).collect(),
    }))
}

/// `POST …/enable`. Every agent makes a new sealing key.
pub(super) async fn enable(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    body: Result<Json<Which>, JsonRejection>,
) -> Result<Json<Switched>, ApiError> {
    switch(&cloud, &caller, body, true).await
}

/// `POST …/disable`. What is under way finishes.
pub(super) async fn disable(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    body: Result<Json<Which>, JsonRejection>,
) -> Result<Json<Switched>, ApiError> {
    switch(&cloud, &caller, body, false).await
}

/// `POST …/test`: whether the caller can test writeback on that person now. Nothing is written.
pub(super) async fn test(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    body: Result<Json<TestUser>, JsonRejection>,
) -> Result<Json<Tested>, ApiError> {
    caller.may(Act::ReadDirectory, &[])?;
    let Json(TestUser { user }) = body?;
    let user = caller.person(&*cloud.store, user).await?;
    let now = cloud.clock.now();
    let refusals = licence_refusals(&*cloud.store, &caller.user, &user, now).await?;
    let access = cloud.explain(&user, Wish::Reset).await?;
    Ok(Json(Tested {
        ready: refusals.is_empty() && access.allowed,
        refusals: refusals.iter().map(ToString::to_string).collect(),
        access,
    }))
}

async fn switch(
    cloud: &Cloud,
    caller: &SignedIn,
    body: Result<Json<Which>, JsonRejection>,
    is_on: bool,
) -> Result<Json<Switched>, ApiError> {
    caller.may(Act::SwitchWriteback, &[])?;
    let Json(Which { forest }) = body?;
    let asker = Asker::Administrator(caller.user.id, caller.origin);
    let admin = caller.admin(cloud);
    let switched = admin
        .switch_writeback(forest.as_ref(), is_on, &asker)
        .await?;
    Ok(Json(Switched { already: !switched }))
}
