//! A mail server on the internet side. It accepts everything for everyone,
//! plain or with STARTTLS, and keeps it in a Maildir.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::machine::{Machine, Setup};
use crate::plan::{Base, MAIL_ADDRESS};
use crate::{ca, state};

pub(crate) const MACHINE: &str = "wb-mail";

pub(crate) fn ensure() -> Result<()> {
    let data = state::state_dir("mail")?;
    let machine = match Machine::find(MACHINE) {
        Some(machine) => machine,
        None => Machine::start(&Setup {
            name: MACHINE,
            netns: None,
            base: Base::Trixie,
            data: &data,
            resolv_conf: "",
            hosts: "127.0.0.1 localhost\n",
        })?,
    };
    if machine.runs("aiosmtpd") {
        return Ok(());
    }
    let files = ca::files();
    let tls = data.join("tls");
    std::fs::create_dir_all(&tls).context("cannot make the mail server's directory")?;
    for (from, name) in [
        (&files.cloud_cert, "cert.pem"),
        (&files.cloud_key, "key.pem"),
    ] {
        std::fs::copy(from, tls.join(name))
            .context("cannot give the mail server its certificate")?;
    }
    for address in [MAIL_ADDRESS, "127.0.0.1:2525"] {
        let mut server = machine.command("setsid");
        server.args([
            "-f",
            "aiosmtpd",
            "-n",
            "-c",
            "aiosmtpd.handlers.Mailbox",
            "-l",
            address,
        ]);
        server.args([
            "--tlscert",
            "/data/tls/cert.pem",
            "--tlskey",
            "/data/tls/key.pem",
        ]);
        server.args(["--no-requiretls", "/data/maildir"]);
        let log = state::state_dir("log/wb-mail")?.join("smtp.log");
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(log)?;
        server
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let status = server.status().context("cannot start the mail server")?;
        if !status.success() {
            bail!("the mail server does not start on {address}: see log/wb-mail");
        }
    }
    Ok(())
}
