//! A copy of the whole file while others write to it, and the way back.

mod error;
mod file;
mod lost;
mod make;
mod mark;
mod restore;

pub use error::BackupError;
pub use file::{Manifest, Part, Source};
pub use lost::{KnownAgent, Lost};
pub use make::{Stamp, back_up};
pub use mark::Ended;
pub use restore::{Alone, KeptAside, Place, Staged, take_alone};

/// Told how many bytes of how many are done.
pub type Progress<'p> = &'p mut (dyn FnMut(u64, u64) + Send);
