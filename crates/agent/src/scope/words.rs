//! What is said to administrators of an organizational unit that is not where it was.

use std::path::Path;

use writeback_model::DomainName;

use super::{ScopeError, place::Place};
use crate::events;

/// Says where a configured unit is.
pub(super) fn say(forest: &DomainName, dn: &str, place: &Place, pins: &Path) {
    match place {
        Place::AsConfigured(found) => {
            tracing::debug!(%forest, unit = dn, guid = %found.anchor.guid(), "found");
        }
        Place::Renamed(found) => {
            tracing::warn!(%forest, event_id = events::SCOPE_CHANGED, unit = dn, now = found.dn,
                "an organizational unit of the configuration was renamed or moved, and is followed; \
                 write \"{}\" in place of \"{dn}\"", toml(&found.dn));
        }
        Place::NameGivenAway(found) => {
            tracing::warn!(%forest, event_id = events::SCOPE_CHANGED, unit = dn, now = found.dn,
                "an organizational unit of the configuration was renamed or moved, and is followed, \
                 although another one has its name now; write \"{}\" in place of \"{dn}\". To mean \
                 the other one, stop the agent, delete {}, and start it", toml(&found.dn),
                pins.display());
        }
        Place::Missing => {
            let error = ScopeError::Missing {
                dn: dn.to_owned(),
                forest: forest.clone(),
            };
            tracing::error!(event_id = events::SCOPE_CHANGED, %error,
                "nothing of the forest is imported or written until this is mended");
        }
    }
}

/// As it is written between quotation marks in the configuration.
fn toml(dn: &str) -> String {
    dn.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_written_can_be_copied() {
        for dn in ["OU=a\\,b,DC=x", "OU=\\\"x\\\",DC=x"] {
            let line = format!("ou = \"{}\"", toml(dn));
            let read: toml::Table = line.parse().unwrap();
            assert_eq!(read["ou"].as_str(), Some(dn));
        }
    }
}
