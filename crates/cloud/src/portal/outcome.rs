//! What happened to my password, or to my account?

use std::sync::Arc;

use axum::{extract::State, response::Response};
use writeback_model::{Cause, Operation, Outcome, RequestState};
use writeback_relay::Liveness;

use super::{
    browser::Browser,
    code::opened_after,
    pages::{PasswordError, Progress},
    password::form,
    respond::{self, Failed},
    session, views,
};
use crate::state::Cloud;

pub(super) async fn show(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
) -> Result<Response, Failed> {
    let failed = |error| Failed::store(&browser, error);
    let (tenant_name, open) = match opened_after(&cloud, &browser).await? {
        Ok(opened) => opened,
        Err(response) => return Ok(response),
    };
    let Some(request) = session::last_request(&cloud, &open.session)
        .await
        .map_err(failed)?
    else {
        return Ok(respond::see_other(&browser, "/reset/password"));
    };
    let operation = request.asked.operation;
    let outcome = match (request.state, request.outcome) {
        (RequestState::Pending | RequestState::Claimed, _) => {
            let progress = Progress::BeingWritten;
            return Ok(views::progress(&browser, &tenant_name, operation, progress));
        }
        (RequestState::Unknown, _) | (RequestState::Done, None) => {
            let progress = Progress::NotKnown;
            return Ok(views::progress(&browser, &tenant_name, operation, progress));
        }
        (RequestState::Expired, _) => Outcome::from(Cause::NotStartedInTime),
        (RequestState::Done, Some(outcome)) => outcome,
    };
    match outcome {
        Outcome::Changed { remarks } if operation == Operation::Unlock => {
            Ok(views::unlocked(&browser, &tenant_name, &remarks))
        }
        Outcome::Changed { remarks } => Ok(views::done(&browser, &tenant_name, &remarks)),
        // The form again, with the exact cause at its top.
        Outcome::NotChanged { cause }
            if cause.info().another_password_helps && operation.writes_password() =>
        {
            let liveness = match open.session.user {
                Some(_) => cloud
                    .hub
                    .liveness(open.session.tenant, &request.asked.target.forest),
                None => Liveness::NoAgent,
            };
            let problem = PasswordError::Refused(&cause);
            let problem = Some(problem);
            form(&cloud, &browser, &tenant_name, &open, &liveness, problem).await
        }
        Outcome::NotChanged { cause } => {
            let reference = Some(request.asked.id);
            Ok(views::not_changed(
                &browser,
                &tenant_name,
                &cloud,
                operation,
                &cause,
                reference,
            ))
        }
    }
}
