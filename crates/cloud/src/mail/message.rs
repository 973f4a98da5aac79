//! The mails, as they are written: plain data in, text and HTML out.

use askama::Template;
use jiff::Zoned;
use writeback_model::{Cause, Operation, Outcome, Remark};
use writeback_store::TokenHash;

use crate::words::{Language, Words};

/// A mail, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailText {
    /// Its subject. Holds no code: subjects show on locked screens.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML, without anything that is loaded from elsewhere.
    pub html: String,
    /// What it is known by, where it may come twice.
    pub id: Option<String>,
}

impl MailText {
    /// The same mail, known by this: whoever gets it twice has a program that sees so.
    pub fn known_as(&self, letter: &TokenHash) -> Self {
        let half = letter.bytes().iter().take(16);
        Self {
            id: Some(half.map(|byte| format!("{byte:02x}")).collect()),
            ..self.clone()
        }
    }
}

/// The mail that carries a code.
pub fn code_mail(
    language: Language,
    tenant_name: &str,
    typed_name: &str,
    code: &str,
    minutes: i64,
) -> MailText {
    let words = Words::new(language);
    let name = one_line(typed_name);
    let tenant = one_line(tenant_name);
    let intro = [("name", name.into()), ("tenant", tenant.into())];
    Letter::new(&words, tenant_name, "mail-code-subject")
        .paragraph(words.with("mail-code-intro", &intro))
        .code(code)
        .paragraph(words.with("mail-code-valid", &[("minutes", minutes.into())]))
        .paragraph(words.text("mail-code-secret"))
        .paragraph(words.text("mail-code-not-you"))
        .write()
}

/// The mail that carries the code of a second factor.
pub fn sign_in_code_mail(
    language: Language,
    tenant_name: &str,
    user_name: &str,
    code: &str,
    minutes: i64,
) -> MailText {
    let words = Words::new(language);
    let name = one_line(user_name);
    let tenant = one_line(tenant_name);
    let intro = [("name", name.into()), ("tenant", tenant.into())];
    Letter::new(&words, tenant_name, "mail-sign-in-code-subject")
        .paragraph(words.with("mail-sign-in-code-intro", &intro))
        .code(code)
        .paragraph(words.with("mail-sign-in-code-valid", &[("minutes", minutes.into())]))
        .paragraph(words.text("mail-sign-in-code-secret"))
        .paragraph(words.text("mail-sign-in-code-not-you"))
        .write()
}

/// The mail after a password was changed, to every address of the person.
pub fn changed_mail(language: Language, tenant_name: &str, at: &Zoned) -> MailText {
    let words = Words::new(language);
    let facts = [
        ("tenant", one_line(tenant_name).into()),
        ("time", words.zoned_moment(at).into()),
    ];
    Letter::new(&words, tenant_name, "mail-changed-subject")
        .paragraph(words.with("mail-changed-intro", &facts))
        .paragraph(words.text("mail-changed-you"))
        .paragraph(words.text("mail-changed-not-you"))
        .write()
}

/// The mail after an account was unlocked and its password kept, to every address of the person.
pub fn unlocked_mail(
    language: Language,
    tenant_name: &str,
    remarks: &[Remark],
    at: &Zoned,
) -> MailText {
    let words = Words::new(language);
    let facts = [
        ("tenant", one_line(tenant_name).into()),
        ("time", words.zoned_moment(at).into()),
    ];
    let (subject, intro) = if remarks.contains(&Remark::Unlocked) {
        ("mail-unlocked-subject", "mail-unlocked-intro")
    } else {
        ("mail-not-locked-subject", "mail-not-locked-intro")
    };
    Letter::new(&words, tenant_name, subject)
        .paragraph(words.with(intro, &facts))
        .paragraph(words.text("mail-unlocked-you"))
        .paragraph(words.text("mail-unlocked-not-you"))
        .write()
}

/// The mail to other administrators after the password of one was changed.
pub fn administrator_changed_mail(
    language: Language,
    tenant_name: &str,
    user_name: &str,
    at: &Zoned,
) -> MailText {
    let words = Words::new(language);
    let facts = [
        ("name", one_line(user_name).into()),
        ("tenant", one_line(tenant_name).into()),
        ("time", words.zoned_moment(at).into()),
    ];
    Letter::new(&words, tenant_name, "mail-administrator-changed-subject")
        .paragraph(words.with("mail-administrator-changed-intro", &facts))
        .paragraph(words.text("mail-administrator-changed-not-them"))
        .write()
}

/// The mail after the outcome of a request that was in doubt became known.
pub fn outcome_mail(
    language: Language,
    tenant_name: &str,
    operation: Operation,
    outcome: &Outcome,
    at: &Zoned,
) -> MailText {
    let words = Words::new(language).in_time_zone(at.time_zone().clone());
    let facts = [
        ("tenant", one_line(tenant_name).into()),
        ("time", words.zoned_moment(at).into()),
    ];
    let keys = OutcomeKeys::of(operation);
    let known = words.with(keys.known, &facts);
    match outcome {
        Outcome::Changed { remarks } => {
            let mut letter = Letter::new(&words, tenant_name, keys.changed_subject)
                .paragraph(known)
                .paragraph(words.text(keys.changed));
            for remark in remarks {
                letter = letter.paragraph(words.remark(*remark));
            }
            letter
                .paragraph(words.text(keys.you))
                .paragraph(words.text(keys.not_you))
                .write()
        }
        Outcome::NotChanged { cause } => {
            let text = words.cause(cause);
            Letter::new(&words, tenant_name, keys.not_changed_subject)
                .paragraph(known)
                .paragraph(words.text(keys.not_changed))
                .paragraph(text.what)
                .paragraph(text.next)
                .paragraph(words.with("mail-outcome-desk", &[("codes", codes(cause).into())]))
                .write()
        }
    }
}

/// The words of an outcome, by what was asked for.
struct OutcomeKeys {
    known: &'static str,
    changed_subject: &'static str,
    changed: &'static str,
    you: &'static str,
    not_you: &'static str,
    not_changed_subject: &'static str,
    not_changed: &'static str,
}

impl OutcomeKeys {
    const fn of(operation: Operation) -> Self {
        match operation {
            Operation::Reset { .. } | Operation::Change => Self {
                known: "mail-outcome-known",
                changed_subject: "mail-changed-subject",
                changed: "mail-outcome-changed",
                you: "mail-changed-you",
                not_you: "mail-changed-not-you",
                not_changed_subject: "mail-outcome-not-changed-subject",
                not_changed: "mail-outcome-not-changed",
            },
            Operation::Unlock => Self {
                known: "mail-outcome-unlock-known",
                changed_subject: "mail-outcome-unlock-subject",
                changed: "mail-outcome-unlock-done",
                you: "mail-unlocked-you",
                not_you: "mail-unlocked-not-you",
                not_changed_subject: "mail-outcome-not-unlocked-subject",
                not_changed: "mail-outcome-not-unlocked",
            },
        }
    }
}

/// What the help desk asks for: "SSPR_0030, 31016, no-agent".
fn codes(cause: &Cause) -> String {
    let info = cause.info();
    let mut codes: Vec<String> = info
        .portal_code
        .iter()
        .map(|&code| code.to_owned())
        .collect();
    codes.push(info.event_id.to_string());
    codes.push(info.id.to_owned());
    codes.join(", ")
}

/// What people typed, on one line: a line of its own in a plain-text mail would look like ours.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A mail while it is put together.
#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Letter {
    language: Language,
    sender: String,
    subject: String,
    parts: Vec<Part>,
    help: String,
}

enum Part {
    Paragraph(String),
    Code(String),
}

impl Letter {
    fn new(words: &Words, tenant_name: &str, subject: &str) -> Self {
        let tenant = [("tenant", one_line(tenant_name).into())];
        Self {
            language: words.language(),
            sender: words.with("mail-sender", &tenant),
            subject: words.text(subject),
            parts: Vec::new(),
            help: words.text("mail-help-line"),
        }
    }

    fn paragraph(mut self, text: String) -> Self {
        self.parts.push(Part::Paragraph(text));
        self
    }

    /// A code, in groups of three: read aloud and typed with fewer mistakes.
    fn code(mut self, code: &str) -> Self {
        let digits: Vec<char> = code.chars().collect();
        let groups: Vec<String> = digits
            .chunks(3)
            .map(|group| group.iter().collect())
            .collect();
        self.parts.push(Part::Code(groups.join(" ")));
        self
    }

    fn write(self) -> MailText {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Paragraph(paragraph) => text.push_str(paragraph),
                Part::Code(code) => text.push_str(&format!("    {code}")),
            }
            text.push_str("\n\n");
        }
        text.push_str(&format!("-- \n{}\n{}\n", self.sender, self.help));
        // Writing into a string cannot fail; the plain text alone would still be a whole mail.
        let html = self.render().unwrap_or_default();
        MailText {
            subject: self.subject,
            text,
            html,
            id: None,
        }
    }
}

#[cfg(test)]
mod tests;
