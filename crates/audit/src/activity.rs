//! What the trail calls what happened: every activity there is.
//!
//! Names that the reference product has too are its names (its service "Self-service Password
//! Management"), so that reports and alerts made for it find the same words. A name is never
//! changed: records that were kept carry it.

/// One activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Its name, as records carry it.
    pub name: &'static str,
    /// A short one for machines: the event class of CEF, the message identifier of syslog.
    pub id: &'static str,
    /// What happened, in a sentence.
    pub means: &'static str,
}

macro_rules! activities {
    ($($constant:ident = $name:literal, $id:literal, $means:literal;)*) => {
        $(
            #[doc = $means]
            pub const $constant: &str = $name;
        )*

        /// All of them, in the order of docs/audit.md.
        pub const ALL: &[Activity] = &[
            $(Activity { name: $name, id: $id, means: $means },)*
        ];
    };
}

activities! {
    FLOW_PROGRESS = "Self-service password reset flow activity progress", "sspr-progress",
        "A step at the portal: the detail says which, the result how it went.";
    RESET_SELF_SERVICE = "Reset password (self-service)", "sspr-reset",
        "A person's wish for a new password ended: with it, or with the cause that prevented it.";
    CHANGE_SELF_SERVICE = "Change password (self-service)", "sspr-change",
        "A person's wish to change their password ended.";
    UNLOCK_SELF_SERVICE = "Unlock user account (self-service)", "sspr-unlock",
        "A person's wish to unlock their account ended.";
    RESET_BY_ADMIN = "Reset password (by admin)", "admin-reset",
        "An administrator's wish for a new password of somebody ended.";
    BLOCKED = "Blocked from self-service password reset", "sspr-blocked",
        "Somebody tried too often and has to wait: the detail names the limit and by what it counts. The result is `success`: they were blocked.";
    ACT_REFUSED = "Administrator refused", "admin-refused",
        "Somebody who is signed in asked for what their roles do not allow: the detail says what, the result why.";
    POLICY_CHANGED = "Self-service password reset policy changes", "sspr-policy",
        "An administrator changed who may reset and how.";
    REQUEST_IN_DOUBT = "Outcome of a request in doubt", "request-in-doubt",
        "An agent was lost while it wrote: the directory is asked what became of it.";
    TENANT_CREATED = "Tenant created", "tenant-created",
        "An operator made a tenant.";
    ENROLMENT_CREATED = "Enrolment token created", "enrolment-created",
        "A token was made by which one agent can enrol.";
    AGENT_ENROLLED = "Agent enrolled", "agent-enrolled",
        "An agent enrolled with a token.";
    AGENT_ENROLMENT_REFUSED = "Agent enrolment refused", "agent-enrol-refused",
        "Somebody tried to enrol with a token that is unknown, used or expired.";
    AGENT_REVOKED = "Agent revoked", "agent-revoked",
        "An operator took an agent's access.";
    AGENT_CONNECTED = "Agent connected", "agent-connected",
        "An agent's link was opened.";
    AGENT_DISCONNECTED = "Agent disconnected", "agent-disconnected",
        "An agent's link ended.";
    AGENT_COPIED = "Agent copied", "agent-copied",
        "A machine called with a copy of an agent's keys, and was sent away: the detail names it.";
    SYNC_REQUESTED = "Synchronization requested", "sync-requested",
        "Somebody asked for runs.";
    SYNC_RULES_SET = "Synchronization rules set", "sync-rules-set",
        "Somebody set the rules of synchronisation.";
    FULL_IMPORT = "Full import", "full-import",
        "A full import ended.";
    DELTA_IMPORT = "Delta import", "delta-import",
        "A delta import ended.";
    FULL_SYNC = "Full synchronization", "full-sync",
        "A full synchronisation ended.";
    DELTA_SYNC = "Delta synchronization", "delta-sync",
        "A delta synchronisation ended.";
    EXPORT = "Export", "export",
        "An export ended.";
    REMOVALS_APPROVED = "Removals approved", "removals-approved",
        "Somebody approved removals that the guard had stopped.";
    USER_REMOVED = "User removed by synchronization", "user-removed",
        "A person left the scope or the directory, and is removed.";
    USER_CREATED = "User created", "user-created",
        "A person of the cloud alone was made.";
    SIGN_IN = "Sign-in", "sign-in",
        "Somebody showed a name and a password: the result is `success`, or why they were not signed in.";
    SIGN_OUT = "Sign-out", "sign-out",
        "Somebody ended their own sign-in.";
    SESSIONS_REVOKED = "Sign-in sessions revoked", "sessions-revoked",
        "Sign-ins were ended by their owner or by an administrator: the detail says which.";
    SECOND_FACTOR = "Second factor", "second-factor",
        "Somebody who was signed in tried a code, or asked for one that could not be sent: the result is `success`, or why not.";
    USER_UPDATED = "Update user", "user-updated",
        "A person of the cloud alone was changed, enabled or disabled.";
    USER_DELETED = "Delete user", "user-deleted",
        "A person of the cloud alone was deleted.";
    TENANT_RENAMED = "Tenant renamed", "tenant-renamed",
        "An operator gave a tenant another name.";
    TENANT_ENABLED = "Tenant enabled", "tenant-enabled",
        "An operator let a tenant work again.";
    TENANT_DISABLED = "Tenant disabled", "tenant-disabled",
        "An operator stopped a tenant.";
    DOMAIN_ADDED = "Unverified domain added", "domain-added",
        "A domain was claimed for a tenant.";
    DOMAIN_VERIFIED = "Domain verified", "domain-verified",
        "A domain was proved to be the tenant's.";
    DOMAIN_REMOVED = "Domain removed", "domain-removed",
        "A domain is the tenant's no longer.";
    WRITEBACK_ENABLED = "Writeback enabled", "writeback-enabled",
        "Writeback was switched on, for the tenant or one forest.";
    WRITEBACK_DISABLED = "Writeback disabled", "writeback-disabled",
        "Writeback was switched off, for the tenant or one forest.";
    SEALING_KEY_ROLLED = "Sealing key rolled", "sealing-key-rolled",
        "An agent has a new key that passwords are sealed to.";
    BANNED_SET = "Banned passwords set", "banned-set",
        "An operator set the tenant's own terms, or what becomes of banned passwords.";
    LIMITS_SET = "Limits set", "limits-set",
        "An operator set how often what may happen in the tenant.";
    GROUP_ADDED = "Add group", "group-added",
        "A group of the cloud was made.";
    GROUP_DELETED = "Delete group", "group-deleted",
        "A group of the cloud was deleted.";
    GROUP_MEMBER_ADDED = "Add member to group", "group-member-added",
        "Somebody became a member of a group of the cloud.";
    GROUP_MEMBER_REMOVED = "Remove member from group", "group-member-removed",
        "Somebody is no longer a member of a group of the cloud.";
    ROLE_MEMBER_ADDED = "Add member to role", "role-member-added",
        "Somebody got an administrator's role.";
    ROLE_MEMBER_REMOVED = "Remove member from role", "role-member-removed",
        "Somebody lost an administrator's role.";
    TEST_ACCOUNT_DESIGNATED = "Test account designated", "test-account-designated",
        "An operator gave an account that tests of writeback may reset.";
    TEST_ACCOUNT_RELEASED = "Test account released", "test-account-released",
        "An account is no longer one that tests of writeback may reset.";
    ROUND_TRIP_BEGUN = "Writeback tested", "writeback-tested",
        "A doctor on an agent's machine had a test account's password reset: the record of the reset has the same correlation.";
    SUBSCRIPTION_ADDED = "Add subscription", "subscription-added",
        "A product with its seats was added.";
    SUBSCRIPTION_UPDATED = "Update subscription", "subscription-updated",
        "The seats or the state of a product changed.";
    LICENCE_CHANGED = "Change user license", "licence-changed",
        "Somebody's or a group's licences changed.";
    SEATS_SETTLED = "Seats of licences settled", "seats-settled",
        "Seats were given or taken, as people or seats changed.";
    TRAIL_CHAINED = "Audit trail chained", "audit-chained",
        "The chain begins: the detail has the number and the hash of what was kept before.";
    TRAIL_PRUNED = "Audit trail pruned", "audit-pruned",
        "Old records were removed: the detail says up to which.";
    TRAIL_EXPORTED = "Audit trail exported", "audit-exported",
        "Somebody exported records of the trail.";
    TRAIL_KEY_MADE = "Audit key made", "audit-key-made",
        "There was no key to sign the trail with, and one was made: the detail has its public part, and the one that had signed before.";
    BACKUP_MADE = "Backup made", "backup-made",
        "An operator made a copy of the database: the detail has its name and its hash.";
    BACKUP_RESTORED = "Backup restored", "backup-restored",
        "An operator put a copy of the database in its place: what came after it is not here.";
}

/// The activity of that name.
pub fn by_name(name: &str) -> Option<&'static Activity> {
    ALL.iter().find(|activity| activity.name == name)
}

/// The activity of that name, in whatever case, or of that short one: as people give it.
pub fn find(name: &str) -> Option<&'static Activity> {
    let is_it = |it: &&Activity| it.id == name || it.name.eq_ignore_ascii_case(name);
    ALL.iter().find(is_it)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_has_its_own_name_and_a_short_one_that_fits_everywhere() {
        let names: BTreeSet<_> = ALL.iter().map(|it| it.name).collect();
        let ids: BTreeSet<_> = ALL.iter().map(|it| it.id).collect();
        assert_eq!((names.len(), ids.len()), (ALL.len(), ALL.len()));
        for activity in ALL {
            // RFC 5424: a MSGID has at most 32 printable characters.
            assert!(activity.id.len() <= 32, "{}", activity.id);
            assert!(
                activity
                    .id
                    .bytes()
                    .all(|it| it.is_ascii_lowercase() || it == b'-')
            );
            assert!(activity.means.ends_with('.'), "{}", activity.name);
        }
    }

    #[test]
    fn the_documentation_has_them_all() {
        let docs = include_str!("../../../docs/audit.md");
        for activity in ALL {
            let row = format!(
                "| {} | `{}` | {} |",
                activity.name, activity.id, activity.means
            );
            assert!(docs.contains(&row), "docs/audit.md lacks: {row}");
        }
    }

    /// Activities that the sources of the cloud write out as text.
    fn written(source: &str) -> Vec<&str> {
        let marks = ["activity: \"", ".record("];
        let mut found = Vec::new();
        for mark in marks {
            for rest in source.split(mark).skip(1) {
                let text = match mark {
                    ".record(" => rest.split_once('"').filter(|(before, _)| {
                        before.len() < 80 && !before.contains([';', '{', '!'])
                    }),
                    _ => Some(("", rest)),
                };
                let name = text.and_then(|(_, rest)| rest.split('"').next());
                let is_name = |it: &&str| it.starts_with(|letter: char| letter.is_uppercase());
                found.extend(name.filter(is_name));
            }
        }
        found
    }

    fn sources(folder: &std::path::Path, all: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.file_stem().is_some_and(|it| it == "tests");
            match path.is_dir() {
                true => sources(&path, all),
                false if is_test => {}
                false => all.push(path),
            }
        }
    }

    /// All that can write a record.
    fn writers() -> Vec<std::path::PathBuf> {
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut all = Vec::new();
        for name in ["cloud", "relay", "store-sqlite", "cli"] {
            sources(&crates.join(name).join("src"), &mut all);
        }
        assert!(all.len() > 100, "the sources were found");
        all
    }

    #[test]
    fn each_is_written_by_somebody() {
        let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap();
        let all: Vec<String> = writers().iter().map(read).collect();
        let words: BTreeSet<&str> = all
            .iter()
            .flat_map(|text| text.split(|it: char| !it.is_alphanumeric() && it != '_'))
            .collect();
        for activity in ALL {
            // The row of the table above begins with the constant.
            let name = format!("= \"{}\", \"{}\",", activity.name, activity.id);
            let mut rows = include_str!("activity.rs").lines();
            let constant = rows.find_map(|row| row.split_once(&name)).unwrap().0.trim();
            let text = format!("\"{}\"", activity.name);
            let is_written = words.contains(constant) || all.iter().any(|it| it.contains(&text));
            assert!(is_written, "nobody writes {constant}");
        }
    }

    #[test]
    fn nothing_is_called_what_is_not_listed() {
        for path in writers() {
            let source = std::fs::read_to_string(&path).unwrap();
            for name in written(&source) {
                let known = by_name(name).is_some();
                assert!(known, "{}: {name:?} is not in this table", path.display());
            }
        }
        let looks = "x.record(a, \"One\", b) activity: \"Two\", tracing.record(\"three\")";
        assert_eq!(written(looks), ["Two", "One"]);
    }
}
