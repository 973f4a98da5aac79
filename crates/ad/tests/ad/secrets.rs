//! No password reaches a log, at whatever level and from whichever crate.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE},
};
use writeback_ad::Reset;

use crate::support::{RESET, log, secret, site};

/// Every form in which careless code might print it.
fn forms(password: &str) -> Vec<String> {
    let quoted = format!("\"{password}\"");
    let utf16: Vec<u8> = quoted.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let spaced = |zero: &str| {
        password
            .chars()
            .map(|c| format!("{c}{zero}"))
            .collect::<String>()
    };
    let list = |bytes: &[u8]| {
        bytes
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    // Without its end: what follows the value would change it.
    let in_64 = |text: &str| {
        text.chars()
            .take(text.len().min(40) - 4)
            .collect::<String>()
    };
    vec![
        password.to_owned(),
        spaced("\0"),
        spaced("\\0"),
        spaced("\\u{0}"),
        list(password.as_bytes()),
        list(&utf16[2..utf16.len() - 2]),
        hex(password.as_bytes()),
        hex(&utf16[2..utf16.len() - 2]),
        BASE64_STANDARD
            .encode(password)
            .trim_end_matches('=')
            .to_owned(),
        in_64(&BASE64_STANDARD.encode(&utf16)),
        in_64(&BASE64_URL_SAFE.encode(&utf16)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_is_never_logged() {
    let site = site("corp.test");
    let user = site.anyone();
    let canaries = [
        "Kanari-Vogel-4711",
        "Kanari-Vogel-4712",
        "Kanari-Falsch-4713",
        "Knr1!",
        "Kanari🐤Vogel-4714",
    ];
    let [first, second, wrong, short, bird] = canaries;
    let all = Reset {
        unlock: true,
        force_change: true,
        ..RESET
    };
    site.reset(&user, first, all).await.unwrap();
    site.change(&user, first, second).await.unwrap();
    let refused = site.change(&user, wrong, bird).await.unwrap_err();
    let short = (site.reset(&user, short, RESET).await.unwrap_err(), short).0;
    site.reset(&user, bird, RESET).await.unwrap();
    let printed = format!(
        "{refused:?} {refused} {short:?} {short} {:?}",
        site.directory
    );
    // A sign-in with wrong credentials, which are a secret too.
    let mut config = crate::support::config(&site.forest);
    config.credentials.password = secret("Kanari-Agent-4715");
    config.credentials.user = user.upn.clone();
    let printed = format!("{printed} {config:?}");
    let error = writeback_ad::Directory::new(config)
        .unwrap()
        .pdc()
        .await
        .unwrap_err();
    let log = String::from_utf8_lossy(&log()).into_owned() + &printed + &format!("{error:?}");
    assert!(
        log.len() > 10_000,
        "nothing was logged, so nothing was shown"
    );
    assert!(log.contains("TRACE"));
    for canary in canaries
        .into_iter()
        .chain(["Kanari-Agent-4715", &site.forest.agent_password])
    {
        for form in forms(canary) {
            assert!(!log.contains(&form), "a password was logged as {form}");
        }
    }
    // People's names and addresses belong in no log either.
    let log = String::from_utf8_lossy(&crate::support::log()).into_owned();
    for personal in [&user.mail, &user.display_name, &user.dn] {
        if let Some(at) = log.find(personal.as_str()) {
            let around: String = log[..at + personal.len()].chars().rev().take(300).collect();
            panic!("logged: {}", around.chars().rev().collect::<String>());
        }
    }
}
