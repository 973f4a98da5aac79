//! The pages, as they are filled in: plain data in, HTML out, no I/O.
//!
//! Each is an askama template with a [`Frame`] and what it alone tells. A language is switched
//! by `?lang=` on the page's own path, which is one that answers to GET.

mod code;
mod console;
mod done;
mod error;
mod frame;
mod not_changed;
mod password;
mod progress;
mod refused;
mod session_ended;
mod start;
mod unavailable;
mod unlocked;

pub use askama::Template;
pub use code::{CodeError, CodePage};
pub use console::{
    ConsoleSignInError, ConsoleSignInPage, DoctorPage, FineGroup, NoRolePage, RemedyPart,
    ShownLook, ShownProblem, status_line,
};
pub use done::DonePage;
pub use error::{ErrorKind, ErrorPage};
pub use frame::Frame;
pub use not_changed::NotChangedPage;
pub use password::{PasswordError, PasswordPage};
pub use progress::{Progress, ProgressPage};
pub use refused::RefusedPage;
pub use session_ended::SessionEndedPage;
pub use start::{StartError, StartPage};
pub use unavailable::UnavailablePage;
pub use unlocked::UnlockedPage;

/// The one style sheet.
pub const PORTAL_CSS: &str = include_str!("../../assets/portal.css");

/// The icon, as SVG.
pub const PORTAL_ICON: &str = include_str!("../../assets/icon.svg");

/// The one script: built from `web/` by `cargo xtask web`, and kept with the sources so that
/// building the cloud needs neither Node nor a network.
pub const PORTAL_SCRIPT: &str = include_str!("../../assets/portal.js");

#[cfg(test)]
mod tests;
