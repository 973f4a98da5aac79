//! The world outside the program: the real clock, real chance, and the signals to stop.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use writeback_model::{Clock, Entropy};

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time is handed in")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's randomness.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        // Without chance every key and token would be guessable: better no program than that.
        if SystemRandom::new().fill(buffer).is_err() {
            eprintln!("writeback: the operating system gives no random numbers");
            std::process::abort();
        }
    }
}

/// Cancelled when somebody asks the program to stop: Ctrl-C, or a service manager.
pub fn stop_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stopping = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: what is under way is finished first");
        stopping.cancel();
    });
    Ok(stop)
}
