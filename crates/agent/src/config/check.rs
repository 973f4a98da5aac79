//! Whether the fields of a configuration fit together.

use std::collections::BTreeSet;

use super::{AgentConfig, ForestConfig, PasswordSource};

/// Hexadecimal digits of a SHA-256 fingerprint.
const FINGERPRINT_DIGITS: usize = 64;

/// Says what does not fit and what to write instead.
pub(super) fn check(config: &AgentConfig) -> Result<(), String> {
    if config.forests.is_empty() {
        return Err(
            "no forest is named; add a [[forest]] with name, user and password_file".into(),
        );
    }
    if let Some(proxy) = &config.proxy
        && proxy.user.is_some() != proxy.password_file.is_some()
    {
        return Err("[proxy] has one of user and password_file; write both or none".into());
    }
    let mut names = BTreeSet::new();
    let mut domains = BTreeSet::new();
    for forest in &config.forests {
        if !names.insert(&forest.name) {
            return Err(format!(
                "the forest {} is named twice; keep one",
                forest.name
            ));
        }
        for domain in forest.served_domains() {
            if !domains.insert(domain.clone()) {
                return Err(format!("the domain {domain} is named twice; keep one"));
            }
        }
        check_forest(forest).map_err(|problem| format!("forest {}: {problem}", forest.name))?;
    }
    Ok(())
}

fn check_forest(forest: &ForestConfig) -> Result<(), String> {
    if forest.user.trim().is_empty() {
        return Err("user is empty; write the agent's account as name@domain".into());
    }
    if matches!(&forest.password_file, PasswordSource::Credential(name)
        if name.is_empty() || name.contains('/'))
    {
        return Err("password_file names no credential; write credential:NAME".into());
    }
    if forest.ca_file.is_some() && !forest.pinned_sha256.is_empty() {
        return Err("ca_file and pinned_sha256 exclude each other; keep one".into());
    }
    for pin in &forest.pinned_sha256 {
        let digits = pin.chars().filter(|c| *c != ':');
        if digits.clone().count() != FINGERPRINT_DIGITS
            || !digits.clone().all(|c| c.is_ascii_hexdigit())
        {
            return Err(format!(
                "pinned_sha256 has an entry that is no SHA-256 fingerprint; write {FINGERPRINT_DIGITS} \
                 hexadecimal digits, with or without colons"
            ));
        }
    }
    if forest.only_preferred && forest.preferred_controllers.is_empty() {
        return Err("only_preferred is set, but preferred_controllers names none".into());
    }
    for name in forest.include_ous.iter().chain(&forest.exclude_ous) {
        if !name.contains('=') {
            return Err(format!(
                "\"{name}\" is no distinguished name; write OU=Staff,DC=corp,DC=test"
            ));
        }
    }
    Ok(())
}
