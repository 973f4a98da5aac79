//! What a remedy is made of: words, and lines to type.

/// One part of a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Say(String),
    /// Lines for one kind of console, without their prompts.
    Type(Console, Vec<String>),
}

impl Block {
    /// The same with other words.
    pub(crate) fn map(&self, words: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Say(text) => Self::Say(words(text)),
            Self::Type(console, lines) => {
                Self::Type(*console, lines.iter().map(|it| words(it)).collect())
            }
        }
    }
}

/// Where lines are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Console {
    /// A shell.
    Shell,
    /// PowerShell or a Windows command prompt.
    Windows,
}

impl Console {
    const ALL: [Self; 2] = [Self::Shell, Self::Windows];

    const fn prompt(self) -> &'static str {
        match self {
            Self::Shell => "$ ",
            Self::Windows => "PS> ",
        }
    }

    /// As a code block of Markdown names it.
    pub const fn language(self) -> &'static str {
        match self {
            Self::Shell => "sh",
            Self::Windows => "powershell",
        }
    }
}

/// Lines of the catalogue as blocks: lines of the same kind that follow each other are one.
pub(crate) fn blocks<T: AsRef<str>>(lines: &[T]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in lines {
        let line = line.as_ref();
        let typed = Console::ALL
            .iter()
            .find_map(|it| Some((*it, line.strip_prefix(it.prompt())?)));
        match (typed, blocks.last_mut()) {
            (Some((console, line)), Some(Block::Type(same, lines))) if *same == console => {
                lines.push(line.to_owned());
            }
            (Some((console, line)), _) => {
                blocks.push(Block::Type(console, vec![line.to_owned()]));
            }
            (None, Some(Block::Say(text))) => {
                text.push(' ');
                text.push_str(line);
            }
            (None, _) => blocks.push(Block::Say(line.to_owned())),
        }
    }
    blocks
}

/// The same blocks with other words; `None` where there are more or fewer of them.
pub(crate) fn said(blocks: Vec<Block>, words: &[String]) -> Option<Vec<Block>> {
    let mut words = words.iter();
    let mut said = Vec::with_capacity(blocks.len());
    for block in blocks {
        said.push(match block {
            Block::Say(_) => Block::Say(words.next()?.clone()),
            typed => typed,
        });
    }
    words.next().is_none().then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined_and_lines_to_type_are_kept_apart() {
        let lines = ["Look,", "then type:", "PS> a", "$ b", "$ c", "Done."];
        let say = |text: &str| Block::Say(text.to_owned());
        let windows = Block::Type(Console::Windows, vec!["a".to_owned()]);
        let shell = Block::Type(Console::Shell, vec!["b".to_owned(), "c".to_owned()]);
        let of = blocks(&lines);
        let like = |first, last| vec![say(first), windows.clone(), shell.clone(), say(last)];
        assert_eq!(of, like("Look, then type:", "Done."));
        let other = ["Ketik:".to_owned(), "Selesai.".to_owned()];
        assert_eq!(said(of.clone(), &other), Some(like("Ketik:", "Selesai.")));
        assert_eq!(said(of.clone(), &other[..1]), None);
        assert_eq!(said(of, &[other.as_slice(), &other].concat()), None);
    }
}
