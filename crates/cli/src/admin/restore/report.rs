//! What a restore says.

use std::{fmt::Write as _, path::Path};

use jiff::tz::TimeZone;
use writeback_store_sqlite::{KeptAside, KnownAgent, Lost, Source, Staged};

use crate::admin::text::{Table, at, number, one_line, people, things};

/// What a backup says of itself.
pub(super) fn manifest(source: &Source) -> String {
    let manifest = &source.manifest;
    format!(
        "{}: the database as of {:.0}, {} bytes, tables of version {}, made by Writeback {}, SHA-256 {}.\n",
        source.path().display(),
        manifest.made_at,
        number(manifest.database.bytes),
        manifest.schema,
        one_line(&manifest.program),
        manifest.database.sha256
    )
}

/// What becomes of everything.
pub(super) fn before(source: &Source, staged: &Staged, zone: &TimeZone) -> String {
    let mut text = manifest(source);
    let ended = &staged.ended;
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "\nEnded in it:\n  {} of which it is *not known* what became of them\n  {} and {}\n  {}: \
         make new ones",
        things(ended.requests, "request"),
        things(ended.sessions, "portal session"),
        things(ended.sign_ins, "sign-in"),
        things(ended.enrolments, "enrolment token"),
    );
    match &staged.lost {
        Some(lost) => text.push_str(&lost_text(lost, zone)),
        None => text.push_str(
            "\nThere is no database here that could be compared with it, so that it cannot be told \
             what is lost:\nlook through all agents below, administrators' roles, and passwords of \
             people of the cloud.\n",
        ),
    }
    text.push_str("\nAgents that are let in. Revoke those that should not be:\n\n");
    text.push_str(&agents(&staged.agents, zone));
    text
}

fn lost_text(lost: &Lost, zone: &TimeZone) -> String {
    let mut text = format!(
        "\nLost, as it came after the backup:\n  {}, {}, {}, {} of the audit trail\n",
        things(lost.requests, "request"),
        people(lost.people),
        things(lost.tenants, "tenant"),
        things(lost.records, "record"),
    );
    if lost.roles_back > 0 {
        let _ = writeln!(
            text,
            "  {} that somebody lost since comes back: look through `writeback admin role list`",
            things(lost.roles_back, "administrator's role")
        );
    }
    if lost.passwords_back > 0 {
        let _ = writeln!(
            text,
            "  {} of the cloud get back the password they had before: set new ones",
            people(lost.passwords_back)
        );
    }
    if !lost.revoked.is_empty() {
        text.push_str("\nRevoked since, and let in again. Revoke them once more:\n\n");
        text.push_str(&agents(&lost.revoked, zone));
        for agent in &lost.revoked {
            let _ = writeln!(text, "  writeback admin agent revoke {}", agent.id);
        }
    }
    if !lost.enrolled.is_empty() {
        text.push_str("\nEnrolled since, and not known any more. Enrol them again:\n\n");
        text.push_str(&agents(&lost.enrolled, zone));
    }
    text
}

fn agents(agents: &[KnownAgent], zone: &TimeZone) -> String {
    if agents.is_empty() {
        return "none\n".to_owned();
    }
    let mut table = Table::new(&["agent", "host", "last connected"]);
    for agent in agents {
        table.row([
            agent.id.to_string(),
            agent.host.clone(),
            agent
                .seen_at
                .map_or_else(|| "never".to_owned(), |seen| at(seen, zone)),
        ]);
    }
    format!("{table}\n")
}

/// What was done.
pub(super) fn done(database: &Path, kept: &KeptAside) -> String {
    let mut text = format!("\n{} is the backup now.\n", database.display());
    if let Some(old) = &kept.database {
        let _ = writeln!(text, "What was there is kept as {}.", old.display());
    }
    if let Some(old) = &kept.checkpoints_file {
        let _ = writeln!(
            text,
            "The copies of the audit trail's checkpoints are kept as {}: with them it can still be \
             proved what came after the backup.",
            old.display()
        );
    }
    text.push_str(
        "Next: start `writeback cloud`, look through the list above, and have the directory imported: \
         `writeback admin sync run --profile full-cycle`.\n",
    );
    text
}
