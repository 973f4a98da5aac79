//! The events as tables of the documentation.

use std::fmt::Write as _;

use super::{ELSEWHERE, all};

/// All events in Markdown, each with an anchor.
pub fn table() -> String {
    let mut text = String::from(
        "| event | name | at worst | logged by | what it means | what to do | the doctor's checks |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for it in all() {
        let remedy = it.remedy.iter().map(|line| match line.strip_prefix("$ ") {
            Some(command) => format!("`{command}`"),
            None => (*line).to_owned(),
        });
        let checks = it.checks.iter().map(|id| format!("[{id}](doctor.md#{id})"));
        let _ = writeln!(
            text,
            "| <a id=\"{id}\"></a>{id} | `{}` | {} | {} | {} | {} | {} |",
            it.name,
            it.level.word(),
            it.by.words(),
            it.means,
            remedy.collect::<Vec<_>>().join(" "),
            checks.collect::<Vec<_>>().join(", "),
            id = it.id,
        );
    }
    text
}

/// Numbers of the reference product that are not logged here, in Markdown.
pub fn elsewhere_table() -> String {
    let mut text = String::from("| event | why not | look for |\n| --- | --- | --- |\n");
    for it in ELSEWHERE {
        let instead = it.instead.iter().map(|id| format!("[{id}](#{id})"));
        let instead = instead.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "| {} | {} | {instead} |", it.id, it.why);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Regenerates both tables, and fails when the checked-in ones differ.
    #[test]
    fn the_tables_are_those_in_the_documentation() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/events.md");
        let text = std::fs::read_to_string(path).unwrap();
        let renewed = put(&text, "events", &table());
        let renewed = put(&renewed, "elsewhere", &elsewhere_table());
        if renewed != text {
            std::fs::write(path, renewed).unwrap();
            panic!("the events changed: {path} was written anew, look at it and commit it");
        }
    }

    fn put(text: &str, name: &str, table: &str) -> String {
        let begin = format!("<!-- {name} -->\n");
        let end = format!("<!-- end of {name} -->");
        let (before, rest) = text.split_once(&begin).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        format!("{before}{begin}{table}{end}{after}")
    }
}
