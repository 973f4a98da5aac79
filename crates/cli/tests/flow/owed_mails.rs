//! Mails that tell how a reset ended, while the mail server is away and the cloud is killed.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use writeback_lab::{Detour, INTERNET, Lab, MAIL_ADDRESS, Mail, TestUser, UserSpec};
use writeback_stage::Options;

use crate::setting::{Setting, is_changed};

/// Nobody listens there: mails arrive as long as a detour leads to the lab's mail server.
const ADDRESS: &str = "198.51.100.1:2526";

const NEW: &str = "Kabar-Terlambat 1";

/// The way to a mail server that can be taken away.
struct MailServer<'a>(&'a Lab);

impl MailServer<'_> {
    fn comes(&self) -> Result<()> {
        let detour = Detour {
            dialled: ADDRESS.parse()?,
            arrives: MAIL_ADDRESS.parse()?,
        };
        self.0.detour(INTERNET, &[detour])
    }

    fn goes(&self) -> Result<()> {
        self.0.straight(INTERNET)
    }
}

impl Drop for MailServer<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.goes() {
            eprintln!("the lab could not be put right: {error:#}");
        }
    }
}

/// The mails that tell somebody of the change, at one of their addresses.
fn news(lab: &Lab, address: &str) -> Result<Vec<Mail>> {
    let mut mails = lab.mailbox(address).all()?;
    mails.retain(|mail| mail.subject == "Your password was changed");
    Ok(mails)
}

async fn until_told(lab: &Lab, user: &TestUser, within: Duration) -> Result<()> {
    let deadline = Instant::now() + within;
    for address in [&user.mail, &user.recovery_mail] {
        while news(lab, address)?.is_empty() {
            ensure!(Instant::now() < deadline, "{address} is not told");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    Ok(())
}

/// Each address has one mail, however long one waits.
async fn is_told_once(lab: &Lab, user: &TestUser) -> Result<()> {
    tokio::time::sleep(Duration::from_secs(8)).await;
    for address in [&user.mail, &user.recovery_mail] {
        let mails = news(lab, address)?;
        ensure!(mails.len() == 1, "{address} has {} mails", mails.len());
        ensure!(
            mails.iter().all(|mail| mail.raw.contains("Message-ID: <")),
            "a mail has nothing to be known by"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_mail_server_took_is_sent_after_the_cloud_was_killed() -> Result<()> {
    let lab = Lab::require()?;
    let server = MailServer(&lab);
    server.comes()?;
    let options = Options {
        mail_server: ADDRESS.to_owned(),
        ..Options::default()
    };
    let users = vec![UserSpec::default(); 2];
    let (mut setting, users) = Setting::of("corp.test", options, users).await?;
    let forest = setting.forest("corp.test")?.clone();

    // At once, where the server is there.
    let page = setting.reset(&users[0], NEW).await?;
    is_changed(&forest, &users[0], &page, NEW)?;
    until_told(&lab, &users[0], Duration::from_secs(20)).await?;

    let (person, page) = setting.verified(&users[1]).await?;
    server.goes()?;
    let page = person.sets_password(&page, NEW).await?;
    is_changed(&forest, &users[1], &page, NEW)?;
    // It was tried, and tried again.
    let deadline = Instant::now() + Duration::from_secs(60);
    let tried = |log: &str| log.matches("was not taken; it is tried again").count();
    while tried(&setting.stage.cloud_process()?.said()) < 2 {
        ensure!(Instant::now() < deadline, "{}", setting.stage.all_logs());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    setting.stage.cloud_process()?.kill()?;
    server.comes()?;
    setting.stage.start_cloud()?;
    until_told(&lab, &users[1], Duration::from_secs(90)).await?;
    for user in &users {
        is_told_once(&lab, user).await?;
    }
    Ok(())
}
