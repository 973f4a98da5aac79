//! Mails: their words and their way.

mod mailer;
mod message;

pub use mailer::Mailer;
pub use message::*;
