//! The whole product set up on the lab, and a person who uses it.
//!
//! A [`Stage`] is a real `writeback cloud` on the internet side and real `writeback agent`s
//! inside the company, each a process of its own with its own files. A [`Person`] walks the
//! portal as a browser would. Nothing here stands in for anything.

mod configs;
mod person;
mod process;
mod sealing;
mod stage;

pub use person::{Page, Person, code_in};
pub use process::Process;
pub use stage::{AgentPlace, AgentProcess, Options, Route, Stage};
