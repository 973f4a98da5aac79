//! Whether somebody is still there at the other end of a link.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time};

/// Asks for a sign of life, and hears it. One for each link; clones are the same.
#[derive(Clone, Debug)]
pub struct Pulse(Arc<Ends>);

#[derive(Debug)]
struct Ends {
    asked: watch::Sender<u64>,
    heard: watch::Sender<u64>,
}

impl Pulse {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Ends {
            asked: watch::Sender::new(0),
            heard: watch::Sender::new(0),
        }))
    }

    /// Whether the other end answers within that time what is asked now: what it sent earlier does
    /// not count.
    pub(crate) async fn beats(&self, within: Duration) -> bool {
        let mut heard = self.0.heard.subscribe();
        let mut number = 0;
        self.0.asked.send_modify(|last| {
            *last += 1;
            number = *last;
        });
        let answered = heard.wait_for(|heard| *heard >= number);
        matches!(time::timeout(within, answered).await, Ok(Ok(_)))
    }

    /// For the one who writes the link: waits until a sign of life is to be asked for, and gives
    /// what the question carries.
    pub async fn asked(&self, last: u64) -> u64 {
        let mut asked = self.0.asked.subscribe();
        let next = asked.wait_for(|asked| *asked > last).await;
        match next.map(|asked| *asked) {
            Ok(asked) => asked,
            // The sender lives as long as this does.
            Err(_) => std::future::pending().await,
        }
    }

    /// For the one who reads the link: an answer came, with what the question carried.
    pub fn heard(&self, number: u64) {
        let asked = *self.0.asked.borrow();
        self.0.heard.send_if_modified(|heard| {
            let is_answer = number > *heard && number <= asked;
            if is_answer {
                *heard = number;
            }
            is_answer
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_an_answer_to_this_question_counts() {
        let pulse = Pulse::new();
        let within = Duration::from_secs(2);
        // Nobody asked: a number of one's own is no answer to what is asked later.
        pulse.heard(1);
        assert!(!pulse.beats(within).await);
        let answering = async {
            let asked = pulse.asked(1).await;
            pulse.heard(asked);
            asked
        };
        assert_eq!(tokio::join!(pulse.beats(within), answering), (true, 2));
        pulse.heard(2);
        assert!(!pulse.beats(within).await, "the answer before");
    }
}
