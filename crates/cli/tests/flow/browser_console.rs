//! An administrator reads in a real browser how writeback is doing, and what became of it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use writeback_lab::UserSpec;
use writeback_stage::{Options, Stage};

use crate::{
    browser::{CHROMIUM, pictures},
    secrets::{forms_of, search},
    setting::Setting,
};

const NAME: &str = "petra@example.test";

/// Nothing else is called that.
const PASSWORD: &str = "Merpati-Kw5#Tq1-di-Atap";

fn set_password(stage: &Stage) -> Result<()> {
    let mut set = stage
        .admin_command(&["user", "password", NAME, "--keep"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let mut typed = set.stdin.take().context("no standard input")?;
    writeln!(typed, "{PASSWORD}")?;
    drop(typed);
    ensure!(set.wait()?.success(), "the password was not set");
    Ok(())
}

fn walk(stage: &Stage) -> Result<()> {
    std::fs::create_dir_all(pictures())?;
    let given = json!({
        "url": stage.url(),
        "host": stage.slot.host_name,
        "ip": stage.slot.ip,
        "chromium": CHROMIUM,
        "pictures": pictures(),
        "name": NAME,
        "password": PASSWORD,
    });
    let mut node = Command::new("node")
        .arg("console.mjs")
        .arg(given.to_string())
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start node: `cargo xtask test` installs it")?;
    let mut typed = node.stdin.take().context("no standard input")?;
    let said = BufReader::new(node.stdout.take().context("no standard output")?);
    for line in said.lines() {
        if line? == "off?" {
            stage.admin(&["writeback", "disable"])?;
            writeln!(typed, "off")?;
        }
    }
    let ended = node.wait_with_output()?;
    let complaint = String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.success(), "{complaint}\n{}", stage.all_logs());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_reads_how_writeback_is_doing() -> Result<()> {
    let options = Options {
        log: "trace".to_owned(),
        ..Options::default()
    };
    let (setting, _) = Setting::of("corp.test", options, vec![UserSpec::default()]).await?;
    let stage = &setting.stage;
    stage.admin(&["user", "create", "--name", NAME])?;
    stage.admin(&["role", "grant", "reports-reader", NAME])?;
    set_password(stage)?;
    tokio::task::block_in_place(|| walk(stage))?;
    // The password is judged in memory and kept nowhere.
    for form in forms_of(PASSWORD) {
        search(stage.dir(), &form)?;
    }
    Ok(())
}
