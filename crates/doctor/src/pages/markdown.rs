//! Paragraphs and lists of Markdown, broken as the rest of the documentation.

use std::fmt::Write as _;

use super::blocks::Block;
use crate::finding::fill;

/// Lines are broken before this column.
const LINE_MAX: usize = 100;

/// What a line must not begin with, or it would be no paragraph any more.
const MARKS: [char; 5] = ['>', '-', '+', '#', '*'];

/// A paragraph, each line but the first with `indent` before it.
pub(crate) fn paragraph(words: &str, first: &str, indent: &str) -> String {
    let words = placeholders(words);
    let mut text = String::from(first);
    let mut column = first.chars().count();
    for (at, word) in words.split_whitespace().enumerate() {
        let long = word.chars().count();
        let fits = column + 1 + long <= LINE_MAX || word.starts_with(MARKS);
        if at > 0 && fits {
            text.push(' ');
            column += 1;
        } else if at > 0 {
            text.push('\n');
            text.push_str(indent);
            column = indent.chars().count();
        }
        text.push_str(word);
        column += long;
    }
    text.push('\n');
    text
}

/// Blocks, each line with `indent` before it.
pub(crate) fn markdown(blocks: &[Block], indent: &str) -> String {
    let mut text = String::new();
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        match block {
            Block::Say(words) => text.push_str(&paragraph(words, indent, indent)),
            Block::Type(console, lines) => {
                let _ = writeln!(text, "{indent}```{}", console.language());
                for line in lines {
                    let _ = writeln!(text, "{indent}{}", fill(line, &Default::default()));
                }
                let _ = writeln!(text, "{indent}```");
            }
        }
    }
    text
}

/// `{host}` as `<host>` in code, or it would be taken for HTML.
fn placeholders(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '{' => text.push_str("`<"),
            '}' => text.push_str(">`"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::blocks::blocks;

    #[test]
    fn lines_are_broken_where_markdown_allows_it() {
        let long = format!("{} > b {{host}}", "a".repeat(98));
        assert_eq!(
            paragraph(&long, "- ", "  "),
            format!("- {} >\n  b `<host>`\n", "a".repeat(98))
        );
    }

    #[test]
    fn what_is_typed_stays_as_it_is() {
        let of = blocks(&["On {host}:", "$ nc -vz {host} {port}"]);
        let text = "  On `<host>`:\n\n  ```sh\n  nc -vz <host> <port>\n  ```\n";
        assert_eq!(markdown(&of, "  "), text);
    }
}
