//! Domain controllers that are down, slow, or no longer the PDC emulator.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use writeback_lab::{Lab, TestUser, UserSpec};
use writeback_stage::{Options, Page, Person, Stage};

use crate::{
    ends::until_reported,
    setting::{binary, is_changed, said_changed, verified},
};

/// A stage on a lab that this test may disturb; everything is put right afterwards.
struct Disturbed {
    stage: Stage,
    user: TestUser,
    _exclusive: writeback_lab::Guard,
}

impl Disturbed {
    async fn corp() -> Result<Self> {
        let lab = Lab::require()?;
        let exclusive = lab.exclusive()?;
        let user = lab.forest("corp.test")?.create_user(UserSpec::default())?;
        let stage = Stage::set(lab, binary(), Options::default()).await?;
        Ok(Self {
            stage,
            user,
            _exclusive: exclusive,
        })
    }

    /// Waits until the portal would take the name again.
    async fn recovered(&self, person: &Person) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(90);
        while person.says_name("nobody@corp.test").await?.path != "/reset/code" {
            ensure!(Instant::now() < deadline, "writeback did not recover");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Ok(())
    }

    /// The page and the directory say the same.
    fn is_true(&self, page: &Page, password: &str) -> Result<()> {
        let forest = self.stage.lab.forest("corp.test")?;
        let opens = forest
            .can_bind(&self.user.upn, password, forest.pdc()?)?
            .is_ok();
        ensure!(
            said_changed(page) == opens,
            "told {}, and it is {opens}",
            page.text()
        );
        Ok(())
    }
}

impl Drop for Disturbed {
    fn drop(&mut self) {
        let Ok(forest) = self.stage.lab.forest("corp.test") else {
            return;
        };
        for dc in &forest.dcs {
            if let Err(error) = dc.heal() {
                eprintln!("{} could not be put right: {error:#}", dc.name);
            }
        }
    }
}

#[tokio::test]
async fn a_pdc_emulator_that_is_down_is_said_before_a_code_is_spent() -> Result<()> {
    let it = Disturbed::corp().await?;
    let pdc = it.stage.lab.forest("corp.test")?.pdc()?;
    let person = it.stage.person()?;
    pdc.stop()?;
    until_reported(
        &it.stage,
        &person,
        "nobody@corp.test",
        "pdc-emulator-unreachable",
    )
    .await?;
    pdc.start()?;
    it.recovered(&person).await?;
    let (person, page) = verified(&it.stage, &it.user).await?;
    let page = person.sets_password(&page, "Hidup-Kembali 1").await?;
    is_changed(
        it.stage.lab.forest("corp.test")?,
        &it.user,
        &page,
        "Hidup-Kembali 1",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdc_emulator_that_stops_during_the_write_leaves_no_lie() -> Result<()> {
    for milliseconds in [0_u64, 10, 30] {
        let it = Disturbed::corp().await?;
        let (person, page) = verified(&it.stage, &it.user).await?;
        let stopping = async {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            let pdc = it.stage.lab.forest("corp.test")?.pdc()?;
            tokio::task::block_in_place(|| {
                pdc.stop()?;
                pdc.start()
            })
        };
        let (page, stopped) =
            tokio::join!(person.sends_password(&page, "Mati-Mendadak 1"), stopping);
        stopped?;
        let page = person.until_known(page?).await?;
        it.is_true(&page, "Mati-Mendadak 1")?;
    }
    Ok(())
}

/// The write is under way and no answer comes: nobody is told anything until it is known.
#[tokio::test(flavor = "multi_thread")]
async fn a_pdc_emulator_that_freezes_is_waited_for_and_then_asked() -> Result<()> {
    let it = Disturbed::corp().await?;
    let (person, page) = verified(&it.stage, &it.user).await?;
    let pdc = it.stage.lab.forest("corp.test")?.pdc()?;
    pdc.pause()?;
    let page = person.sends_password(&page, "Beku-Sebentar 1").await?;
    ensure!(
        !said_changed(&page),
        "told changed while the domain controller was frozen"
    );
    pdc.resume()?;
    let page = person.until_known(page).await?;
    it.is_true(&page, "Beku-Sebentar 1")
}

#[tokio::test]
async fn the_pdc_emulator_moves_between_two_resets() -> Result<()> {
    let it = Disturbed::corp().await?;
    let forest = it.stage.lab.forest("corp.test")?;
    let (person, page) = verified(&it.stage, &it.user).await?;
    let page = person.sets_password(&page, "Sebelum-Pindah 1").await?;
    is_changed(forest, &it.user, &page, "Sebelum-Pindah 1")?;
    let (dc1, dc2) = (&forest.dcs[0], &forest.dcs[1]);
    forest.transfer_pdc(dc2)?;
    let moved = async {
        let (person, page) = verified(&it.stage, &it.user).await?;
        let page = person.sets_password(&page, "Sesudah-Pindah 1").await?;
        ensure!(said_changed(&page), "{}", page.text());
        // Written on the new PDC emulator: it has it at once.
        ensure!(
            forest
                .can_bind(&it.user.upn, "Sesudah-Pindah 1", dc2)?
                .is_ok()
        );
        Ok(())
    };
    let moved: Result<()> = moved.await;
    forest.transfer_pdc(dc1)?;
    moved
}
