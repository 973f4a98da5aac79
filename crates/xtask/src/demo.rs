//! `cargo xtask demo`: the whole product on the lab, to be tried or to be proved.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context as _, Result, ensure};
use writeback_lab::{Lab, Steps, TestUser, UserSpec};
use writeback_stage::{Options, Stage};

use crate::build::{Profile, runtime, writeback};

/// How long the second domain controller may take to have the password, too.
const REPLICATED_WITHIN: Duration = Duration::from_secs(30);

/// Set up the whole product on the lab.
#[derive(clap::Args)]
pub(crate) struct DemoArguments {
    /// Walk one reset by HTTP, prove it on the domain controllers, and end: with status 1 on
    /// any lie.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &DemoArguments) -> Result<()> {
    println!("building writeback");
    let binary = writeback(Profile::Dev)?;
    println!("bringing up the lab: the first time takes some minutes, later half a minute");
    let say = |line: &str| println!("  {line}");
    let lab = Lab::up(&Steps::new(&say))?;
    runtime()?.block_on(async {
        let user = lab.forest("corp.test")?.create_user(UserSpec {
            given_name: Some("Dewi".to_owned()),
            surname: Some("Lestari".to_owned()),
            ..UserSpec::default()
        })?;
        println!("starting the cloud, enrolling an agent, importing corp.test");
        let options = Options {
            by_address: !arguments.check,
            ..Options::default()
        };
        let mut stage = Stage::set(lab, &binary, options).await?;
        if arguments.check {
            check(&stage, &user).await
        } else {
            show(&mut stage, &user).await
        }
    })
}

/// One reset, and what the domain controllers say of it.
async fn check(stage: &Stage, user: &TestUser) -> Result<()> {
    let forest = stage.lab.forest("corp.test")?;
    let pdc = forest.pdc()?;
    let other = forest
        .dcs
        .iter()
        .find(|dc| dc.name != pdc.name)
        .context("a second controller")?;
    let new = format!("Sandi-Baru {}", user.guid_text.get(..8).unwrap_or("2026"));

    println!("\nThe proof, for {}:", user.upn);
    let before = forest.can_bind(&user.upn, &user.password, pdc)?;
    println!("  before: {} takes the old password: {before:?}", pdc.fqdn);
    ensure!(
        before.is_ok(),
        "the user cannot sign in even before the reset"
    );

    let person = stage.person()?;
    let page = person
        .verified(&user.upn, &stage.lab.mailbox(&user.recovery_mail))
        .await?;
    println!(
        "  the code came by mail to {} and was taken",
        user.recovery_mail
    );
    let page = person.sets_password(&page, &new).await?;
    println!("  the page says: {}", page.heading().trim());
    ensure!(
        page.html.contains("data-outcome=\"changed\""),
        "the page does not say that the password was changed:\n{}",
        page.text()
    );

    let old_answer = forest.can_bind(&user.upn, &user.password, pdc)?;
    println!(
        "  after: {} answers the old password with {old_answer:?}",
        pdc.fqdn
    );
    ensure!(
        !old_answer.is_ok(),
        "LIE: told changed, and the old password still opens it"
    );
    let new_answer = forest.can_bind(&user.upn, &new, pdc)?;
    println!(
        "  after: {} answers the new password with {new_answer:?}",
        pdc.fqdn
    );
    ensure!(
        new_answer.is_ok(),
        "LIE: told changed, and the new password does not open it"
    );

    forest.replicated(REPLICATED_WITHIN)?;
    let replicated = forest.can_bind(&user.upn, &new, other)?;
    println!(
        "  replicated: {} answers the new password with {replicated:?}",
        other.fqdn
    );
    ensure!(
        replicated.is_ok(),
        "the new password did not reach {}",
        other.fqdn
    );
    println!("\nProved: what the page said is so on both domain controllers.");
    Ok(())
}

/// Says where everything is, shows mails as they come, and stays until it is asked to end.
async fn show(stage: &mut Stage, user: &TestUser) -> Result<()> {
    println!("\nIt runs. Everything behind it is real: two domain controllers of corp.test, an");
    println!("agent behind a firewall that lets out 443 only, and a mail server.\n");
    println!("  portal        {}", stage.url());
    println!(
        "                (certificate of the lab's own authority: {})",
        stage.lab.ca().ca.display()
    );
    println!("  a user to try {}", user.upn);
    println!("  old password  {}", user.password);
    println!(
        "  mail          to {}, shown below as it comes",
        user.recovery_mail
    );
    println!("  files, logs   {}", stage.dir().display());
    println!(
        "\nType the user name at the portal. Ctrl-C ends the demo; `cargo xtask lab down` the lab.\n"
    );
    let mut seen = BTreeSet::new();
    let mut tick = tokio::time::interval(Duration::from_millis(500));
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => break,
            _ = tick.tick() => {}
        }
        for address in [&user.recovery_mail, &user.mail] {
            for mail in stage.lab.mailbox(address).all()? {
                if seen.insert((address.clone(), mail.raw.clone())) {
                    println!(
                        "---- mail to {address}: {}\n{}\n",
                        mail.subject,
                        mail.text.trim()
                    );
                }
            }
        }
        stage.cloud_process()?.check()?;
        stage.agent_process(0)?.check()?;
    }
    println!("\nending the demo");
    stage.agent_process(0)?.stop()?;
    stage.cloud_process()?.stop()
}
