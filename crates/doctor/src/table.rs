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
            "| <a id=\"{id}\"></a>[{id}](troubleshooting/en/{id}.md) | {} | {} | {worst} | {} | {} |",
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
    use crate::generated::same_between;

    #[test]
    fn the_table_is_the_one_in_the_documentation() {
        let (begin, end) = ("<!-- checks -->\n", "<!-- end of checks -->");
        same_between("doctor.md", begin, end, &table());
    }
}
