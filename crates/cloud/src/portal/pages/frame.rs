//! What stands around every page.

use writeback_model::{Cause, Operation};

use crate::words::{Language, Words};

/// What every page needs to know.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// The words, in the person's language.
    pub words: &'a Words,
    /// Whose portal it is; empty when that is not known.
    pub tenant_name: &'a str,
    /// Where the style sheet stands.
    pub css_path: &'a str,
    /// Where the icon stands.
    pub icon_path: &'a str,
    /// How to reach the help desk, in the tenant's own words.
    pub help_contact: Option<&'a str>,
}

impl Frame<'_> {
    pub(super) const fn language(&self) -> Language {
        self.words.language()
    }

    pub(super) fn other_languages(&self) -> impl Iterator<Item = Language> + use<> {
        let mine = self.language();
        Language::ALL
            .into_iter()
            .filter(move |language| *language != mine)
    }

    pub(super) fn t(&self, key: &str) -> String {
        self.words.text(key)
    }

    /// The whole way to a new password, with the person at a step of it.
    pub(super) fn way(&self, now: Step) -> Way {
        self.way_of(
            Operation::Reset {
                force_change: false,
            },
            now,
        )
    }

    /// The same, to whatever is asked for.
    pub(super) fn way_of(&self, operation: Operation, now: Step) -> Way {
        let state = |step| match () {
            () if now == Step::Done || step < now => StepState::Past,
            () if step == now => StepState::Now,
            () => StepState::ToCome,
        };
        let steps = Step::ALL
            .into_iter()
            .map(|step| ShownStep {
                name: self.t(step.key(operation)),
                state: state(step),
            })
            .collect();
        let numbers = [
            ("step", now.number().into()),
            ("steps", Step::ALL.len().into()),
        ];
        Way {
            label: self.words.with("steps-label", &numbers),
            steps,
        }
    }

    pub(super) fn help_contact_line(&self, contact: &str) -> String {
        self.words
            .with("page-help-contact", &[("contact", contact.into())])
    }

    /// What the help desk asks for: names in the person's language, with their values.
    pub(super) fn desk(&self, cause: &Cause, reference: Option<&str>) -> Vec<(String, String)> {
        let info = cause.info();
        let mut lines = Vec::new();
        if let Some(code) = info.portal_code {
            lines.push((self.t("desk-code"), code.to_owned()));
        }
        lines.push((self.t("desk-event"), info.event_id.to_string()));
        lines.push((self.t("desk-cause"), info.id.to_owned()));
        lines.extend(reference.map(|it| (self.t("desk-reference"), it.to_owned())));
        lines
    }
}

/// How far a person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Name,
    Code,
    Password,
    Done,
}

impl Step {
    pub(super) const ALL: [Self; 4] = [Self::Name, Self::Code, Self::Password, Self::Done];

    const fn key(self, operation: Operation) -> &'static str {
        match (self, operation) {
            (Self::Name, _) => "steps-name",
            (Self::Code, _) => "steps-code",
            (Self::Password, Operation::Unlock) => "steps-unlock",
            (Self::Password, _) => "steps-password",
            (Self::Done, _) => "steps-done",
        }
    }

    const fn number(self) -> usize {
        match self {
            Self::Name => 1,
            Self::Code => 2,
            Self::Password => 3,
            Self::Done => 4,
        }
    }
}

/// The way through the portal, as a page shows it.
pub(super) struct Way {
    pub(super) label: String,
    pub(super) steps: Vec<ShownStep>,
}

/// A step as it is shown.
pub(super) struct ShownStep {
    pub(super) name: String,
    pub(super) state: StepState,
}

/// How a step stands to where the person is.
pub(super) enum StepState {
    Past,
    Now,
    ToCome,
}

/// Where a page stands on the way; the template around it asks.
pub(super) trait Place {
    /// A path that answers to GET with this page, or with where it leads.
    fn path(&self) -> &'static str;

    /// How far it is on the way, where it is on it.
    fn way(&self) -> Option<Way> {
        None
    }

    /// Whether it shows something to put right, which its title then says first.
    fn has_problem(&self) -> bool {
        false
    }
}
