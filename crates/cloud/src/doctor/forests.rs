//! A tenant's forests: whether their people are known well enough.

use writeback_doctor::Finding;
use writeback_sync::NotReady;

use super::{At, second};
use crate::{AdminError, ForestState};

/// Without a connected agent nothing can be imported, and that is told already.
pub(super) async fn findings(at: &At<'_>, connected: bool) -> Result<Vec<Finding>, AdminError> {
    let states = at.admin.forest_states(None).await?;
    let mut found = Vec::new();
    if connected || !states.is_empty() {
        found.push(at.judge("forest-reported", !states.is_empty()));
    }
    for state in &states {
        found.extend(forest(at, state, connected));
    }
    Ok(found)
}

fn forest(at: &At<'_>, state: &ForestState, connected: bool) -> Vec<Finding> {
    let forest = &state.forest;
    let subject = format!("{} {}", at.tenant.name, forest.name);
    let named = |finding: Finding| at.named(finding).name("forest", &forest.name);
    let mut found = Vec::new();
    let old: Vec<_> = state
        .readiness
        .not_ready
        .iter()
        .filter_map(|why| match why {
            NotReady::NeverImported => Some("no full import was ever complete"),
            NotReady::NeverSynchronised => Some("no full synchronisation was ever complete"),
            NotReady::ImportTooOld => Some("the last import is more than seven days old"),
            NotReady::NoAgent | NotReady::NoAgentReady => None,
        })
        .collect();
    if !old.is_empty() && !connected {
        return found;
    }
    let times = |mut finding: Finding| {
        for (name, time) in [
            ("full import", forest.full_import_at),
            ("full synchronisation", forest.full_sync_at),
            ("delta import", forest.delta_import_at),
        ] {
            let words = time.map_or_else(|| "never".to_owned(), second);
            finding = finding.seen(name, words);
        }
        finding
    };
    if !old.is_empty() {
        let fault = named(Finding::fault("forest-synchronised", &subject));
        found.push(times(fault.seen("because", old.join("; "))));
        return found;
    }
    found.push(times(Finding::fine("forest-synchronised", &subject)));
    found.push(match forest.guard_stopped_at {
        None => Finding::fine("deletion-guard", &subject),
        Some(since) => named(Finding::warning("deletion-guard", &subject))
            .seen("since", second(since))
            .seen("would be removed", state.removals.staged),
    });
    found.push(match state.objects.with_problems {
        0 => Finding::fine("directory-objects", &subject),
        number => named(Finding::warning("directory-objects", &subject))
            .seen("objects with problems", number),
    });
    found
}
