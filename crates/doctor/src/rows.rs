//! What others list as reasons for which writeback does not work, and what answers each here.

use std::{collections::BTreeMap, fmt::Write as _, sync::LazyLock};

use serde::Deserialize;

use crate::catalogue::CATALOGUE;

/// One row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// The reason, in our words.
    says: String,
    /// What it is here; why it cannot occur, where no check answers it.
    here: Option<String>,
}

/// Rows by letter and number, so that A2 comes before A10.
type Rows = BTreeMap<(char, u8), Row>;

fn known() -> &'static Rows {
    static ROWS: LazyLock<Rows> =
        LazyLock::new(|| read(include_str!("../locales/rows.toml")).unwrap_or_default());
    &ROWS
}

/// `None` where the file is none or an identifier has another form.
fn read(file: &str) -> Option<Rows> {
    let rows: BTreeMap<String, Row> = toml::from_str(file).ok()?;
    let numbered = rows.into_iter().map(|(id, row)| Some((place(&id)?, row)));
    numbered.collect()
}

/// `W07` as `('W', 7)`.
fn place(id: &str) -> Option<(char, u8)> {
    let letter = id.chars().next()?;
    let number = id.get(letter.len_utf8()..)?.parse().ok()?;
    Some((letter, number))
}

/// As checks name it: `A7`, `W07`.
fn name((letter, number): (char, u8)) -> String {
    match letter {
        'A' => format!("A{number}"),
        letter => format!("{letter}{number:02}"),
    }
}

/// The checks that answer a row.
fn answering(row: &str) -> Vec<&'static str> {
    let checks = CATALOGUE.iter().filter(|it| it.rows.contains(&row));
    checks.map(|it| it.id).collect()
}

/// All rows of one letter in Markdown, each with an anchor and the checks that answer it.
pub fn rows(letter: char) -> String {
    let mut text =
        String::from("| row | what is said there | checks | here |\n| --- | --- | --- | --- |\n");
    for (place, row) in known().iter().filter(|(place, _)| place.0 == letter) {
        let id = name(*place);
        let checks = answering(&id);
        let links = checks.iter().map(|it| format!("[{it}](en/{it}.md)"));
        let _ = writeln!(
            text,
            "| <a id=\"{id}\"></a>{id} | {} | {} | {} |",
            row.says,
            links.collect::<Vec<_>>().join(", "),
            row.here.as_deref().unwrap_or_default(),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::same_between;

    #[test]
    fn every_row_stands_there_once() {
        let all: Vec<_> = read(include_str!("../locales/rows.toml"))
            .unwrap()
            .into_keys()
            .collect();
        let of = |letter, last| (1..=last).map(move |number| (letter, number));
        let wanted = of('A', 16).chain(of('S', 22)).chain(of('W', 43));
        assert_eq!(all, wanted.collect::<Vec<_>>());
    }

    #[test]
    fn every_row_is_answered_or_says_why_not() {
        for (place, row) in known() {
            let id = name(*place);
            let answered = !answering(&id).is_empty();
            assert!(
                answered || row.here.is_some(),
                "no check names {id}: name it under `rows` of one in src/catalogue, or say in \
                 locales/rows.toml why it cannot occur here"
            );
        }
    }

    #[test]
    fn checks_name_rows_that_exist_and_each_once() {
        for of in &CATALOGUE {
            for (at, row) in of.rows.iter().enumerate() {
                let known =
                    place(row).is_some_and(|it| known().contains_key(&it) && name(it) == *row);
                assert!(known, "{} names {row}", of.id);
                assert!(!of.rows[..at].contains(row), "{} names {row} twice", of.id);
            }
        }
    }

    #[test]
    fn the_tables_are_those_in_the_documentation() {
        for letter in ['A', 'W', 'S'] {
            let begin = format!("<!-- rows {letter} -->\n");
            let end = format!("<!-- end of rows {letter} -->");
            same_between("troubleshooting/rows.md", &begin, &end, &rows(letter));
        }
    }
}
