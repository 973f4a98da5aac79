//! The whole way, on real parts: from a person with a browser to the domain controller, through
//! real `writeback` processes, the lab's firewall, proxies and mail server. What a page says is
//! held against what the domain controller answers to OpenLDAP's own tools.

#![expect(
    clippy::indexing_slicing,
    reason = "a test that has made two users may take the first"
)]

mod access;
mod accounts;
mod backup;
mod banned;
mod browser;
mod browser_console;
mod browser_seal;
mod copied;
mod directory_trouble;
mod disk_full;
mod ends;
mod enrolment;
mod killed_cloud;
mod late_writes;
mod names;
mod network;
mod owed_mails;
mod passwords;
mod round_trip;
mod secrets;
mod setting;
mod sign_in;
mod sync_agents;
mod sync_bad;
mod sync_changes;
mod sync_controllers;
mod sync_forests;
mod sync_groups;
mod sync_guard;
mod sync_match;
mod sync_rights;
mod sync_rules;
mod sync_seen;
mod sync_setting;
mod sync_trouble;
mod sync_two_accounts;
mod sync_unit;
mod sync_units;
mod together;
mod two_agents;
