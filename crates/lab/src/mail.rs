//! Reading the mails that arrived.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use mailparse::{MailHeaderMap as _, ParsedMail, parse_mail};

use crate::state;

/// A mail, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Envelope recipients.
    pub recipients: Vec<String>,
    /// Header `From`.
    pub from: String,
    /// Header `Subject`.
    pub subject: String,
    /// The plain text part, or nothing.
    pub text: String,
    /// The HTML part, or nothing.
    pub html: String,
    /// As it came, with the server's own X- headers in front.
    pub raw: String,
}

/// Mails for one address.
#[derive(Debug, Clone)]
pub struct Mailbox {
    pub(crate) address: String,
}

impl Mailbox {
    /// Everything that arrived so far, oldest first.
    pub fn all(&self) -> Result<Vec<Mail>> {
        let dir = state::state().join("mail/maildir/new");
        let mut files: Vec<_> = fs::read_dir(dir)
            .into_iter()
            .flatten()
            .flatten()
            // File names start with seconds and microseconds, but of uneven length.
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        files.sort();
        let mut mails = Vec::new();
        for (_, file) in files {
            let mail = parse(&fs::read(&file).with_context(|| format!("{}", file.display()))?)?;
            if mail
                .recipients
                .iter()
                .any(|to| to.eq_ignore_ascii_case(&self.address))
            {
                mails.push(mail);
            }
        }
        Ok(mails)
    }

    /// Waits for the newest mail that satisfies `wanted`.
    pub fn wait_for(&self, wanted: impl Fn(&Mail) -> bool, timeout: Duration) -> Result<Mail> {
        let deadline = Instant::now() + timeout;
        loop {
            let mails = self.all()?;
            let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.clone()).collect();
            if let Some(mail) = mails.into_iter().rev().find(|mail| wanted(mail)) {
                return Ok(mail);
            }
            if Instant::now() > deadline {
                bail!(
                    "no such mail for {} in {timeout:?}; there are: {subjects:?}",
                    self.address
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for the newest mail with `part` in its subject.
    pub fn wait_for_subject(&self, part: &str, timeout: Duration) -> Result<Mail> {
        self.wait_for(|mail| mail.subject.contains(part), timeout)
    }
}

fn parse(raw: &[u8]) -> Result<Mail> {
    let parsed = parse_mail(raw).context("cannot parse a mail")?;
    let header = |name| parsed.headers.get_first_value(name).unwrap_or_default();
    Ok(Mail {
        recipients: header("X-RcptTo")
            .split(',')
            .map(|to| to.trim().to_owned())
            .collect(),
        from: header("From"),
        subject: header("Subject"),
        text: part(&parsed, "text/plain"),
        html: part(&parsed, "text/html"),
        raw: String::from_utf8_lossy(raw).into_owned(),
    })
}

fn part(mail: &ParsedMail<'_>, kind: &str) -> String {
    if mail.subparts.is_empty() && mail.ctype.mimetype == kind {
        return mail.get_body().unwrap_or_default();
    }
    mail.subparts
        .iter()
        .map(|sub| part(sub, kind))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_subject_are_decoded() {
        let raw = b"X-RcptTo: a@mail.example, b@mail.example\r\nSubject: =?utf-8?B?S29kZSDDqQ==?=\r\n\
            Content-Type: multipart/alternative; boundary=x\r\n\r\n\
            --x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            caf=C3=A9\r\n--x\r\nContent-Type: text/html\r\n\r\n<b>1</b>\r\n--x--\r\n";
        let mail = parse(raw).unwrap();
        assert_eq!(mail.recipients, ["a@mail.example", "b@mail.example"]);
        assert_eq!(
            (mail.subject.as_str(), mail.text.trim()),
            ("Kode é", "café")
        );
        assert_eq!(mail.html.trim(), "<b>1</b>");
    }
}
