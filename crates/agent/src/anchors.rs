//! Writing source anchors: `objectGUID` into an empty `mS-DS-ConsistencyGuid`, so that an
//! account that is rebuilt, or moved to another forest, stays the same person.

use writeback_ad::{AdError, WroteGuid, protected};
use writeback_model::{DomainName, RunId, Target};
use writeback_wire::{ObjectName, ToCloud};

use crate::{
    core::Core,
    events,
    executor::prepare::{Looked, look},
    forest::{self, Forest},
    history::told,
};

/// LDAP's `insufficientAccessRights`.
const INSUFFICIENT_RIGHTS: u32 = 50;

/// What the cloud asks for.
pub(crate) struct Order {
    pub(crate) run: RunId,
    pub(crate) forest: DomainName,
    pub(crate) objects: Vec<ObjectName>,
}

/// Why an anchor was not written.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(
        "the agent's configuration does not allow it; set write_consistency_guid = true for the forest {0}"
    )]
    NotAllowed(DomainName),
    #[error("this agent does not serve the forest or the domain")]
    NotServed,
    #[error("the directory has no such object any more")]
    NotFound,
    #[error("it is an administrator's or system account, which is never written to")]
    Protected,
    #[error("it is outside the organizational units that the agent acts on")]
    OutOfScope,
    #[error(
        "the directory does not let the agent's account do it; give it the right to write mS-DS-ConsistencyGuid of user objects"
    )]
    Rights(#[source] AdError),
    #[error("the directory did not take it")]
    Directory(#[from] AdError),
}

impl Refused {
    /// Whether the others would meet the same.
    const fn holds_for_all(&self) -> bool {
        match self {
            Self::NotAllowed(_) | Self::NotServed => true,
            Self::Directory(error) => !matches!(
                error,
                AdError::Refused { .. } | AdError::Missing { .. } | AdError::NotUnique { .. }
            ),
            Self::NotFound | Self::Protected | Self::OutOfScope | Self::Rights(_) => false,
        }
    }
}

#[derive(Debug, Default)]
struct Count {
    written: u32,
    already: u32,
    refused: u32,
    why: Option<String>,
}

/// Writes as many as may be written, and tells the cloud.
pub(crate) async fn write(core: &Core, order: Order) {
    let mut count = Count::default();
    let mut hopeless = false;
    for object in &order.objects {
        if hopeless {
            count.refused += 1;
            continue;
        }
        match one(core, &order.forest, object).await {
            Ok(WroteGuid::Written) => count.written += 1,
            Ok(WroteGuid::AlreadySet) => count.already += 1,
            Err(refused) => {
                tracing::debug!(anchor = ?object.anchor, error = &refused as &dyn std::error::Error,
                    "no source anchor was written");
                hopeless = refused.holds_for_all();
                count.refused += 1;
                count.why.get_or_insert_with(|| told(&refused));
            }
        }
    }
    let Count {
        written,
        already,
        refused,
        why,
    } = count;
    tracing::info!(run = %order.run, forest = %order.forest, event_id = events::ANCHORS_WRITTEN,
        written, already, refused, why, "source anchors were written to the directory");
    let frame = ToCloud::AnchorsWritten {
        run: order.run,
        written,
        already,
        refused,
        why,
    };
    core.uplink.tell(frame).await;
}

async fn one(core: &Core, forest: &DomainName, object: &ObjectName) -> Result<WroteGuid, Refused> {
    let target = Target {
        forest: forest.clone(),
        domain: object.domain.clone(),
        anchor: object.anchor,
    };
    let (forest, directory) = forest::directory(&core.forests, &target.forest, &target.domain)
        .map_err(|_| Refused::NotServed)?;
    allowed(forest)?;
    let Looked {
        controller,
        account,
        scope,
    } = look(forest, directory, &target).await?;
    let account = account.ok_or(Refused::NotFound)?;
    if protected(&account, &forest.user).is_some() {
        return Err(Refused::Protected);
    }
    if !scope.is_some_and(|scope| scope.holds(&account.dn)) {
        return Err(Refused::OutOfScope);
    }
    let written = controller.write_consistency_guid(&object.anchor).await;
    written.map_err(|error| match error {
        AdError::Refused { ref source, .. } if source.code == INSUFFICIENT_RIGHTS => {
            Refused::Rights(error)
        }
        error => Refused::Directory(error),
    })
}

fn allowed(forest: &Forest) -> Result<(), Refused> {
    if forest.write_consistency_guid {
        Ok(())
    } else {
        Err(Refused::NotAllowed(forest.name.clone()))
    }
}
