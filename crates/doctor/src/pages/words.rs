//! What the pages say in each language, by check.
//!
//! English titles, causes and remedies stand in the catalogue; what it has no room for, and all of
//! another language, stands in `locales/`. Lines to type are the catalogue's in every language.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::blocks::{Block, blocks, said};
use crate::check::{Check, Component};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Indonesian.
    Indonesian,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Indonesian];

    /// As the folder of its pages has it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
    }

    pub(crate) fn locale(self) -> &'static Locale {
        static ENGLISH: LazyLock<Locale> =
            LazyLock::new(|| read(include_str!("../../locales/en.toml")));
        static INDONESIAN: LazyLock<Locale> =
            LazyLock::new(|| read(include_str!("../../locales/id.toml")));
        match self {
            Self::English => &ENGLISH,
            Self::Indonesian => &INDONESIAN,
        }
    }
}

/// A test reads them, so that a file that cannot be read never leaves the house.
fn read(file: &str) -> Locale {
    toml::from_str(file).unwrap_or_default()
}

/// All words of a language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Locale {
    /// What stands on every page.
    pub(crate) page: Frame,
    /// Headings of the index, by component.
    pub(crate) component: BTreeMap<String, String>,
    /// What is written of each check.
    pub(crate) check: BTreeMap<String, Written>,
}

/// What stands on every page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Frame {
    pub(crate) language: String,
    pub(crate) asks: String,
    pub(crate) red: String,
    pub(crate) also: String,
    pub(crate) remedy: String,
    pub(crate) by: String,
    pub(crate) of: String,
    pub(crate) worst: String,
    pub(crate) warning: String,
    pub(crate) fault: String,
    pub(crate) needs: String,
    pub(crate) needed_by: String,
    pub(crate) rows: String,
    pub(crate) nothing: String,
    pub(crate) index: String,
    /// Machines, by command.
    pub(crate) machine: BTreeMap<String, String>,
    /// Of what a check is asked, by the English words.
    pub(crate) asked: BTreeMap<String, String>,
}

/// What is written of a check in one language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// What is so when it is green. Not in English: the catalogue has it.
    pub(crate) title: Option<String>,
    /// Why it usually is not so. Not in English: the catalogue has it.
    pub(crate) cause: Option<String>,
    /// The paragraphs of the remedy. Not in English: the catalogue has them.
    #[serde(default)]
    pub(crate) remedy: Vec<String>,
    /// How it is asked.
    pub(crate) asks: String,
    /// Other causes that are told apart.
    #[serde(default)]
    pub(crate) also: Vec<Also>,
}

/// Another cause of a check that is not fulfilled.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Also {
    pub(crate) cause: String,
    /// In English lines as the catalogue has them; otherwise paragraphs. Where there is none,
    /// the check's own holds.
    #[serde(default)]
    pub(crate) remedy: Vec<String>,
}

/// All that is said of a check in one language.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) asks: String,
    pub(crate) cause: String,
    pub(crate) remedy: Vec<Block>,
    pub(crate) also: Vec<(String, Vec<Block>)>,
}

/// What is said of `of`; `None` where something of it is missing.
pub(crate) fn text(language: Language, of: &Check) -> Option<Text> {
    let written = language.locale().check.get(of.id)?;
    let english = Language::English.locale().check.get(of.id)?;
    let others: Vec<_> = english.also.iter().map(|it| blocks(&it.remedy)).collect();
    let (title, cause, remedy, also) = match language {
        Language::English => (
            of.title.to_owned(),
            of.cause.to_owned(),
            blocks(of.remedy),
            others,
        ),
        Language::Indonesian => {
            let own = written.also.iter().map(|it| &it.remedy);
            let also = others.into_iter().zip(own).map(|(it, own)| said(it, own));
            (
                written.title.clone()?,
                written.cause.clone()?,
                said(blocks(of.remedy), &written.remedy)?,
                also.collect::<Option<_>>()?,
            )
        }
    };
    let causes = written.also.iter().map(|it| it.cause.clone());
    Some(Text {
        title,
        asks: written.asks.clone(),
        cause,
        remedy,
        also: causes.zip(also).collect(),
    })
}

/// A part's heading in a language.
pub fn component_title(language: Language, of: Component) -> String {
    let known = language.locale().component.get(of.title());
    known.map_or_else(|| of.title().to_owned(), Clone::clone)
}
