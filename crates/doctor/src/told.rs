//! A finding in the words of a language, for pages.

use crate::{
    catalogue::check,
    finding::{Finding, Verdict, fill},
    pages::{Block, Language, blocks, text},
};

/// What is said of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is so when the check is fulfilled, in the language that was asked for.
    pub title: String,
    /// Why, of what is not fulfilled.
    pub cause: Option<String>,
    /// What to do, of what is not fulfilled.
    pub remedy: Vec<Block>,
    /// The language of cause and remedy: English where a finding has words of its own that no
    /// other language has.
    pub language: Language,
}

/// What is said of `finding`; `None` where the language lacks the check.
pub fn told(language: Language, finding: &Finding) -> Option<Told> {
    let of = check(finding.check)?;
    let words = text(language, of)?;
    if matches!(finding.verdict, Verdict::Fine | Verdict::NotReached) {
        return Some(Told {
            title: words.title,
            cause: None,
            remedy: Vec::new(),
            language,
        });
    }
    let filled = |text: &str| fill(text, &finding.names);
    let also = finding.cause.as_ref().and_then(|cause| {
        let english = Language::English.locale().check.get(of.id)?;
        let at = english.also.iter().position(|it| it.cause == *cause)?;
        words.also.get(at).cloned()
    });
    let own = match (&finding.cause, also) {
        // As it usually is.
        (None, _) if finding.remedy.is_none() => Some((words.cause, words.remedy.clone())),
        // One of those that are told apart; some have the check's own remedy.
        (Some(_), Some((cause, remedy))) if remedy.is_empty() => {
            Some((cause, words.remedy.clone()))
        }
        (Some(_), Some(also)) => Some(also),
        _ => None,
    };
    let (cause, remedy, language) = match own {
        Some((cause, remedy)) => (filled(&cause), remedy, language),
        None => (
            finding.cause_text(of),
            blocks(&finding.remedy_lines(of)),
            Language::English,
        ),
    };
    let remedy = remedy.iter().map(|it| it.map(filled)).collect();
    Some(Told {
        title: words.title,
        cause: Some(cause),
        remedy,
        language,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(finding: &Finding) -> Told {
        told(Language::Indonesian, finding).unwrap()
    }

    #[test]
    fn what_is_usual_is_said_in_the_language_with_its_values() {
        let finding = Finding::fault("cloud-reachable", "a:1")
            .name("host", "reset.example.org")
            .name("port", "443");
        let said = of(&finding);
        assert_eq!(said.language, Language::Indonesian);
        assert!(said.cause.unwrap().contains("reset.example.org"));
    }

    #[test]
    fn what_is_told_apart_is_found_again() {
        let finding = Finding::warning("domain-controllers", "corp.test")
            .because("DNS lacks one of the two records under which domain controllers are found.");
        let english = told(Language::English, &finding).unwrap();
        assert!(english.cause.unwrap().starts_with("DNS lacks one"));
    }

    #[test]
    fn words_of_its_own_are_told_as_they_are() {
        let finding = Finding::fault("dc-reachable", "dc1").because("The cable is cut.");
        let said = of(&finding);
        assert_eq!(said.language, Language::English);
        assert_eq!(said.cause.as_deref(), Some("The cable is cut."));
        assert_ne!(said.title, told(Language::English, &finding).unwrap().title);
    }

    #[test]
    fn what_is_fine_has_a_title_alone() {
        let said = of(&Finding::fine("dc-reachable", "dc1"));
        assert_eq!((said.cause, said.remedy), (None, vec![]));
    }
}
