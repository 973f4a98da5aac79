//! The checked-in pages are those that the catalogue gives, and every language says all of it.

use std::collections::BTreeSet;

use super::{
    Language,
    blocks::{Block, blocks},
    index, pages,
    words::{Locale, Text, text},
};
use crate::{
    catalogue::{CATALOGUE, check},
    check::Check,
    generated::{checked_in, only, path, same, same_between},
};

fn folder(language: Language) -> String {
    format!("troubleshooting/{}", language.tag())
}

#[test]
fn the_pages_are_those_in_the_documentation() {
    let mut written = Vec::new();
    for language in Language::ALL {
        let folder = folder(language);
        let mut names = vec!["README.md".to_owned()];
        for (id, page) in pages(language) {
            same(&format!("{folder}/{id}.md"), &page);
            names.push(format!("{id}.md"));
        }
        let readme = format!("{folder}/README.md");
        same_between(
            &readme,
            "<!-- checks -->\n",
            "<!-- end of checks -->",
            &index(language),
        );
        only(&folder, &names);
        written.push((folder, names));
    }
    for (folder, names) in &written {
        for name in names {
            links_lead_somewhere(folder, name);
        }
    }
}

fn locale(language: Language) -> (String, Locale) {
    let file = format!("crates/doctor/locales/{}.toml", language.tag());
    let text = std::fs::read_to_string(path("..").join(&file)).unwrap();
    match toml::from_str(&text) {
        Ok(locale) => (file, locale),
        Err(error) => panic!("{file}: {error}"),
    }
}

#[test]
fn every_check_has_words_in_every_language_and_nothing_else_has() {
    for language in Language::ALL {
        let (file, locale) = locale(language);
        for of in &CATALOGUE {
            let written = locale
                .check
                .get(of.id)
                .is_some_and(|it| !it.asks.is_empty());
            let whole = written && text(language, of).is_some();
            assert!(
                whole,
                "{file} lacks words of {}; it should say\n\n{}",
                of.id,
                skeleton(language, of)
            );
        }
        for id in locale.check.keys() {
            assert!(
                check(id).is_some(),
                "{file} speaks of {id}, which is no check"
            );
        }
        for of in &CATALOGUE {
            let (command, asked) = (of.component.command(), of.of.words());
            let title = of.component.title();
            assert!(
                locale.page.machine.contains_key(command),
                "{file}: {command}"
            );
            if language != Language::English {
                assert!(locale.page.asked.contains_key(asked), "{file}: {asked}");
                assert!(locale.component.contains_key(title), "{file}: {title}");
            }
        }
    }
}

/// What English says in the catalogue it does not say again, and every language has the same
/// names in braces in the same place.
#[test]
fn every_language_has_the_same_names_in_braces() {
    for of in &CATALOGUE {
        let english = names(&text(Language::English, of).unwrap());
        for language in Language::ALL {
            let (file, locale) = locale(language);
            let said = names(&text(language, of).unwrap());
            assert_eq!(said, english, "{file}: {}", of.id);
            let written = &locale.check[of.id];
            let again = written.title.is_some() || written.cause.is_some();
            assert_eq!(again, language != Language::English, "{file}: {}", of.id);
            let more = locale.check[of.id].also.len();
            assert_eq!(
                more,
                text(Language::English, of).unwrap().also.len(),
                "{file}: {}",
                of.id
            );
        }
    }
}

/// The names in braces of each part.
fn names(of: &Text) -> Vec<BTreeSet<String>> {
    let of_blocks = |blocks: &[Block]| {
        let said = blocks.iter().filter_map(|it| match it {
            Block::Say(words) => Some(braces(words)),
            Block::Type(..) => None,
        });
        said.collect::<Vec<_>>()
    };
    let mut all = vec![braces(&of.title), braces(&of.cause)];
    all.extend(of_blocks(&of.remedy));
    for (cause, remedy) in &of.also {
        all.push(braces(cause));
        all.extend(of_blocks(remedy));
    }
    all
}

fn braces(words: &str) -> BTreeSet<String> {
    let behind = words.split('{').skip(1);
    behind
        .map(|it| it.split('}').next().unwrap_or(it).to_owned())
        .collect()
}

/// What a language should say of a check, with the English where it is to be written.
fn skeleton(language: Language, of: &Check) -> String {
    let asks = "asks = \"how the doctor asks it, in one or two sentences\"\n";
    if language == Language::English {
        return format!("[check.{}]\n{asks}", of.id);
    }
    let quoted = |words: &str| format!("\"{}\"", words.replace('"', "\\\""));
    let mut text = format!("[check.{}]\ntitle = {}\n{asks}", of.id, quoted(of.title));
    text.push_str(&format!("cause = {}\n", quoted(of.cause)));
    text.push_str(&remedy(of.remedy, quoted));
    let english = &Language::English.locale().check;
    for also in english.get(of.id).into_iter().flat_map(|it| &it.also) {
        text.push_str(&format!("[[check.{}.also]]\n", of.id));
        text.push_str(&format!("cause = {}\n", quoted(&also.cause)));
        text.push_str(&remedy(&also.remedy, quoted));
    }
    text
}

/// The paragraphs between the lines to type.
fn remedy<T: AsRef<str>>(lines: &[T], quoted: impl Fn(&str) -> String) -> String {
    let of = blocks(lines);
    let said = of.iter().filter_map(|it| match it {
        Block::Say(words) => Some(format!("    {},\n", quoted(words))),
        Block::Type(..) => None,
    });
    let said: String = said.collect();
    if said.is_empty() {
        said
    } else {
        format!("remedy = [\n{said}]\n")
    }
}

/// Every link of a page leads to a file that exists.
fn links_lead_somewhere(folder: &str, name: &str) {
    let text = checked_in(&format!("{folder}/{name}"));
    for link in text.split("](").skip(1) {
        let (link, _) = link.split_once(')').unwrap();
        let file = link.split('#').next().unwrap_or(link);
        let there = path(folder).join(file).is_file();
        assert!(there, "docs/{folder}/{name} links to {link}");
    }
}
