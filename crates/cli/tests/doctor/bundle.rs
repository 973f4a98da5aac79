//! `--bundle`: an archive for whoever helps, without anything that is secret.

use std::{fs, io::Read as _, os::unix::fs::PermissionsExt as _, path::Path, process::Output};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

use crate::typed::{complained, doctor, said};

/// A secret of its own for each place, so that a leak names where it came from.
const PLACES: [&str; 14] = [
    "unknownkey",
    "unknownvalue",
    "cloudurl",
    "proxyurl",
    "proxyuser",
    "proxypassword",
    "forestpassword",
    "misplaced",
    "unit",
    "controller",
    "identity",
    "journal",
    "environment",
    "log",
];

fn canary(place: &str) -> String {
    format!("Canary-{place}-7f3a9c")
}

/// What is in the archive, one byte after the other.
fn unpacked(archive: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = fs::File::open(archive).unwrap();
    let mut plain = flate2::read::GzDecoder::new(file);
    plain.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The text as it is, and as programs write it down.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let hex: String = text.bytes().map(|it| format!("{it:02x}")).collect();
    let mut forms = vec![
        text.as_bytes().to_vec(),
        text.to_lowercase().into_bytes(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ];
    // Base64 differs by where in its three bytes a text begins; the ends belong to neighbours.
    for before in 0..3 {
        let shifted = format!("{}{text}", " ".repeat(before));
        for engine in [&STANDARD, &URL_SAFE_NO_PAD] {
            let code = engine.encode(&shifted);
            let inner = code.trim_end_matches('=');
            forms.push(inner.get(4..inner.len() - 3).unwrap().as_bytes().to_vec());
        }
    }
    forms
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|it| it == part)
}

fn planted(folder: &Path) {
    let state = folder.join("state");
    fs::create_dir(&state).unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(state.join("identity.key"), canary("identity")).unwrap();
    let journal = format!(
        "{{\"entry\":\"intent\",\"intent\":{{\"request\":\"{0}\",\"target\":{{\"name\":\"{0}\"}}}}}}\n{0}\n",
        canary("journal")
    );
    fs::write(state.join("journal-1.jsonl"), journal).unwrap();
    fs::write(folder.join("proxy-password"), canary("proxypassword")).unwrap();
    fs::write(folder.join("forest-password"), canary("forestpassword")).unwrap();
    let log = format!(
        "{{\"timestamp\":\"2026-01-01T00:00:00Z\",\"level\":\"WARN\",\"target\":\"writeback_agent::core\",\
         \"fields\":{{\"event_id\":31003,\"person\":\"{0}\",\"error\":\"refused\"}}}}\n{0}\n",
        canary("log"),
    );
    fs::write(folder.join("agent.log"), log).unwrap();
}

fn bundle(folder: &Path, config: &str, archive: &str) -> Output {
    let file = folder.join("agent.toml");
    fs::write(&file, config).unwrap();
    let arguments = [
        "--config",
        "agent.toml",
        "--bundle",
        archive,
        "--log-file",
        "agent.log",
    ];
    doctor(&arguments, folder)
        .env("HTTPS_PROXY", canary("environment"))
        .env("WRITEBACK_ENROLMENT_TOKEN", canary("environment"))
        .env("CREDENTIALS_DIRECTORY", canary("environment"))
        .output()
        .unwrap()
}

fn configurations(folder: &Path) -> Vec<(&'static str, String)> {
    let good = |extra: &str, proxy: &str, forest: &str| {
        format!(
            "cloud = \"https://localhost:9\"\nstate_dir = \"{0}/state\"\n{extra}\n[proxy]\n{proxy}\n\
             [[forest]]\nname = \"corp.invalid\"\nuser = \"svc@corp.invalid\"\n{forest}\n",
            folder.display()
        )
    };
    let at = |name: &str| format!("password_file = \"{}/{name}\"\n", folder.display());
    let forest = at("forest-password");
    let proxy = format!(
        "url = \"http://127.0.0.1:9\"\nuser = \"{}\"\n{}",
        canary("proxyuser"),
        at("proxy-password")
    );
    let inside = format!("url = \"http://me:{}@127.0.0.1:9\"\n", canary("proxyurl"));
    let unit = format!("{forest}include_ous = [\"{}\"]\n", canary("unit"));
    let dc = format!(
        "{forest}preferred_controllers = [\"{}\"]\n",
        canary("controller")
    );
    let unknown = format!("{} = \"{}\"", canary("unknownkey"), canary("unknownvalue"));
    let whole = good("", &proxy, &forest);
    vec![
        ("in order", whole.clone()),
        ("an unknown setting", good(&unknown, &proxy, &forest)),
        (
            "a password in the proxy's address",
            good("", &inside, &forest),
        ),
        (
            "a password in the cloud's address",
            whole.replace(
                "https://localhost:9",
                &format!("https://me:{}@a.b", canary("cloudurl")),
            ),
        ),
        (
            "a password in place of its file",
            whole.replace(
                &forest,
                &format!("password_file = \"{}\"\n", canary("misplaced")),
            ),
        ),
        (
            "a password in place of a switch",
            good(
                "",
                &proxy,
                &format!("{forest}only_preferred = \"{}\"", canary("misplaced")),
            ),
        ),
        ("a unit that is none", good("", &proxy, &unit)),
        ("a controller that is none", good("", &proxy, &dc)),
        (
            "no TOML",
            format!("{whole}\npassword = {}\n", canary("misplaced")),
        ),
        ("no TOML at all", canary("misplaced")),
    ]
}

#[test]
fn no_secret_is_in_it_in_any_form() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    planted(folder);
    for (at, (state, config)) in configurations(folder).into_iter().enumerate() {
        let name = format!("{at}.tar.gz");
        let output = bundle(folder, &config, &name);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{state}: {}",
            complained(&output)
        );
        let bytes = unpacked(&folder.join(&name));
        for file in [
            "MANIFEST",
            "report.txt",
            "report.json",
            "configuration.txt",
            "journal.txt",
            "machine.txt",
            "log.jsonl",
        ] {
            let path = format!("writeback-doctor/{file}");
            assert!(holds(&bytes, path.as_bytes()), "{state}: no {file}");
        }
        for place in PLACES {
            for form in forms(&canary(place)) {
                assert!(
                    !holds(&bytes, &form),
                    "{state}: the secret of {place} is in the archive"
                );
                let told = [output.stdout.as_slice(), &output.stderr].concat();
                assert!(
                    !holds(&told, &form),
                    "{state}: the secret of {place} is told"
                );
            }
        }
    }
}

#[test]
fn a_password_in_a_field_that_may_be_shown_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    planted(folder);
    let log = fs::read_to_string(folder.join("agent.log")).unwrap();
    let log = log.replace("refused", &canary("forestpassword"));
    fs::write(folder.join("agent.log"), log).unwrap();
    let (_, config) = configurations(folder).swap_remove(0);
    bundle(folder, &config, "a.tar.gz");
    let bytes = unpacked(&folder.join("a.tar.gz"));
    assert!(!holds(&bytes, canary("forestpassword").as_bytes()));
    assert!(holds(&bytes, b"\"error\":\"[removed]\""));
    assert!(holds(&bytes, b"31003"));
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let secret = canary("log");
    for shift in 0..3 {
        let text = format!("{}{secret}  ", "x".repeat(shift));
        let found = STANDARD.encode(&text).into_bytes();
        let all = forms(&secret);
        assert!(
            all.iter().any(|form| holds(&found, form)),
            "shifted by {shift}"
        );
    }
}

#[test]
fn it_is_its_makers_alone_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    planted(folder);
    let output = bundle(folder, "", "a.tar.gz");
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    assert!(
        said(&output).contains("readable by you alone"),
        "{}",
        said(&output)
    );
    let archive = folder.join("a.tar.gz");
    assert_eq!(
        fs::metadata(&archive).unwrap().permissions().mode() & 0o7777,
        0o600
    );
    let before = fs::read(&archive).unwrap();
    let output = bundle(folder, "", "a.tar.gz");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        complained(&output).contains("exists and is left as it is"),
        "{}",
        complained(&output)
    );
    assert_eq!(fs::read(&archive).unwrap(), before);
}
