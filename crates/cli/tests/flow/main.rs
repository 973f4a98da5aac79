//! The whole way, on real parts: from a person with a browser to the domain controller, through
//! real `writeback` processes, the lab's firewall, proxies and mail server. What a page says is
//! held against what the domain controller answers to OpenLDAP's own tools.

mod accounts;
mod directory_trouble;
mod enrolment;
mod ends;
mod names;
mod network;
mod passwords;
mod secrets;
mod setting;
mod together;
