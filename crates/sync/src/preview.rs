//! A decision in words, before it is carried out.

use std::fmt::Write;

use crate::{Change, Decision, Object, Problem};

/// What a synchronisation would do about an object, and why: some lines of text.
pub fn preview(object: &Object, decision: &Decision) -> String {
    let mut text = format!("{}\n", object.dn);
    let mut line = |it: std::fmt::Arguments<'_>| {
        // Writing to a String does not fail.
        let _ = text.write_fmt(it);
        text.push('\n');
    };
    line(format_args!(
        "  {} of {}, objectGUID {}",
        object.kind.name(),
        object.domain,
        object.anchor.guid()
    ));
    line(format_args!("  would: {}", change(&decision.change)));
    for reason in &decision.reasons {
        line(format_args!("  - {}", reason.text()));
    }
    for problem in &decision.problems {
        let severity = if problem.is_error() {
            "error"
        } else {
            "warning"
        };
        line(format_args!(
            "  {severity} {}: {}",
            problem.name(),
            Problem::text(problem)
        ));
    }
    text
}

fn change(change: &Change) -> String {
    match change {
        Change::None => "change nothing".to_owned(),
        Change::Add { .. } => "add a person".to_owned(),
        Change::Update { user, .. } => format!("update the person {user}"),
        Change::Leave { user, .. } => format!("leave the person {user}, who stays"),
        Change::Remove { user, .. } => format!("stage the removal of the person {user}"),
    }
}
