//! The languages there are, and which of them a browser would like.

use unic_langid::{LanguageIdentifier, langid};

static ENGLISH: LanguageIdentifier = langid!("en");
static INDONESIAN: LanguageIdentifier = langid!("id");

/// A language that all words are there in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English; also for everybody whose language is not here.
    #[default]
    English,
    /// Bahasa Indonesia.
    Indonesian,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Indonesian];

    /// The BCP 47 tag, for the `lang` attribute and in links.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
    }

    /// The language's name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Indonesian => "Bahasa Indonesia",
        }
    }

    /// The language of a tag such as `id` or `en-GB`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            // "in" is what Indonesian was called before 1989; Java and old Android still say it.
            "id" | "in" => Some(Self::Indonesian),
            _ => None,
        }
    }

    /// The language a browser likes best among ours (RFC 9110, section 12.5.4).
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = None;
        for range in header.split(',') {
            let mut parts = range.split(';');
            let Some(language) = parts.next().and_then(Self::from_tag) else {
                continue;
            };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
            // The first of equals wins, so a later one must be liked more.
            if weight > best.map_or(0.0_f32, |(_, most)| most) {
                best = Some((language, weight));
            }
        }
        best.map_or_else(Self::default, |(language, _)| language)
    }

    pub(super) fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Self::English => &ENGLISH,
            Self::Indonesian => &INDONESIAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_most_is_taken() {
        for (header, language) in [
            ("id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7", Language::Indonesian),
            ("en-GB,en;q=0.9,id;q=0.8", Language::English),
            ("en;q=0.5, id ; q=0.6", Language::Indonesian),
            ("in", Language::Indonesian),
            ("de-DE,de;q=0.9", Language::English),
            ("de, id;q=0.1", Language::Indonesian),
            ("id;q=0", Language::English),
            ("id;q=none", Language::English),
            ("*", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::from_accept_language(header), language, "{header}");
        }
    }

    #[test]
    fn every_tag_leads_back_to_its_language() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
            assert_eq!(language.identifier().to_string(), language.tag());
        }
        assert_eq!(Language::from_tag("identity"), None);
    }
}
