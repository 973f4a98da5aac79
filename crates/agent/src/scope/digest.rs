//! A short name for a scope, the same for all agents that have the same.

use std::{collections::BTreeSet, fmt::Write as _};

use aws_lc_rs::digest::{self, SHA256};
use uuid::Uuid;
use writeback_model::DomainName;

/// Bytes of the hash that are kept: enough to tell one forest's few scopes apart.
const BYTES: usize = 8;

/// The digest of these domains and units, each included or excluded.
pub(super) fn digest(domains: &[DomainName], units: &BTreeSet<(bool, Uuid)>) -> String {
    let mut names: Vec<&str> = domains.iter().map(DomainName::as_str).collect();
    names.sort_unstable();
    let mut text = names.join("\n");
    for (is_included, guid) in units {
        let flag = if *is_included { "with" } else { "without" };
        let _ = write!(text, "\n{flag} {guid}");
    }
    let hash = digest::digest(&SHA256, text.as_bytes());
    let mut hex = String::new();
    for byte in hash.as_ref().iter().take(BYTES) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domains(names: &[&str]) -> Vec<DomainName> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    /// The cloud keeps it: another version of the agent must not give another one.
    #[test]
    fn it_stays_the_same() {
        let units = BTreeSet::from([(true, Uuid::from_u128(1)), (false, Uuid::from_u128(2))]);
        let digests = [
            digest(&domains(&["corp.test"]), &BTreeSet::new()),
            digest(&domains(&["b.test", "a.test"]), &units),
            digest(&domains(&["a.test", "b.test"]), &units),
        ];
        assert_eq!(digests[1], digests[2]);
        assert_eq!(digests[..2], ["08c7999663bf5451", "757d28ff5dfe92eb"]);
    }
}
