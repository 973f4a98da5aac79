//! What is set for a tenant.

use writeback_doctor::Finding;
use writeback_policy::access::Scope;

use super::{At, second};
use crate::AdminError;

pub(super) async fn findings(at: &At<'_>) -> Result<Vec<Finding>, AdminError> {
    let (store, tenant) = (at.store, at.tenant);
    let now = at.around.clock.now();
    let policy = store.reset_policy(tenant.id).await?;
    let mut found = vec![
        match tenant.disabled_at {
            None => Finding::fine("tenant-enabled", &tenant.name),
            Some(since) => at
                .named(Finding::fault("tenant-enabled", &tenant.name))
                .seen("since", second(since)),
        },
        at.judge(
            "licences-assigned",
            store.any_licence_assigned(tenant.id, now).await?,
        ),
        at.judge("reset-policy", policy.scope != Scope::Off),
    ];
    found.extend(domains(at).await?);
    found.extend(seats(at).await?);
    found.extend(switches(at).await?);
    Ok(found)
}

async fn domains(at: &At<'_>) -> Result<Vec<Finding>, AdminError> {
    const CHECK: &str = "domains-verified";
    let domains = at.store.domains(at.tenant.id).await?;
    let mut found: Vec<_> = domains
        .iter()
        .filter(|it| it.verified.is_none())
        .map(|it| {
            at.named(Finding::warning(
                CHECK,
                format!("{} {}", at.tenant.name, it.name),
            ))
            .seen("added", second(it.added_at))
            .name("domain", &it.name)
        })
        .collect();
    if found.is_empty() {
        found.push(Finding::fine(CHECK, &at.tenant.name));
    }
    Ok(found)
}

async fn seats(at: &At<'_>) -> Result<Vec<Finding>, AdminError> {
    const CHECK: &str = "licence-seats";
    let skus = at.store.skus(at.tenant.id, at.around.clock.now()).await?;
    let mut found: Vec<_> = skus
        .iter()
        .filter(|it| it.without_seat > 0)
        .map(|it| {
            let part = &it.sku.part_number;
            at.named(Finding::warning(
                CHECK,
                format!("{} {part}", at.tenant.name),
            ))
            .seen("without a seat", it.without_seat)
            .seen("seats taken", it.consumed)
            .name("sku", part)
        })
        .collect();
    if found.is_empty() {
        found.push(Finding::fine(CHECK, &at.tenant.name));
    }
    Ok(found)
}

/// The tenant's switch; where that is on, each forest's.
async fn switches(at: &At<'_>) -> Result<Vec<Finding>, AdminError> {
    const CHECK: &str = "writeback-on";
    let switches = at.store.writeback(at.tenant.id).await?;
    let since = |finding: Finding, switch: writeback_store::Switch| match switch.changed_at {
        Some(at) => finding.seen("since", second(at)),
        None => finding,
    };
    if !switches.tenant.is_on {
        let fault = at.named(Finding::fault(CHECK, &at.tenant.name));
        return Ok(vec![since(fault, switches.tenant)]);
    }
    let off = switches.forests.iter().filter(|(_, it)| !it.is_on);
    let mut found: Vec<_> = off
        .map(|(forest, switch)| {
            let subject = format!("{} {forest}", at.tenant.name);
            let fault = at
                .named(Finding::fault(CHECK, subject))
                .because("Writeback is switched off for {forest}.")
                .name("forest", forest)
                .remedy([
                    "$ writeback admin writeback enable --forest {forest} --tenant \"{tenant}\" \
                     --config \"{config}\"",
                ]);
            since(fault, *switch)
        })
        .collect();
    if found.is_empty() {
        found.push(Finding::fine(CHECK, &at.tenant.name));
    }
    Ok(found)
}
