//! Addresses for cloud instances of tests that run side by side.

use anyhow::{Result, bail};

use crate::lock::{self, Guard};
use crate::plan::CLOUD_OCTETS;

/// An address on the internet side that nobody else uses until this is dropped.
#[derive(Debug)]
pub struct CloudSlot {
    /// 198.51.100.N.
    pub ip: String,
    /// `cN.writeback.test`, which the company resolves to [`Self::ip`].
    pub host_name: String,
    _guard: Guard,
}

/// The first address is the demo's.
pub(crate) fn take() -> Result<CloudSlot> {
    for n in CLOUD_OCTETS.skip(1) {
        if let Some(guard) = lock::try_exclusive(&format!("cloud-{n}"))? {
            return Ok(CloudSlot {
                ip: format!("198.51.100.{n}"),
                host_name: format!("c{n}.writeback.test"),
                _guard: guard,
            });
        }
    }
    bail!(
        "all {} cloud addresses are in use",
        CLOUD_OCTETS.count() - 1
    )
}
