//! Mails: their words and their way.

mod mailer;
mod message;

pub use mailer::{MailError, Mailer};
pub use message::*;
