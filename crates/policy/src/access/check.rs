//! Which policies can be.

use super::{Administrators, Method, ResetPolicy, ResetPolicyError as Error, Settings};

/// The most days after which a person is asked again.
const RECONFIRM_DAYS_MAX: u16 = 730;

/// The most characters of a help desk's address and of a note.
const TEXT_MAX: usize = 300;

impl ResetPolicy {
    /// Whether it can be.
    pub fn check(&self) -> Result<(), Error> {
        let default = "[default]";
        settings(&self.default_entry, default)?;
        for (number, entry) in self.groups.iter().enumerate() {
            let name = Self::name_of_entry(number, &entry.group);
            if entry.group.trim().is_empty() {
                return Err(Error::NoGroup { entry: name });
            }
            settings(&entry.over(&self.default_entry), &name)?;
        }
        administrators(&self.administrators)
    }

    /// What an entry is called in sentences; its number counts from 0, and is shown from 1.
    pub(super) fn name_of_entry(number: usize, group: &str) -> String {
        format!("group entry {} ({})", number + 1, shown(group))
    }
}

/// A name without what would not stand on one line.
fn shown(group: &str) -> String {
    group
        .chars()
        .map(|it| if it.is_control() { '\u{FFFD}' } else { it })
        .take(100)
        .collect()
}

fn settings(settings: &Settings, entry: &str) -> Result<(), Error> {
    let name = || entry.to_owned();
    if !(1..=2).contains(&settings.gates) {
        return Err(Error::Gates {
            entry: name(),
            gates: settings.gates,
        });
    }
    if settings.reconfirm_days > RECONFIRM_DAYS_MAX {
        return Err(Error::ReconfirmDays {
            entry: name(),
            days: settings.reconfirm_days,
        });
    }
    methods(&settings.methods, settings.gates, settings.reset, entry)?;
    if settings
        .help_desk
        .as_deref()
        .is_some_and(|it| !is_address(it))
    {
        return Err(Error::HelpDesk { entry: name() });
    }
    if settings.note.as_deref().is_some_and(|it| !is_sentence(it)) {
        return Err(Error::Note {
            entry: name(),
            max: TEXT_MAX,
        });
    }
    Ok(())
}

fn administrators(administrators: &Administrators) -> Result<(), Error> {
    let Administrators {
        reset,
        methods: named,
    } = administrators;
    if named.iter().any(|method| !method.suits_administrators()) {
        return Err(Error::QuestionsForAdministrators);
    }
    methods(named, Administrators::GATES, *reset, "[administrators]")
}

fn methods(methods: &[Method], gates: u8, reset: bool, entry: &str) -> Result<(), Error> {
    let entry = || entry.to_owned();
    for (number, method) in methods.iter().enumerate() {
        if methods.iter().take(number).any(|before| before == method) {
            return Err(Error::MethodTwice {
                entry: entry(),
                method: *method,
            });
        }
    }
    // What nobody may use may be anything.
    if !reset {
        return Ok(());
    }
    if methods.is_empty() {
        return Err(Error::NoMethod { entry: entry() });
    }
    if methods.len() < usize::from(gates) {
        return Err(Error::TooFewMethods {
            entry: entry(),
            gates,
        });
    }
    let others = methods.iter().filter(|it| **it != Method::Totp).count();
    if methods.contains(&Method::Totp) && others < usize::from(gates) {
        return Err(Error::TotpAlone { entry: entry() });
    }
    Ok(())
}

fn is_address(text: &str) -> bool {
    let is_mail = || {
        text.split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    let is_page = || {
        text.strip_prefix("https://")
            .is_some_and(|it| !it.is_empty())
    };
    text.chars().count() <= TEXT_MAX
        && !text.contains(|it: char| it.is_control() || it.is_whitespace())
        && (is_page() || is_mail())
}

fn is_sentence(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= TEXT_MAX
        && !text.contains(|it: char| it.is_control())
}
