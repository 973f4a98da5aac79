//! `/api/v1/users/{id}/explain`: may this person, and why?

use std::sync::Arc;

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
};
use serde::{Deserialize, Serialize};
use writeback_model::UserId;
use writeback_policy::{
    access::{Access, Wish},
    roles::Act,
};

use super::{ApiError, SignedIn};
use crate::state::Cloud;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// One wish; without it all of them.
    wish: Option<Wish>,
}

#[derive(Serialize)]
pub(super) struct Explained {
    user: UserId,
    name: String,
    answers: Vec<Answer>,
}

#[derive(Serialize)]
struct Answer {
    wish: Wish,
    #[serde(flatten)]
    access: Access,
}

/// `GET`: every rule with what it went by, for oneself or, with a role, for somebody else.
pub(super) async fn explain(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    id: Result<Path<UserId>, PathRejection>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Explained>, ApiError> {
    let (Path(id), Query(asked)) = (id?, asked?);
    if id != caller.user.id {
        caller.may(Act::ReadDirectory, &[])?;
    }
    let user = caller.person(&*cloud.store, id).await?;
    let wishes = asked
        .wish
        .map_or_else(|| Wish::ALL.to_vec(), |wish| vec![wish]);
    let mut answers = Vec::new();
    for wish in wishes {
        let access = cloud.explain(&user, wish).await?;
        answers.push(Answer { wish, access });
    }
    Ok(Json(Explained {
        user: user.id,
        name: user.attributes.user_principal_name,
        answers,
    }))
}
