//! Every word a person reads, in every language, by key.
//!
//! The words stand in `locales/<language>/*.ftl`. A key that has no words, or words that want a
//! variable which was not given, show as `⟦key⟧`; tests render everything and look for that.

mod cause;
mod language;
mod time;

use std::collections::HashMap;

use fluent_templates::{fluent_bundle::FluentValue, static_loader};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use writeback_model::{Cause, Remark};

pub use cause::CauseText;
pub use language::Language;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Isolating marks would be characters to copy in plain-text mails. Where what people
        // typed stands in a page, <bdi> does the same.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A value that stands in the middle of words.
pub type Argument<'a> = (&'static str, FluentValue<'a>);

/// The words of one language.
#[derive(Clone, Debug)]
pub struct Words {
    language: Language,
    time_zone: TimeZone,
}

impl Words {
    /// The words of a language; times are told in UTC.
    pub const fn new(language: Language) -> Self {
        Self {
            language,
            time_zone: TimeZone::UTC,
        }
    }

    /// The same words, with times told in that time zone.
    #[must_use]
    pub fn in_time_zone(self, time_zone: TimeZone) -> Self {
        Self { time_zone, ..self }
    }

    /// Whose words they are.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The words under a key.
    pub fn text(&self, key: &str) -> String {
        self.find(key, None)
    }

    /// The words under a key, with values in them.
    pub fn with(&self, key: &str, arguments: &[Argument<'_>]) -> String {
        let arguments: HashMap<&str, FluentValue<'_>> = arguments.iter().cloned().collect();
        self.find(key, Some(&arguments))
    }

    /// Why nothing was changed, and what the person can do now.
    pub fn cause(&self, cause: &Cause) -> CauseText {
        cause::text(self, cause)
    }

    /// What an administrator can do about a cause.
    pub fn remedy(&self, cause: &Cause) -> String {
        cause::remedy(self, cause)
    }

    /// What is true of a success besides.
    pub fn remark(&self, remark: Remark) -> String {
        self.text(match remark {
            Remark::Unlocked => "remark-unlocked",
            Remark::StillLocked => "remark-still-locked",
            Remark::HistoryNotEnforced => "remark-history-not-enforced",
            Remark::MustChangeAtSignIn => "remark-must-change-at-sign-in",
            Remark::LearntFromReceipt => "remark-learnt-from-receipt",
            Remark::ForceChangeNotSet => "remark-force-change-not-set",
        })
    }

    /// A moment: "23 November 2026, 14:05 (WIB)".
    pub fn moment(&self, at: Timestamp) -> String {
        self.zoned_moment(&at.to_zoned(self.time_zone.clone()))
    }

    /// A moment in the time zone that it carries.
    pub fn zoned_moment(&self, at: &Zoned) -> String {
        time::moment(self, at)
    }

    /// How long something takes from now: "in 12 minutes", in hours from two hours on.
    pub fn wait(&self, minutes: u32) -> String {
        time::wait(self, minutes)
    }

    fn find(&self, key: &str, arguments: Option<&HashMap<&str, FluentValue<'_>>>) -> String {
        LOCALES
            .lookup_single_language(self.language.identifier(), key, arguments)
            .unwrap_or_else(|_| format!("⟦{key}⟧"))
    }
}

#[cfg(test)]
mod tests;
