//! `/api/v1/audit`: the tenant's trail, newest first.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use writeback_model::UserId;
use writeback_policy::roles::Act;
use writeback_store::{AuditFilter, KeptLine, activity};

use super::{ApiError, SignedIn};
use crate::state::Cloud;

/// How many records without a number in the call.
const LIMIT: u32 = 50;

/// How many records at most in one call.
const LIMIT_MAX: u32 = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    user: Option<UserId>,
    /// An activity by its name or its short one.
    activity: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    /// To go on: `next` of the page before.
    before: Option<i64>,
    limit: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Page {
    /// As an export has them; of one that cannot be read its `seq`, and `unreadable`.
    records: Vec<Box<RawValue>>,
    /// What to give as `before` for the next page; absent on the last.
    next: Option<i64>,
}

/// `GET`.
pub(super) async fn list(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Page>, ApiError> {
    let Query(asked) = asked?;
    caller.may(Act::ReadReports, &[])?;
    let limit = asked.limit.unwrap_or(LIMIT);
    if limit == 0 || limit > LIMIT_MAX {
        let message = format!("`limit` is from 1 to {LIMIT_MAX}");
        return Err(ApiError::bad_request(message));
    }
    let filter = AuditFilter {
        user: asked.user,
        activity: asked.activity.map(|name| known(&name)).transpose()?,
        since: asked.since,
        until: asked.until,
        before: asked.before,
    };
    let lines = cloud
        .store
        .find_audit(Some(caller.tenant), &filter, limit)
        .await?;
    let is_full = u32::try_from(lines.len()).is_ok_and(|found| found == limit);
    let next = lines.last().map(KeptLine::seq).filter(|_| is_full);
    // Each is one, by what the store promises.
    let records = lines
        .iter()
        .map(|line| RawValue::from_string(line.to_json()).unwrap_or_default())
        .collect();
    Ok(Json(Page { records, next }))
}

fn known(name: &str) -> Result<String, ApiError> {
    match activity::find(name) {
        Some(found) => Ok(found.name.to_owned()),
        None => Err(ApiError::bad_request(
            "no activity is called that: docs/audit.md lists them",
        )),
    }
}
