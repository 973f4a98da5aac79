//! What cloud and agents hold in memory while the load lasts.

use std::{sync::Arc, time::Duration, time::Instant};

use anyhow::Result;
use tokio::time;

use super::Crowd;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Resident memory of the cloud, in bytes, once a second.
#[derive(Debug, Default)]
pub(super) struct Memory {
    cloud: Vec<u64>,
    /// The larger agent's, at its largest.
    pub(super) agent_most: u64,
}

impl Memory {
    pub(super) async fn watch(crowd: Arc<Crowd>) -> Result<Self> {
        let mut memory = Self::default();
        while Instant::now() < crowd.until {
            {
                let mut stage = crowd.stage();
                let cloud = stage.cloud_process()?;
                cloud.check()?;
                memory.cloud.push(cloud.resident_bytes()?);
                let agents = stage.agents.iter().filter_map(|it| it.process.as_ref());
                // One that is just beginning or ending says nothing.
                let most = agents.filter_map(|it| it.resident_bytes().ok()).max();
                memory.agent_most = memory.agent_most.max(most.unwrap_or_default());
            }
            time::sleep(LOOK_EVERY).await;
        }
        Ok(memory)
    }

    /// The cloud's mean over a tenth of the time, of which `tenth` is the number.
    pub(super) fn cloud_in(&self, tenth: usize) -> f64 {
        let at = |tenth: usize| self.cloud.len() * tenth / 10;
        let looks = self.cloud.get(at(tenth)..at(tenth + 1)).unwrap_or_default();
        let sum: f64 = looks.iter().map(|&bytes| bytes as f64).sum();
        sum / looks.len() as f64
    }

    /// Bytes a minute that the cloud grew by in the second half: the line that fits best.
    pub(super) fn cloud_slope(&self) -> f64 {
        let half = self.cloud.get(self.cloud.len() / 2..).unwrap_or_default();
        let count = half.len() as f64;
        let mean_at = (count - 1.0) / 2.0;
        let mean = half.iter().map(|&it| it as f64).sum::<f64>() / count;
        let (mut with, mut squares) = (0.0, 0.0);
        for (at, &bytes) in half.iter().enumerate() {
            let away = at as f64 - mean_at;
            with += away * (bytes as f64 - mean);
            squares += away * away;
        }
        with / squares * 60.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_has_a_slope() {
        let of = |bytes: fn(u64) -> u64| Memory {
            cloud: (0..100).map(bytes).collect(),
            agent_most: 0,
        };
        assert_eq!(of(|_| 7).cloud_slope(), 0.0);
        assert!((of(|at| 1_000 + 3 * at).cloud_slope() - 180.0).abs() < 1e-6);
        assert_eq!(of(|at| at).cloud_in(0), 4.5);
        assert_eq!(of(|at| at).cloud_in(9), 94.5);
    }
}
