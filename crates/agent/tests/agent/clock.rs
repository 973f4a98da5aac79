//! A host whose clock is wrong.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use writeback_model::Clock;

use crate::{
    cloud::{Cloud, ENROLMENT_TOKEN, Manners},
    site::{Real, Site, logged},
};

struct Off(SignedDuration);

impl Clock for Off {
    fn now(&self) -> Timestamp {
        Real.now() + self.0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_two_hours_off_keeps_nobody_out() {
    for off in [
        SignedDuration::from_hours(2),
        SignedDuration::from_hours(-2),
    ] {
        let manners = Manners {
            judges_time: true,
            ..Manners::default()
        };
        let cloud = Cloud::start(manners).await;
        let site = Site::new(&cloud, "");
        site.enrol_with(ENROLMENT_TOKEN, false).await.unwrap();
        let running = site.run_by(Arc::new(Off(off)));
        cloud.silent_link().await;
        assert_eq!(cloud.tokens_sold(), 1);
        assert!(logged().contains("this host's clock differs from the cloud's"));
        running.stop().await;
    }
}
