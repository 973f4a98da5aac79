//! Domain controllers that die in the middle.

use std::time::Duration;

use writeback_ad::{AdError, Controller, Directory};

use super::{all, names};
use crate::support::{config, lab};

async fn while_it_is(
    disturb: impl Fn(),
    mend: impl Fn(),
    controller: &Controller,
) -> Result<usize, AdError> {
    let mut objects = controller.enumerate(None, &names(&["displayName"]), 1);
    let mut count = objects.next().await?.unwrap_or_default().len();
    disturb();
    let rest = async {
        while let Some(page) = objects.next().await? {
            count += page.len();
        }
        Ok(count)
    };
    let rest = rest.await;
    mend();
    rest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_that_dies_between_two_pages_ends_the_enumeration_with_an_error() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("fabrikam.test").unwrap().clone();
    let mut config = config(&forest);
    config.limits.silence = Duration::from_secs(2);
    let directory = Directory::new(config).unwrap();
    let dc = forest.first_dc().unwrap();
    let pdc = directory.pdc().await.unwrap();
    let everyone = all(pdc.enumerate(None, &[], 1000)).await.len();
    let paused = while_it_is(|| dc.pause().unwrap(), || dc.resume().unwrap(), &pdc).await;
    assert!(
        matches!(paused, Err(AdError::TimedOut { .. })),
        "{paused:?}"
    );
    let stopped = while_it_is(|| dc.stop().unwrap(), || dc.start().unwrap(), &pdc).await;
    assert!(matches!(stopped, Err(AdError::Lost { .. })), "{stopped:?}");
    // And nothing is left of it.
    assert_eq!(all(pdc.enumerate(None, &[], 1000)).await.len(), everyone);
    let cookie = pdc.sync_cookie().await.unwrap();
    dc.stop().unwrap();
    let (changes, position) = (
        pdc.changes(&cookie, &[]).next().await,
        pdc.sync_cookie().await,
    );
    dc.start().unwrap();
    assert!(changes.is_err() && position.is_err());
    assert!(pdc.changes(&cookie, &[]).next().await.unwrap().is_some());
}
