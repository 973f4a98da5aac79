//! A password is nowhere but in the browser and in the agent's memory.

use std::path::Path;

use anyhow::Result;
use writeback_lab::UserSpec;
use writeback_stage::Options;

use crate::setting::{Setting, is_changed, is_not_changed};

/// Nothing else is called that.
const CANARY: &str = "Kenari-Zq7#Lx9-Bernyanyi";

#[tokio::test]
async fn a_password_is_in_no_log_database_journal_or_mail() -> Result<()> {
    let options = Options {
        log: "trace".to_owned(),
        ..Options::default()
    };
    let (setting, users) = Setting::of("corp.test", options, vec![UserSpec::default(); 2]).await?;
    let forest = setting.forest("corp.test")?;
    // Once taken, once refused by the directory (it is the current one then), once on another
    // account in clear, as no page of ours would send it.
    let page = setting.reset(&users[0], CANARY).await?;
    is_changed(forest, &users[0], &page, CANARY)?;
    let (person, page) = setting.verified(&users[0]).await?;
    let page = person.sets_password(&page, CANARY).await?;
    assert!(
        !page.html.contains("Kenari"),
        "the page gives the password back"
    );
    let (person, page) = setting.verified(&users[1]).await?;
    let page = person.sends_in_clear(&page, CANARY).await?;
    assert_eq!(page.status, 400, "{}", page.text());
    assert!(page.text().contains("did not arrive encrypted"));
    is_not_changed(forest, &users[1], &page, CANARY)?;
    assert!(
        !page.html.contains("Kenari"),
        "the page gives the password back"
    );

    let lines = setting.stage.admin(&["audit", "list", "--last", "1000"])?;
    assert!(lines.lines().count() > 5, "the audit trail is empty");
    assert!(!lines.contains("Kenari"));
    assert!(
        setting.stage.all_logs().contains("TRACE"),
        "nothing was logged at trace level"
    );
    for forms in forms_of(CANARY) {
        search(setting.stage.dir(), &forms)?;
    }
    for user in &users {
        for address in [&user.mail, &user.recovery_mail] {
            for mail in setting.stage.lab.mailbox(address).all()? {
                assert!(!mail.raw.contains("Kenari"));
            }
        }
    }
    Ok(())
}

/// The password as it could be written: plain, as the directory takes it, as a form and as
/// base64 or hexadecimal of either.
pub fn forms_of(password: &str) -> Vec<Vec<u8>> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let utf16: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    // Whatever stands before or after shifts base64; the middle of it stays.
    let inner = |bytes: &[u8]| -> Vec<Vec<u8>> {
        (0..3)
            .map(|skip| {
                let bytes = &bytes[skip..];
                BASE64_STANDARD
                    .encode(&bytes[..bytes.len() / 3 * 3])
                    .into_bytes()
            })
            .collect()
    };
    let debug = format!("{:?}", password.as_bytes());
    let debug_utf16 = format!("{utf16:?}");
    let mut forms = vec![
        password.as_bytes().to_vec(),
        password.replace('#', "%23").into_bytes(),
        hex(password.as_bytes()).into_bytes(),
        hex(&utf16).into_bytes(),
        debug.trim_matches(['[', ']']).as_bytes().to_vec(),
        debug_utf16.trim_matches(['[', ']']).as_bytes().to_vec(),
        utf16.clone(),
    ];
    forms.extend(inner(password.as_bytes()));
    forms.extend(inner(&utf16));
    forms
}

pub fn search(dir: &Path, needle: &[u8]) -> Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            search(&path, needle)?;
        } else {
            let bytes = std::fs::read(&path)?;
            let found = bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!found, "the password is in {}", path.display());
        }
    }
    Ok(())
}
