//! Administrators at work: what they may, and in whose name it is recorded.

use writeback_model::{Role, UserId};
use writeback_policy::roles::{Act, Administrator, Refused, may};
use writeback_store::{Actor, Store, User};
use writeback_sync::Origin;

use super::{ApiError, SignedIn, error::RefusedAct};
use crate::{admin::Admin, state::Cloud};

impl SignedIn {
    /// Refuses whoever may not do this, to somebody who holds these roles where it is done to
    /// somebody.
    pub fn may(&self, act: Act, target_roles: &[Role]) -> Result<(), ApiError> {
        let administrator = Administrator {
            roles: &self.roles,
            is_synchronised: self.origin == Origin::Synchronised,
            has_recent_second_factor: self.has_recent_second_factor(),
        };
        may(act, administrator, target_roles).map_err(|refused| match refused {
            Refused::SecondFactor(_) => ApiError::second_factor_needed(),
            refused => {
                let of = RefusedAct {
                    tenant: self.tenant,
                    by: self.user.id,
                    act,
                    why: refused.id(),
                };
                ApiError::refused_act(of, refused.to_string())
            }
        })
    }

    /// The operations on their tenant, recorded as theirs.
    pub(super) fn admin<'a>(&self, cloud: &'a Cloud) -> Admin<'a> {
        Admin {
            store: &*cloud.store,
            clock: &*cloud.clock,
            entropy: &*cloud.entropy,
            wanted_tenant: Some(self.tenant.to_string()),
            actor: Actor::User(self.user.id),
        }
    }

    /// How they are named in details of records.
    pub(super) fn by(&self) -> String {
        format!("user {}", self.user.id)
    }

    /// Somebody of their own tenant. Whoever is of another is nobody.
    pub(super) async fn person(&self, store: &dyn Store, id: UserId) -> Result<User, ApiError> {
        let found = store.user(self.tenant, id).await?;
        found.ok_or_else(|| ApiError::not_found("there is nobody of that identifier"))
    }
}
