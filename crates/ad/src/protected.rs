//! Accounts that are never written.
//!
//! Windows strips delegated rights from members of protected groups every hour, Samba never
//! does: there a delegated account can reset Administrator. This guard is the only barrier.

use writeback_model::ProtectedBy;

use crate::{account::AccountSnapshot, sid::Sid};

/// Accounts of every domain: Administrator, Guest, krbtgt, and the account Windows itself uses.
const WELL_KNOWN_ACCOUNTS: [u32; 4] = [500, 501, 502, 503];

/// Groups of a domain that make their members powerful, by relative identifier: read-only
/// enterprise controllers, Domain Admins, Domain Controllers, Cert Publishers, Schema Admins,
/// Enterprise Admins, Group Policy Creator Owners, read-only controllers, cloneable
/// controllers, Key Admins, Enterprise Key Admins.
const PROTECTED_GROUPS: [u32; 11] = [498, 512, 516, 517, 518, 519, 520, 521, 522, 526, 527];

/// Builtin groups that do: Administrators, Account, Server, Print and Backup Operators,
/// Replicator, and those who may create forest trusts.
const PROTECTED_BUILTIN: [u32; 7] = [544, 548, 549, 550, 551, 552, 557];

/// Domain Computers: a computer, whatever its class says.
const DOMAIN_COMPUTERS: u32 = 515;

/// Classes whose passwords machines keep.
const NOT_PEOPLE: [&str; 4] = [
    "computer",
    "msDS-ManagedServiceAccount",
    "msDS-GroupManagedServiceAccount",
    "msDS-DelegatedManagedServiceAccount",
];

/// What protects an account, or `None` if it may be written. `agent` is the account that the
/// agent itself signs in with, by its security identifier, user principal name, distinguished
/// name or account name.
pub fn protected(account: &AccountSnapshot, agent: &str) -> Option<ProtectedBy> {
    let class = |wanted: &&str| {
        account
            .object_classes
            .iter()
            .any(|c| c.eq_ignore_ascii_case(wanted))
    };
    let is_user = class(&"user") && account.control.ordinary() && !account.sam.ends_with('$');
    if !is_user || NOT_PEOPLE.iter().any(class) {
        return Some(ProtectedBy::NotAnOrdinaryUser);
    }
    if is_agent(account, agent) {
        return Some(ProtectedBy::AgentAccount);
    }
    if account
        .sid
        .domain_rid()
        .is_none_or(|rid| WELL_KNOWN_ACCOUNTS.contains(&rid))
    {
        return Some(ProtectedBy::WellKnownAccount);
    }
    if account.admin_count {
        return Some(ProtectedBy::AdminCount);
    }
    let primary = account.primary_group;
    if primary == Some(DOMAIN_COMPUTERS) {
        return Some(ProtectedBy::NotAnOrdinaryUser);
    }
    let by_primary = primary.is_some_and(|rid| PROTECTED_GROUPS.contains(&rid));
    (by_primary || account.groups.iter().any(is_protected_group))
        .then_some(ProtectedBy::ProtectedGroup)
}

fn is_protected_group(group: &Sid) -> bool {
    PROTECTED_BUILTIN.iter().any(|rid| group.is_builtin(*rid))
        || group
            .domain_rid()
            .is_some_and(|rid| PROTECTED_GROUPS.contains(&rid))
}

fn is_agent(account: &AccountSnapshot, agent: &str) -> bool {
    let agent = agent.to_lowercase();
    let own = [Some(&account.sam), account.upn.as_ref(), Some(&account.dn)];
    let account_name = agent
        .split_once('\\')
        .map_or(agent.as_str(), |(_, name)| name);
    own.into_iter()
        .flatten()
        .any(|name| name.to_lowercase() == agent)
        || account.sam.to_lowercase() == account_name
        || account.sid.to_string().to_lowercase() == agent
        || implicit_upn(account, &agent)
}

/// `sam@domain` signs in even where another user principal name is set.
fn implicit_upn(account: &AccountSnapshot, agent: &str) -> bool {
    agent
        .split_once('@')
        .is_some_and(|(name, _)| name == account.sam.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::account;

    fn sid(bytes: &[u32]) -> Sid {
        let count = u8::try_from(bytes.len()).unwrap();
        let mut raw = vec![1, count, 0, 0, 0, 0, 0, 5];
        bytes.iter().for_each(|part| raw.extend(part.to_le_bytes()));
        Sid::try_from_bytes(&raw).unwrap()
    }

    #[test]
    fn an_ordinary_user_is_not_protected() {
        assert_eq!(protected(&account(), "svc-writeback@corp.test"), None);
    }

    #[test]
    fn each_protection_is_seen() {
        let agent = "svc-writeback@corp.test";
        let with = |change: &dyn Fn(&mut AccountSnapshot)| {
            let mut account = account();
            change(&mut account);
            protected(&account, agent)
        };
        assert_eq!(
            with(&|a| a.admin_count = true),
            Some(ProtectedBy::AdminCount)
        );
        for rid in PROTECTED_GROUPS {
            let group = sid(&[21, 1, 2, 3, rid]);
            assert_eq!(
                with(&|a| a.groups.push(group.clone())),
                Some(ProtectedBy::ProtectedGroup)
            );
            assert_eq!(
                with(&|a| a.primary_group = Some(rid)),
                Some(ProtectedBy::ProtectedGroup)
            );
        }
        for rid in PROTECTED_BUILTIN {
            let group = sid(&[32, rid]);
            assert_eq!(
                with(&|a| a.groups.push(group.clone())),
                Some(ProtectedBy::ProtectedGroup)
            );
        }
        for rid in WELL_KNOWN_ACCOUNTS {
            let own = sid(&[21, 1, 2, 3, rid]);
            assert_eq!(
                with(&|a| a.sid = own.clone()),
                Some(ProtectedBy::WellKnownAccount)
            );
        }
        let other = Some(ProtectedBy::NotAnOrdinaryUser);
        assert_eq!(with(&|a| a.object_classes.push("Computer".into())), other);
        assert_eq!(with(&|a| a.object_classes.clear()), other);
        assert_eq!(with(&|a| a.sam = "PC1$".into()), other);
        assert_eq!(with(&|a| a.control.0 = 0x1000), other);
        assert_eq!(with(&|a| a.primary_group = Some(515)), other);
    }

    #[test]
    fn the_agent_is_known_under_all_its_names() {
        let mut own = account();
        own.sam = "svc-writeback".into();
        own.upn = Some("robot@corp.example".into());
        for name in [
            "svc-writeback",
            "CORP\\Svc-Writeback",
            "svc-writeback@corp.test",
            "Robot@corp.example",
            &own.dn.to_uppercase(),
            &own.sid.to_string(),
        ] {
            assert_eq!(
                protected(&own, name),
                Some(ProtectedBy::AgentAccount),
                "{name}"
            );
        }
    }
}
