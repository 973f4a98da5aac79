//! The catalogue as a table of the documentation.

use std::fmt::Write as _;

use crate::{catalogue::CATALOGUE, check::Severity};

/// All checks in Markdown, each with an anchor.
pub fn table() -> String {
    let mut text = String::from(
        "| check | what is so when it is green | asked | at worst | needs | rows |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for it in &CATALOGUE {
        let worst = match it.severity {
            Severity::Warning => "warning",
            Severity::Fault => "fault",
        };
        let needs = it.needs.iter().map(|need| format!("[{need}](#{need})"));
        let _ = writeln!(
            text,
            "| <a id=\"{id}\"></a>`{id}` | {} | {} | {worst} | {} | {} |",
            it.title,
            it.of.words(),
            needs.collect::<Vec<_>>().join(", "),
            it.rows.join(", "),
            id = it.id,
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: &str = "<!-- checks -->\n";
    const END: &str = "<!-- end of checks -->";

    /// Regenerates the table, and fails when the checked-in one differs.
    #[test]
    fn the_table_is_the_one_in_the_documentation() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/doctor.md");
        let text = std::fs::read_to_string(path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (inside, after) = rest.split_once(END).unwrap();
        if inside != table() {
            let renewed = format!("{before}{BEGIN}{}{END}{after}", table());
            std::fs::write(path, renewed).unwrap();
            panic!("the catalogue changed: {path} was written anew, look at it and commit it");
        }
    }
}
