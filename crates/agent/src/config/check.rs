//! Whether the fields of a configuration fit together.

use std::collections::BTreeSet;

use super::{AgentConfig, ForestConfig, PasswordSource};
use crate::scope::domain_of;

/// The bytes of a SHA-256 fingerprint, written with or without colons.
pub(crate) fn fingerprint(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|c| *c != ':')
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let bytes: Option<Vec<u8>> = digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(high << 4 | low),
            _ => None,
        })
        .collect();
    bytes?.try_into().ok()
}

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
    if forest.ca_file.is_some() && forest.pinned_sha256.is_some() {
        return Err("ca_file and pinned_sha256 exclude each other; keep one".into());
    }
    if forest
        .pinned_sha256
        .as_deref()
        .is_some_and(|pin| fingerprint(pin).is_none())
    {
        return Err(
            "pinned_sha256 is no SHA-256 fingerprint; write 64 hexadecimal digits, with or without \
             colons"
                .into(),
        );
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
        if domain_of(name, &forest.served_domains()).is_none() {
            return Err(format!(
                "\"{name}\" is in none of the domains that are served; correct it, or add its \
                 domain to domains"
            ));
        }
    }
    Ok(())
}
