//! `writeback doctor --event`: what a number in the log means.

use std::{fmt::Write as _, process::ExitCode};

use writeback_model::event::{self, Event};

use super::say;
use crate::EXIT_USAGE;

/// How many neighbours of an unknown number are shown.
const NEIGHBOURS: usize = 3;

/// Lines of words are broken before this column.
const LINE_MAX: usize = 96;

/// Where the list is.
const LIST: &str = "docs/events.md";

/// Explains one; needs no configuration and asks nobody.
pub(super) fn run(id: u32) -> anyhow::Result<ExitCode> {
    if let Some(known) = event::event(id) {
        say(&explained(known))?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(other) = event::elsewhere(id) {
        say(&not_here(other))?;
        return Ok(ExitCode::SUCCESS);
    }
    eprint!("{}", unknown(id));
    Ok(ExitCode::from(EXIT_USAGE))
}

fn explained(it: &Event) -> String {
    let mut text = format!(
        "{} {}  ({} at worst, logged by {})\n\n",
        it.id,
        it.name,
        it.level.word(),
        it.by.words()
    );
    paragraph(&mut text, it.means);
    text.push_str("\nWhat to do\n");
    for line in it.remedy {
        if line.starts_with("$ ") {
            let _ = writeln!(text, "  {line}");
        } else {
            paragraph(&mut text, line);
        }
    }
    let checks = it
        .checks
        .iter()
        .filter_map(|id| writeback_doctor::check(id));
    for (at, check) in checks.enumerate() {
        if at == 0 {
            text.push_str("\nWhat the doctor looks at\n");
        }
        let _ = writeln!(text, "  {:<24}{}", check.id, check.title);
    }
    let _ = writeln!(text, "\nDocumentation\n  {}", it.docs());
    text
}

fn not_here(it: &event::Elsewhere) -> String {
    let mut text = format!(
        "{} is a number of the reference product and is not logged here.\n\n",
        it.id
    );
    paragraph(&mut text, it.why);
    text.push_str("\nLook for\n");
    listed(
        &mut text,
        it.instead.iter().filter_map(|id| event::event(*id)),
    );
    let _ = writeln!(text, "\nAll events\n  {LIST}");
    text
}

fn unknown(id: u32) -> String {
    let mut text = format!("writeback: there is no event {id}\nNearest are\n");
    listed(&mut text, event::nearest(id, NEIGHBOURS));
    let _ = writeln!(text, "All events\n  {LIST}");
    text
}

fn listed(text: &mut String, events: impl IntoIterator<Item = &'static Event>) {
    for it in events {
        let _ = writeln!(text, "  {:<7}{}", it.id, it.name);
    }
}

/// Words, indented by two and broken between them.
fn paragraph(text: &mut String, words: &str) {
    let mut line = String::from(" ");
    for word in words.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > LINE_MAX {
            let _ = writeln!(text, "{line}");
            line = String::from(" ");
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_names_checks_that_exist() {
        for it in event::all() {
            for id in it.checks {
                assert!(writeback_doctor::check(id).is_some(), "{}: {id}", it.id);
            }
        }
    }

    #[test]
    fn every_event_is_explained_on_lines_that_fit() {
        for it in event::all() {
            let text = explained(it);
            let typed = |line: &&str| !line.trim_start().starts_with("$ ");
            for line in text.lines().filter(typed) {
                assert!(line.chars().count() <= 120, "{}: {line}", it.id);
            }
        }
    }
}
