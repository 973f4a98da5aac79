//! Watching a forest: saying that something changed, soon after it did.
//!
//! A domain controller's change notification may come seconds late (Samba's does), so its
//! `highestCommittedUSN` is read twice a second, which costs less than a millisecond. Only when
//! that moved it is asked what changed, since passwords and sign-ins move it, too.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::{sync::Notify, time};
use writeback_ad::{AdError, ChangesError, ChangesPage, Controller, Directory};
use writeback_model::DomainName;
use writeback_wire::ToCloud;

use crate::{
    core::Core,
    events,
    forest::{Deletions, Forest},
    heard::Heard,
    link::Session,
    uploads::Uploads,
};

/// How often each domain is looked at: a change is imported within two seconds.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long to wait at most after domain controllers could not be asked.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The cloud is told again after this time at the earliest. What changes meanwhile is told
/// then.
const TELL_AFTER: Duration = Duration::from_millis(300);

/// Watches one forest as long as the link lives on which that was ordered.
pub(crate) struct Watch {
    pub(crate) core: Arc<Core>,
    pub(crate) uploads: Arc<Uploads>,
    pub(crate) forest: DomainName,
    /// What imports read.
    pub(crate) attributes: Vec<String>,
    pub(crate) session: Session,
}

impl Watch {
    /// Runs until the link is lost.
    pub(crate) async fn run(self) {
        let Some(forest) = self.core.forests.get(&self.forest) else {
            tracing::warn!(forest = %self.forest, event_id = events::WATCHING,
                "a forest that is not served cannot be watched");
            return;
        };
        tracing::info!(forest = %self.forest, event_id = events::WATCHING,
            "the forest is watched for changes");
        let news = Notify::new();
        let lost = &self.session.lost;
        lost.run_until_cancelled(async {
            tokio::join!(self.look(forest, &news), tell(&news, || self.say()))
        })
        .await;
    }

    async fn look(&self, forest: &Forest, news: &Notify) {
        let domains = forest.domains.iter().map(|(name, directory)| Domain {
            name,
            directory,
            attributes: &self.attributes,
            deletions: &forest.deletions,
            heard: &forest.heard,
            news,
            seen: None,
        });
        join_all(domains.map(Domain::watch)).await;
    }

    async fn say(&self) {
        let uploads = Arc::clone(&self.uploads);
        // While the cloud makes up its mind.
        tokio::spawn(async move { uploads.warm().await });
        let forest = self.forest.clone();
        self.session.send(ToCloud::Changed { forest }).await;
    }
}

/// Says that there is news, not too often, and never keeps the last one back.
async fn tell<F: Future<Output = ()>>(news: &Notify, mut say: impl FnMut() -> F) {
    loop {
        news.notified().await;
        say().await;
        // What comes meanwhile is kept by `news`.
        time::sleep(TELL_AFTER).await;
    }
}

/// One domain.
struct Domain<'a> {
    name: &'a DomainName,
    directory: &'a Directory,
    attributes: &'a [String],
    deletions: &'a Deletions,
    heard: &'a Heard,
    news: &'a Notify,
    seen: Option<Seen>,
}

/// How far changes were seen.
struct Seen {
    controller: String,
    usn: i64,
    cookie: Vec<u8>,
}

impl Domain<'_> {
    async fn watch(mut self) {
        let mut failures = 0;
        loop {
            match self.look().await {
                Ok(()) => {
                    if failures > 0 {
                        tracing::info!(domain = %self.name, event_id = events::WATCHING,
                            "the domain is watched again");
                    }
                    failures = 0;
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    if failures == 0 {
                        tracing::warn!(domain = %self.name, event_id = events::WATCHING, error,
                            "the domain cannot be watched for changes; trying again");
                    } else {
                        tracing::debug!(domain = %self.name, error, "still not watched");
                    }
                    failures += 1;
                }
            }
            time::sleep(pause(failures)).await;
        }
    }

    /// Looks once, and tells if something changed since the last time. The first time always
    /// does: what changed before nobody may have seen.
    async fn look(&mut self) -> Result<(), AdError> {
        let controller = self.directory.reader().await?;
        let (name, usn) = controller.highest_usn().await?;
        match &self.seen {
            Some(seen) if (seen.controller.as_str(), seen.usn) == (name.as_str(), usn) => {
                return Ok(());
            }
            Some(seen) => {
                let cookie = seen.cookie.clone();
                if let Err(error) = self.changes(&controller, cookie, usn).await {
                    self.heard.forget(self.name);
                    match error {
                        ChangesError::Directory(error) => return Err(error),
                        ChangesError::CookieRefused(_) => self.begin(&controller).await?,
                    }
                }
            }
            None => self.begin(&controller).await?,
        }
        if let Some(seen) = &mut self.seen {
            (seen.controller, seen.usn) = (name, usn);
        }
        Ok(())
    }

    async fn begin(&mut self, controller: &Controller) -> Result<(), AdError> {
        self.seen = Some(Seen {
            controller: String::new(),
            usn: 0,
            cookie: controller.sync_cookie().await?,
        });
        self.heard.forget(self.name);
        self.hear(controller, ChangesPage::default(), 0).await?;
        self.news.notify_one();
        Ok(())
    }

    async fn hear(
        &self,
        controller: &Controller,
        page: ChangesPage,
        before: i64,
    ) -> Result<(), AdError> {
        let (name, after) = controller.highest_usn().await?;
        let which = (name.as_str(), self.attributes);
        self.heard.add(self.name, which, page, (before, after));
        Ok(())
    }

    /// What changed since `cookie`; the controller's USN was `before` a moment ago.
    async fn changes(
        &mut self,
        controller: &Controller,
        cookie: Vec<u8>,
        before: i64,
    ) -> Result<(), ChangesError> {
        let mut changes = controller.changes(&cookie, self.attributes);
        let mut all: Option<ChangesPage> = None;
        while let Some(page) = changes.next().await? {
            if !page.sees_deletions {
                // Without the right to replicate; with it, imports find out.
                self.deletions.note(self.name, false);
            }
            if let Some(seen) = &mut self.seen {
                seen.cookie.clone_from(&page.cookie);
            }
            let is_news = !page.is_empty();
            match &mut all {
                Some(all) => all.join(page),
                None => all = Some(page),
            }
            if changes.is_over() {
                // Kept before it is told: the import that follows takes it from there.
                let all = all.take().unwrap_or_default();
                self.hear(controller, all, before).await?;
            }
            // Page by page: what the next one costs must not keep this one's news back.
            if is_news {
                self.news.notify_one();
            }
        }
        Ok(())
    }
}

/// How long to wait before the next look.
fn pause(failures: u32) -> Duration {
    LOOK_EVERY
        .saturating_mul(2_u32.saturating_pow(failures))
        .min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn news_is_told_at_once_and_then_not_too_often() {
        let news = Arc::new(Notify::new());
        let told = Arc::new(Mutex::new(Vec::new()));
        let began = Instant::now();
        let (heard, kept) = (Arc::clone(&news), Arc::clone(&told));
        tokio::spawn(async move {
            tell(&heard, || {
                kept.lock().unwrap().push(began.elapsed().as_millis());
                std::future::ready(())
            })
            .await;
        });
        // Three in a row, the last of them while nothing may be said; and one much later.
        for wait in [0, 100, 100, 2000] {
            time::sleep(Duration::from_millis(wait)).await;
            news.notify_one();
            tokio::task::yield_now().await;
        }
        time::sleep(Duration::from_millis(2000)).await;
        assert_eq!(*told.lock().unwrap(), [0, 300, 2200]);
    }

    #[test]
    fn trouble_is_waited_for_longer_and_longer() {
        assert_eq!(pause(0), LOOK_EVERY);
        assert_eq!(pause(3), LOOK_EVERY * 8);
        assert_eq!(pause(10), PAUSE_MAX);
        assert_eq!(pause(u32::MAX), PAUSE_MAX);
    }
}
