//! Disks that are full, or become read-only, under a cloud and an agent that run.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use writeback_lab::UserSpec;
use writeback_stage::{Options, Process};

use crate::setting::{Setting, cause, is_changed, is_not_changed};

/// A small disk over a folder; taken away when dropped.
struct Disk {
    at: PathBuf,
    image: Option<PathBuf>,
}

impl Disk {
    /// In memory, of so many KiB.
    fn small(at: &Path, kib: u32) -> Result<Self> {
        std::fs::create_dir_all(at)?;
        let size = format!("size={kib}k,mode=700");
        ran(Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at))?;
        Ok(Self {
            at: at.to_owned(),
            image: None,
        })
    }

    /// A real file system, which can fail.
    fn ext4(at: &Path) -> Result<Self> {
        std::fs::create_dir_all(at)?;
        let image = at.with_extension("image");
        std::fs::File::create(&image)?.set_len(16 * 1024 * 1024)?;
        ran(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))?;
        ran(Command::new("mount")
            .args(["-o", "loop"])
            .arg(&image)
            .arg(at))?;
        Ok(Self {
            at: at.to_owned(),
            image: Some(image),
        })
    }

    /// Writes until nothing fits.
    fn fill(&self) -> Result<()> {
        let mut file = std::fs::File::create(self.at.join("filling"))?;
        for size in [65_536, 4096, 1] {
            let bytes = vec![b'x'; size];
            while std::io::Write::write_all(&mut file, &bytes).is_ok() {}
        }
        Ok(())
    }

    fn make_room(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.at.join("filling"))?)
    }

    /// As the kernel does when a disk fails: whoever has files open for writing keeps them.
    fn fail(&self) -> Result<()> {
        ran(Command::new("mount")
            .args(["-o", "remount,abort"])
            .arg(&self.at))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the processes on it end after it.
        let gone = Command::new("umount").arg("--lazy").arg(&self.at).status();
        if !gone.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be unmounted", self.at.display());
        }
        if let Some(image) = &self.image {
            let _ = std::fs::remove_file(image);
        }
    }
}

fn ran(command: &mut Command) -> Result<()> {
    let ran = command.output()?;
    ensure!(
        ran.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
    Ok(())
}

async fn until_said(process: &Process, words: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !process.said().contains(words) {
        ensure!(
            Instant::now() < deadline,
            "{words} was not said:\n{}",
            process.said()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Moves the files of the agent onto a disk, and waits until it is connected from there.
async fn agent_on(setting: &mut Setting, make: impl Fn(&Path) -> Result<Disk>) -> Result<Disk> {
    let stage = &mut setting.stage;
    stage.agent_process(0)?.stop()?;
    let state = stage.agents.first().context("an agent")?.dir.join("state");
    let aside = state.with_extension("aside");
    std::fs::rename(&state, &aside)?;
    let disk = make(&state)?;
    ran(Command::new("cp")
        .arg("--archive")
        .arg(aside.join("."))
        .arg(&state))?;
    stage.start_agent(0)?;
    until_said(stage.agent_process(0)?, "event_id=31019").await?;
    Ok(disk)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_disk_is_full_writes_nothing_and_goes_on_when_there_is_room() -> Result<()> {
    let (mut setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let user = users[0].clone();
    let disk = agent_on(&mut setting, |at| Disk::small(at, 512)).await?;
    let (person, page) = setting.verified(&user).await?;
    disk.fill()?;
    let page = person.sets_password(&page, "Penuh-Sekali 1").await?;
    is_not_changed(setting.forest("corp.test")?, &user, &page, "Penuh-Sekali 1")?;
    ensure!(cause(&page)? == "journal-unwritable", "{}", page.text());
    disk.make_room()?;
    until_said(setting.stage.agent_process(0)?, "event_id=34117").await?;
    let page = setting.reset(&user, "Ada-Tempat 2").await?;
    let done = is_changed(setting.forest("corp.test")?, &user, &page, "Ada-Tempat 2");
    setting.stage.agent_process(0)?.stop()?;
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_disk_fails_writes_nothing() -> Result<()> {
    let (mut setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let user = users[0].clone();
    let disk = agent_on(&mut setting, Disk::ext4).await?;
    let (person, page) = setting.verified(&user).await?;
    disk.fail()?;
    let page = person.sets_password(&page, "Hanya-Baca 1").await?;
    is_not_changed(setting.forest("corp.test")?, &user, &page, "Hanya-Baca 1")?;
    ensure!(cause(&page)? == "journal-unwritable", "{}", page.text());
    setting.stage.agent_process(0)?.kill()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_whose_disk_is_full_says_so_and_goes_on_when_there_is_room() -> Result<()> {
    let (mut setting, users) =
        Setting::of("corp.test", Options::default(), vec![UserSpec::default()]).await?;
    let user = users[0].clone();
    let stage = &mut setting.stage;
    stage.cloud_process()?.stop()?;
    let (config, database) = (stage.dir().join("cloud.toml"), stage.database());
    let at = stage.dir().join("disk");
    let disk = Disk::small(&at, 32 * 1024)?;
    let moved = at.join("cloud.db");
    let text = |path: &Path| path.display().to_string();
    let settings = std::fs::read_to_string(&config)?;
    std::fs::write(&config, settings.replace(&text(&database), &text(&moved)))?;
    for end in ["db", "audit-key", "audit-checkpoints"] {
        std::fs::copy(database.with_extension(end), moved.with_extension(end))?;
    }
    stage.start_cloud()?;
    let person = setting.stage.person()?;
    let deadline = Instant::now() + Duration::from_secs(90);
    while person.says_name("nobody@corp.test").await?.path != "/reset/code" {
        ensure!(Instant::now() < deadline, "the agent does not come back");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    disk.fill()?;
    let person = setting.stage.person()?;
    let page = person.says_name(&user.upn).await?;
    ensure!(page.status == 503, "{}: {}", page.status, page.text());
    ensure!(
        page.text().contains("nothing was changed"),
        "{}",
        page.text()
    );
    until_said(setting.stage.cloud_process()?, "event_id=34218").await?;
    setting.stage.cloud_process()?.check()?;

    disk.make_room()?;
    until_said(setting.stage.cloud_process()?, "event_id=34219").await?;
    let deadline = Instant::now() + Duration::from_secs(90);
    while person.says_name("nobody@corp.test").await?.path != "/reset/code" {
        ensure!(Instant::now() < deadline, "the agent does not come back");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let page = setting.reset(&user, "Longgar-Lagi 3").await?;
    let done = is_changed(setting.forest("corp.test")?, &user, &page, "Longgar-Lagi 3");
    setting.stage.cloud_process()?.stop()?;
    done
}
