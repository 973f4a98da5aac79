//! What a sign-in goes by before the name is looked up: the same for every name of a forest, so
//! that it tells nobody who exists.

use writeback_model::{Cause, DomainName, TenantId, UserName};
use writeback_policy::{ForestOfName, forest_of_name, sign_in::DirectoryLockout};
use writeback_relay::Liveness;
use writeback_store::StoreError;

use crate::state::Cloud;

/// What holds for a name, whoever goes by it.
pub(super) struct OfName {
    /// The directory of that name cannot be asked now.
    pub(super) is_away: bool,
    /// The lockout policy last seen there.
    pub(super) lockout: Option<DirectoryLockout>,
}

impl OfName {
    pub(super) async fn gather(
        cloud: &Cloud,
        tenant: TenantId,
        is_open: bool,
        name: &UserName,
    ) -> Result<Self, StoreError> {
        let known = cloud.known_domains(tenant).await?;
        let forest = forest_of_name(name, &known);
        let is_away = |forest: &DomainName| is_away(&cloud.hub.liveness(tenant, forest));
        let is_away = match &forest {
            // Its agents are away for good, and its people are nobody.
            _ if !is_open => false,
            ForestOfName::Forest(forest) => is_away(forest),
            // It could be anybody's: only when no directory can be asked is that sure.
            ForestOfName::Any | ForestOfName::Ambiguous => {
                !known.is_empty() && known.iter().all(|it| is_away(&it.forest))
            }
        };
        let lockout = match &forest {
            ForestOfName::Forest(forest) if !is_away => {
                cloud.store.forest_lockout(tenant, forest).await?
            }
            _ => None,
        };
        Ok(Self { is_away, lockout })
    }

    /// Under which key a try is counted. What is tried while nobody can ask the directory is
    /// counted apart: whoever signs in again and again until it is back is not locked out then.
    pub(super) fn key(&self, of_whom: String) -> String {
        match self.is_away {
            true => format!("{of_whom} away"),
            false => of_whom,
        }
    }
}

/// A forest that only cannot be written to can be asked.
const fn is_away(liveness: &Liveness) -> bool {
    !matches!(
        liveness,
        Liveness::Ready { .. }
            | Liveness::NotReady {
                cause: Cause::PolicyHintsUnsupported
            }
    )
}
