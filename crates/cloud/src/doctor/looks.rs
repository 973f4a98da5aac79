//! The running cloud's own look at each tenant, again and again, and what was found so far.
//!
//! The machine is left out: it is its operator's, and may be the home of several tenants.

use std::{sync::Arc, time::Duration};

use tokio::time;
use tokio_util::sync::CancellationToken;
use writeback_doctor::{Finding, KeptFinding, Look, complete, found_the_same};
use writeback_model::event;
use writeback_store::{DoctorLook, LOOKS_KEPT, StoreError, Tenant};

use super::{Around, of_tenant};
use crate::{AdminError, state::Cloud};

/// How often. What changes in between and back is not seen.
const LOOK_EVERY: Duration = Duration::from_secs(5 * 60);

/// Agents come back within this after a restart of the cloud.
const FIRST_AFTER: Duration = Duration::from_secs(60);

/// As commands name the file: the running cloud does not know where it was read.
const CONFIG: &str = "cloud.toml";

/// All looks of a tenant that are kept, newest first; the first is from just now.
pub(crate) struct Looked(pub(crate) Vec<Look>);

/// Looks at all tenants until `stop`.
pub(crate) async fn keep_looking(cloud: Arc<Cloud>, stop: CancellationToken) {
    let mut wait = FIRST_AFTER;
    while stop.run_until_cancelled(time::sleep(wait)).await.is_some() {
        wait = LOOK_EVERY;
        if let Err(error) = look_at_all(&cloud).await {
            tracing::error!(
                event_id = event::STORE_FAILED,
                error = &error as &dyn std::error::Error,
                "what the doctor finds could not be kept"
            );
        }
    }
}

async fn look_at_all(cloud: &Cloud) -> Result<(), AdminError> {
    for tenant in cloud.store.tenants().await? {
        look_now(cloud, &tenant).await?;
    }
    Ok(())
}

/// Looks at a tenant now, and keeps what was found.
pub(crate) async fn look_now(cloud: &Cloud, tenant: &Tenant) -> Result<Looked, AdminError> {
    let around = Around {
        store: &*cloud.store,
        clock: &*cloud.clock,
        entropy: &*cloud.entropy,
        file: CONFIG.to_owned(),
        origin: cloud.public_url.origin().to_owned(),
        recovery: cloud.recovery.clone(),
        limits: cloud.limits,
        cloud_runs: true,
    };
    let findings = complete(of_tenant(&around, tenant, None).await?.findings);
    let now = cloud.clock.now();
    let mut looks: Vec<Look> = cloud
        .store
        .doctor_looks(tenant.id, LOOKS_KEPT)
        .await?
        .iter()
        .filter_map(read)
        .collect();
    let text = written(&findings)?;
    // Before a clock that was set back a look is begun anew.
    let last = looks
        .first_mut()
        .filter(|last| last.looked_at <= now && found_the_same(&last.findings, &findings));
    if let Some(last) = last {
        last.looked_at = now;
        last.findings = findings;
        let look = DoctorLook {
            began_at: last.began_at,
            looked_at: now,
            findings: text,
        };
        cloud.store.renew_doctor_look(tenant.id, &look).await?;
    } else {
        let look = DoctorLook {
            began_at: now,
            looked_at: now,
            findings: text,
        };
        cloud.store.add_doctor_look(tenant.id, &look).await?;
        let look = Look {
            began_at: now,
            looked_at: now,
            findings,
        };
        looks.insert(0, look);
    }
    Ok(Looked(looks))
}

fn written(findings: &[Finding]) -> Result<String, StoreError> {
    let kept: Vec<KeptFinding> = findings.iter().map(KeptFinding::from).collect();
    serde_json::to_string(&kept).map_err(|_| StoreError::Inconsistent {
        table: "doctor_looks",
        column: "findings",
    })
}

/// One that cannot be read any more is none.
fn read(look: &DoctorLook) -> Option<Look> {
    let kept: Vec<KeptFinding> = serde_json::from_str(&look.findings).ok()?;
    Some(Look {
        began_at: look.began_at,
        looked_at: look.looked_at,
        findings: kept
            .into_iter()
            .filter_map(KeptFinding::into_finding)
            .collect(),
    })
}
