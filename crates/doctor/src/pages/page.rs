//! The page of one check.

use std::fmt::Write as _;

use super::{
    Language,
    markdown::{markdown, paragraph},
    words::{Frame, Text, text},
};
use crate::{
    catalogue::CATALOGUE,
    check::{Check, Component, Of, Severity},
};

/// A check's page in Markdown; `None` where something of its words is missing.
pub(super) fn page(language: Language, of: &Check) -> Option<String> {
    let words = text(language, of)?;
    let frame = &language.locale().page;
    let mut page = format!("# {}\n\n", of.id);
    page.push_str(&paragraph(&format!("{}.", words.title), "", ""));
    page.push('\n');
    page.push_str(&facts(frame, of));
    section(&mut page, &frame.asks, &paragraph(&words.asks, "", ""));
    let _ = writeln!(page, "\n```sh\n{}\n```", command(of));
    section(&mut page, &frame.red, &red(frame, &words));
    section(&mut page, &frame.remedy, &markdown(&words.remedy, ""));
    let _ = writeln!(page, "\n---\n\n{}", footer(language, frame, of));
    Some(page)
}

fn section(page: &mut String, heading: &str, body: &str) {
    let _ = write!(page, "\n## {heading}\n\n{body}");
}

fn facts(frame: &Frame, of: &Check) -> String {
    let known = |map: &std::collections::BTreeMap<String, String>, key: &str| {
        map.get(key).cloned().unwrap_or_else(|| key.to_owned())
    };
    let command = of.component.command();
    let worst = match of.severity {
        Severity::Warning => &frame.warning,
        Severity::Fault => &frame.fault,
    };
    let needed_by = CATALOGUE.iter().filter(|it| it.needs.contains(&of.id));
    let rows = of.rows.iter().map(|it| format!("[{it}](../rows.md#{it})"));
    let facts = [
        (&frame.by, known(&frame.machine, command)),
        (&frame.of, known(&frame.asked, of.of.words())),
        (&frame.worst, worst.clone()),
        (&frame.needs, links(frame, of.needs.iter().copied())),
        (&frame.needed_by, links(frame, needed_by.map(|it| it.id))),
        (&frame.rows, listed(frame, rows.collect())),
    ];
    let mut text = String::from("| | |\n| --- | --- |\n");
    for (name, value) in facts {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    text
}

fn links<'c>(frame: &Frame, ids: impl Iterator<Item = &'c str>) -> String {
    listed(frame, ids.map(|id| format!("[{id}]({id}.md)")).collect())
}

fn listed(frame: &Frame, items: Vec<String>) -> String {
    if items.is_empty() {
        frame.nothing.clone()
    } else {
        items.join(", ")
    }
}

/// What asks this check alone.
fn command(of: &Check) -> String {
    let command = of.component.command();
    let person = match of.of {
        Of::Person | Of::KnownPerson => " --user <name>",
        _ => "",
    };
    format!("{command}{person} --only {}", of.id)
}

fn red(frame: &Frame, words: &Text) -> String {
    let mut text = paragraph(&words.cause, "", "");
    if words.also.is_empty() {
        return text;
    }
    let _ = write!(text, "\n{}\n\n", frame.also);
    for (cause, remedy) in &words.also {
        text.push_str(&paragraph(cause, "- ", "  "));
        if !remedy.is_empty() {
            let _ = write!(text, "\n{}\n", markdown(remedy, "  "));
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn footer(language: Language, frame: &Frame, of: &Check) -> String {
    let mut parts = vec![format!("[{}](README.md)", frame.index)];
    for other in Language::ALL {
        if other != language {
            let name = &other.locale().page.language;
            parts.push(format!("[{name}](../{}/{}.md)", other.tag(), of.id));
        }
    }
    parts.push(format!("`{} --explain {}`", of.component.command(), of.id));
    parts.join(" · ")
}

/// All checks with links to their pages, under the headings of where they look.
pub(super) fn index(language: Language) -> String {
    let locale = language.locale();
    let mut page = String::new();
    let mut under: Option<Component> = None;
    for of in &CATALOGUE {
        if under != Some(of.component) {
            under = Some(of.component);
            let title = of.component.title();
            let heading = locale.component.get(title).map_or(title, String::as_str);
            let _ = write!(page, "\n### {heading}\n\n");
        }
        let title = text(language, of).map(|it| it.title).unwrap_or_default();
        let entry = format!("[{id}]({id}.md): {title}", id = of.id);
        page.push_str(&paragraph(&entry, "- ", "  "));
    }
    page.push('\n');
    page
}
