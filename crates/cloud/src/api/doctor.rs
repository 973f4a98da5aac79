//! `/api/v1/doctor`: what keeps the tenant's people from getting new passwords, since when, and
//! what to do about it.

use std::sync::Arc;

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use writeback_doctor::{Finding, Look, Report, Seen, Since, Status, Summary, since};
use writeback_policy::roles::Act;

use super::{ApiError, SignedIn};
use crate::{
    doctor::{Looked, look_now},
    state::Cloud,
};

#[derive(Serialize)]
pub(super) struct Shown {
    /// Writeback in one word.
    status: Status,
    looked_at: Timestamp,
    summary: Summary,
    findings: Vec<ShownFinding>,
    /// What was found before, newest first: one for each time that it was something else.
    history: Vec<Before>,
}

/// A finding as docs/doctor.schema.json has it, and since when it is so.
#[derive(Serialize)]
struct ShownFinding {
    #[serde(flatten)]
    seen: Seen,
    since: Option<Timestamp>,
    /// It was so when the first look was made that is kept.
    since_or_before: bool,
}

#[derive(Serialize)]
struct Before {
    status: Status,
    began_at: Timestamp,
    looked_at: Timestamp,
    summary: Summary,
    /// The checks that were not as they should be, with what they are of.
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    check: &'static str,
    subject: String,
    verdict: writeback_doctor::Verdict,
}

/// `GET`: looks now.
pub(super) async fn show(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
) -> Result<Json<Shown>, ApiError> {
    caller.may(Act::ReadReports, &[])?;
    let tenant = cloud.store.tenant(caller.tenant).await?;
    let tenant = tenant.ok_or_else(ApiError::not_signed_in)?;
    let Looked(looks) = look_now(&cloud, &tenant).await?;
    let Some((now, before)) = looks.split_first() else {
        return Err(ApiError::not_found("nothing was looked at yet"));
    };
    Ok(Json(Shown {
        status: Status::of(&now.findings),
        looked_at: now.looked_at,
        summary: Report::new(&now.findings).summary,
        findings: findings(&looks, now),
        history: before.iter().map(shown_before).collect(),
    }))
}

fn findings(looks: &[Look], now: &Look) -> Vec<ShownFinding> {
    let report = Report::new(&now.findings);
    // In their order, one for each: what no check is of stands in neither.
    let sinces = now.findings.iter().map(|it| since(looks, it));
    let with_since = |(seen, since): (Seen, Option<Since>)| ShownFinding {
        seen,
        since: since.map(|it| it.at),
        since_or_before: since.is_some_and(|it| it.or_before),
    };
    report
        .findings
        .into_iter()
        .zip(sinces)
        .map(with_since)
        .collect()
}

fn shown_before(look: &Look) -> Before {
    let bad =
        |it: &&Finding| it.verdict.is_bad() || it.verdict == writeback_doctor::Verdict::Warning;
    let problem = |it: &Finding| Problem {
        check: it.check,
        subject: it.subject.clone(),
        verdict: it.verdict,
    };
    Before {
        status: Status::of(&look.findings),
        began_at: look.began_at,
        looked_at: look.looked_at,
        summary: Report::new(&look.findings).summary,
        problems: look.findings.iter().filter(bad).map(problem).collect(),
    }
}
