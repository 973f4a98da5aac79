//! The pages in a real browser: what its script seals, the agent opens, and nobody in between
//! could have read.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use writeback_lab::{TestUser, UserSpec};
use writeback_stage::{Options, Stage, code_in};

use crate::{
    secrets::{forms_of, search},
    setting::Setting,
};

/// Nothing else is called that.
const CANARY: &str = "Burung-Vx8#Kd2-di-Jendela";

/// Debian's, which `cargo xtask test` installs.
pub const CHROMIUM: &str = "/usr/bin/chromium";

/// How long a walk may wait for its mail.
const MAIL_WITHIN: Duration = Duration::from_secs(30);

/// Pictures of what the browser showed, to be looked at.
pub fn pictures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser")
}

/// Lets the browser walk, and gives the file with everything that it sent.
fn walk(stage: &Stage, user: &TestUser, walk: &str) -> Result<PathBuf> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    ensure!(
        scripts.join("node_modules/playwright-core").exists(),
        "playwright-core is not installed: run the tests with `cargo xtask test`, or `npm ci` in \
         crates/cli/tests/browser"
    );
    fs::create_dir_all(pictures())?;
    let tapped = stage.dir().with_extension("tapped");
    let given = json!({
        "url": stage.url(),
        "host": stage.slot.host_name,
        "ip": stage.slot.ip,
        "certificate": stage.lab.ca().cloud_cert,
        "key": stage.lab.ca().cloud_key,
        "chromium": CHROMIUM,
        "file": tapped,
        "pictures": pictures(),
        "name": user.upn,
        "password": CANARY,
        "walk": walk,
    });
    let mailbox = stage.lab.mailbox(&user.recovery_mail);
    let seen = mailbox.all()?.len();
    let mut node = Command::new("node")
        .arg("reset.mjs")
        .arg(given.to_string())
        .current_dir(scripts)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start node: `cargo xtask test` installs it")?;
    let mut typed = node.stdin.take().context("no standard input")?;
    let said = BufReader::new(node.stdout.take().context("no standard output")?);
    for line in said.lines() {
        let line = line?;
        println!("{walk}: {line}");
        if line == "code?" {
            let deadline = Instant::now() + MAIL_WITHIN;
            let code = loop {
                let mails = mailbox.all()?;
                let code = mails.iter().skip(seen).find_map(|mail| code_in(&mail.text));
                if let Some(code) = code {
                    break code;
                }
                ensure!(Instant::now() < deadline, "no mail with a code came");
                std::thread::sleep(Duration::from_millis(50));
            };
            writeln!(typed, "{code}")?;
        }
    }
    let ended = node.wait_with_output()?;
    ensure!(
        ended.status.success(),
        "{walk}: {}\n{}",
        String::from_utf8_lossy(&ended.stderr),
        stage.all_logs()
    );
    Ok(tapped)
}

/// The password is in nothing that the browser sent, and in nothing that was kept.
fn is_nowhere(stage: &Stage, tapped: &Path, submits: usize) -> Result<()> {
    let sent = fs::read(tapped)?;
    let text = String::from_utf8_lossy(&sent);
    // The tap hears bodies, whole ones: else it would show nothing.
    let bodies = text.lines().filter(|line| line.contains("&sealed="));
    assert_eq!(bodies.count(), submits, "{text}");
    assert!(text.lines().any(|line| line.starts_with("name=")), "{text}");
    for form in forms_of(CANARY) {
        let found = sent.windows(form.len()).any(|window| window == form);
        assert!(!found, "the password was sent");
        search(stage.dir(), &form)?;
    }
    assert!(stage.database().exists());
    fs::remove_file(tapped)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_locked_out_resets_the_password_in_a_browser() -> Result<()> {
    let options = Options {
        log: "trace".to_owned(),
        ..Options::default()
    };
    let locked = UserSpec {
        locked: true,
        ..UserSpec::default()
    };
    let (setting, users) = Setting::of("corp.test", options, vec![locked]).await?;
    let (stage, forest) = (&setting.stage, setting.forest("corp.test")?);
    let tapped = tokio::task::block_in_place(|| walk(stage, &users[0], "desktop"))?;
    is_set(forest, &users[0])?;
    // One that was too short, and the one that was taken.
    is_nowhere(stage, &tapped, 2)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_x25519_seals_by_script() -> Result<()> {
    let options = Options {
        log: "trace".to_owned(),
        ..Options::default()
    };
    let (setting, users) = Setting::of("corp.test", options, vec![UserSpec::default()]).await?;
    let (stage, forest) = (&setting.stage, setting.forest("corp.test")?);
    let tapped = tokio::task::block_in_place(|| walk(stage, &users[0], "phone"))?;
    is_set(forest, &users[0])?;
    // Once with a ticket that was damaged on the way.
    is_nowhere(stage, &tapped, 2)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_our_script_nothing_can_be_typed() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (stage, forest) = (&setting.stage, setting.forest("corp.test")?);
    let tapped = tokio::task::block_in_place(|| walk(stage, &users[0], "no-script"))?;
    let answer = forest.can_bind(&users[0].upn, &users[0].password, forest.pdc()?)?;
    assert!(answer.is_ok());
    is_nowhere(stage, &tapped, 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_knows_the_password_unlocks_without_script() -> Result<()> {
    let locked = UserSpec {
        locked: true,
        ..UserSpec::default()
    };
    let (setting, users) = Setting::corp(vec![locked]).await?;
    let (stage, forest) = (&setting.stage, setting.forest("corp.test")?);
    let tapped = tokio::task::block_in_place(|| walk(stage, &users[0], "unlock"))?;
    let answer = forest.can_bind(&users[0].upn, &users[0].password, forest.pdc()?)?;
    assert!(answer.is_ok(), "{answer:?}");
    is_nowhere(stage, &tapped, 0)
}

/// The directory takes the new password, also of an account that was locked, and not the old.
fn is_set(forest: &writeback_lab::Forest, user: &TestUser) -> Result<()> {
    let pdc = forest.pdc()?;
    assert!(forest.can_bind(&user.upn, CANARY, pdc)?.is_ok());
    assert!(!forest.can_bind(&user.upn, &user.password, pdc)?.is_ok());
    Ok(())
}
