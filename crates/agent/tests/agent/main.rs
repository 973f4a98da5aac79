//! The agent as a whole, against real domain controllers and a cloud that does as each test
//! says. Run inside the company: `ip netns exec wb-office cargo test -p writeback-agent`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test expects, it says so"
)]

mod anchors;
mod clock;
mod cloud;
mod delta;
mod doctor;
mod doctor_bench;
mod doctor_certificates;
mod enrolment;
mod faults;
mod former;
mod import;
mod link;
mod reset;
mod runs;
mod scope;
mod settle;
mod site;
mod watch;
mod way;
