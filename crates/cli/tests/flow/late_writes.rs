//! A write that lies in a partition when its agent is killed or suspended: once it is not waited for
//! any more it must not arrive.
//!
//! The link's sending direction is cut first, so that the agent is offered a request and reads the
//! account while its claim does not arrive; then the way to the domain controllers is cut, and the
//! link mended: the claim is granted, and the write goes into the cut.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use writeback_lab::{Guard, Lab, Loss, TestUser, Traffic, UserSpec};
use writeback_stage::{Options, Page, Person, Stage};

use crate::setting::{binary, is_not_changed, verified};

const AGENT: &str = "wb-agent1";
const NEW: &str = "Datang-Terlambat 1";

struct Cut {
    stage: Stage,
    user: TestUser,
    link: Traffic,
    ldap: Traffic,
    _exclusive: Guard,
}

impl Cut {
    async fn new() -> Result<Self> {
        let lab = Lab::require()?;
        let exclusive = lab.exclusive()?;
        let forest = lab.forest("corp.test")?;
        let user = forest.create_user(UserSpec::default())?;
        let controllers = forest.dcs.iter().map(|dc| dc.ip.clone()).collect();
        let stage = Stage::set(lab, binary(), Options::default()).await?;
        let traffic = |name: &str, peers, port| Traffic {
            netns: AGENT.to_owned(),
            name: name.to_owned(),
            peers,
            port,
        };
        Ok(Self {
            link: traffic("late_link", vec![stage.slot.ip.clone()], 443),
            ldap: traffic("late_ldap", controllers, 636),
            stage,
            user,
            _exclusive: exclusive,
        })
    }

    fn lab(&self) -> &Lab {
        &self.stage.lab
    }

    async fn until_said(&mut self, words: &str) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.stage.agent_process(0)?.said().contains(words) {
            ensure!(
                Instant::now() < deadline,
                "the agent does not say {words}:\n{}",
                self.stage.all_logs()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Somebody's write is sent into the cut.
    async fn write_into_it(&mut self) -> Result<()> {
        self.until_said("a request was seen").await?;
        // The account is read meanwhile.
        tokio::time::sleep(Duration::from_millis(700)).await;
        self.lab().lose(&self.ldap, Loss::Both)?;
        self.lab().mend(&self.link)?;
        self.until_said("the write begins").await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok(())
    }

    /// The password stays as it was for that long.
    async fn nothing_arrives(&self, lasting: Duration) -> Result<()> {
        let forest = self.lab().forest("corp.test")?;
        let until = Instant::now() + lasting;
        while Instant::now() < until {
            let old = forest.can_bind(&self.user.upn, &self.user.password, forest.pdc()?)?;
            ensure!(old.is_ok(), "the write arrived after all: {old:?}");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }
}

impl Drop for Cut {
    fn drop(&mut self) {
        for traffic in [&self.link, &self.ldap] {
            if let Err(error) = self.lab().mend(traffic) {
                eprintln!("the lab could not be put right: {error:#}");
            }
        }
    }
}

/// What the person was told in the end, and that it is so.
async fn ends_truly(it: &Cut, person: &Person, page: Page) -> Result<()> {
    let page = person.until_known(page).await?;
    ensure!(
        page.html.contains("data-outcome=\"not-changed\""),
        "{}",
        page.text()
    );
    is_not_changed(it.lab().forest("corp.test")?, &it.user, &page, NEW)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_agent_had_sent_never_arrives() -> Result<()> {
    let mut it = Cut::new().await?;
    let (person, page) = verified(&it.stage, &it.user).await?;
    it.lab().lose(&it.link, Loss::Sent)?;
    let disturbing = async {
        it.write_into_it().await?;
        it.stage.agent_process(0)?.kill()?;
        // What was sent again comes at growing distances: some falls into the time after this.
        tokio::time::sleep(Duration::from_secs(5)).await;
        it.lab().mend(&it.ldap)?;
        it.nothing_arrives(Duration::from_secs(30)).await?;
        it.stage.start_agent(0)
    };
    let (page, disturbed) = tokio::join!(person.sets_password(&page, NEW), disturbing);
    disturbed?;
    ends_truly(&it, &person, page?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_suspended_agent_had_sent_never_arrives() -> Result<()> {
    let mut it = Cut::new().await?;
    let (person, page) = verified(&it.stage, &it.user).await?;
    it.lab().lose(&it.link, Loss::Sent)?;
    let disturbing = async {
        it.write_into_it().await?;
        it.stage.agent_process(0)?.signal("STOP")?;
        // Without a limit of its own the kernel would send it the next time after 25 s.
        tokio::time::sleep(Duration::from_secs(22)).await;
        it.lab().mend(&it.ldap)?;
        it.nothing_arrives(Duration::from_secs(35)).await?;
        it.stage.agent_process(0)?.signal("CONT")
    };
    let (page, disturbed) = tokio::join!(person.sets_password(&page, NEW), disturbing);
    disturbed?;
    ends_truly(&it, &person, page?).await
}
