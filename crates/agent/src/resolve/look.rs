//! Asking the directory for its receipt.

use writeback_ad::{Controller, Directory};
use writeback_model::{Cause, Operation, SourceAnchor};

use super::decide::{LastWrite, Look};
use crate::{core::Core, executor::write::deciding, forest, journal::Intent};

/// The receipt as the controller has it that was written to, or, where that one cannot be asked,
/// as the PDC emulator has it.
///
/// Mostly they are the same. Once the role has moved, what the former holder carried out may not
/// have been replicated yet, so that an unchanged version elsewhere says nothing.
pub(super) async fn look(core: &Core, intent: &Intent) -> Result<Look, Cause> {
    let target = &intent.target;
    let (_, directory) = forest::directory(&core.forests, &target.forest, &target.domain)?;
    let of_pdc = of_pdc(directory, intent).await;
    let written_to = intent.begun.invocation;
    if written_to.is_none() || of_pdc.as_ref().is_ok_and(|it| it.invocation == written_to) {
        return of_pdc;
    }
    match of_former(directory, intent).await {
        Some(look) if look.invocation == written_to => Ok(look),
        _ => of_pdc,
    }
}

async fn of_pdc(directory: &Directory, intent: &Intent) -> Result<Look, Cause> {
    let controller = directory.pdc().await.map_err(|error| error.cause())?;
    read(&controller, &intent.target.anchor, intent.operation).await
}

/// `None` where it cannot be asked.
async fn of_former(directory: &Directory, intent: &Intent) -> Option<Look> {
    let host = &intent.begun.controller;
    let controller = match directory.controller_named(host).await {
        Ok(controller) => controller?,
        Err(error) => {
            tracing::debug!(host, %error, "the controller that was written to cannot be asked");
            return None;
        }
    };
    read(&controller, &intent.target.anchor, intent.operation)
        .await
        .ok()
}

async fn read(
    controller: &Controller,
    anchor: &SourceAnchor,
    operation: Operation,
) -> Result<Look, Cause> {
    let receipt = controller
        .receipt(anchor)
        .await
        .map_err(|error| error.cause())?
        .ok_or(Cause::ObjectNotFound)?;
    Ok(Look {
        invocation: controller.root_dse().invocation_id,
        directory_time: receipt.dc_now,
        receipt: deciding(&receipt, operation).map(|stamp| LastWrite {
            version: stamp.version,
            by: stamp.originating_dsa,
            at: stamp.at,
        }),
    })
}
