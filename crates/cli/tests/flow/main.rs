//! The whole way, on real parts: from a person with a browser to the domain controller, through
//! real `writeback` processes, the lab's firewall, proxies and mail server. What a page says is
//! held against what the domain controller answers to OpenLDAP's own tools.

#![expect(
    clippy::indexing_slicing,
    reason = "a test that has made two users may take the first"
)]

mod accounts;
mod directory_trouble;
mod ends;
mod enrolment;
mod names;
mod network;
mod passwords;
mod secrets;
mod setting;
mod together;
