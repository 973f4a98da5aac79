//! `writeback doctor --idle-hold`: how long, and what is said meanwhile.

use std::{pin::pin, time::Duration};

use tokio::time::{Instant, interval_at};

/// What is wanted of firewalls is the last; the others tell what they do instead.
pub(super) const SILENCES: [Duration; 4] = [
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(180),
];

const SAY_EVERY: Duration = Duration::from_secs(30);

/// Does the work, and says on stderr how far it is.
pub(super) async fn with_progress<T>(longest: Duration, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let began = Instant::now();
    let mut ticks = interval_at(began + SAY_EVERY, SAY_EVERY);
    let longest = longest.as_secs();
    eprintln!(
        "Keeping silent connections for {longest} s; everything else is looked at meanwhile."
    );
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = ticks.tick() => {
                eprintln!("  {} s of {longest} s", began.elapsed().as_secs().min(longest));
            }
        }
    }
}
