//! The lab: real Active Directory forests behind a real company firewall, made
//! of network namespaces on one machine, for tests and for the demo.
//!
//! The machine's own network namespace plays the internet. Everything else is
//! the company: nothing comes in, only TCP 443 goes out. `cargo xtask lab up`
//! builds it; tests run inside the company in the namespace `wb-office` and
//! start with [`Lab::require`], which fails (never skips) when the lab is away.
//!
//! ```text
//!  internet (own namespace)                company
//!  198.51.100.1 mail :2525                 wb-router 10.77.0.1  dnsmasq :53, squid :3128 :3129
//!  198.51.100.10-99 cloud :443  <-- 443 -- wb-office 10.77.9.50, wb-agent1 .11, wb-agent2 .12
//!                                <-proxy-- wb-agent-proxied 10.77.9.13
//!                                          wb-dc1, wb-dc2 (corp.test), wb-fab1, wb-leg1
//! ```
//!
//! In every forest the agent's account `svc-writeback` may reset passwords and
//! unlock, no more. In corp.test and fabrikam.test it also has *Replicating
//! Directory Changes* and may read `CN=Deleted Objects`, so that DirSync works
//! with flags 0 and shows deletions; in legacy.test it has neither, so that what
//! a client does without them is tested as well ([`Forest::agent_replicates`]).

mod apt;
mod bind;
mod broken;
mod ca;
mod clock;
mod command;
mod content;
mod crowd;
mod crowd_people;
mod dc;
mod detour;
mod dns;
mod down;
mod edit;
mod forest;
mod groups;
mod hosts;
mod ldap;
mod lock;
mod machine;
mod mail;
mod mailserver;
mod people;
mod plan;
mod policy;
mod process;
mod progress;
mod provision;
mod proxy;
mod require;
mod reset;
mod restore;
mod rights;
mod rootfs;
mod samba;
mod sd;
mod secrets;
mod slot;
mod snapshot;
mod state;
mod status;
mod text;
mod topology;
mod traffic;
mod up;
mod users;
mod userspec;

pub use apt::install;
pub use bind::BindAnswer;
pub use broken::{BrokenState, Healthy, Mended, TABLE_FILE, TableRow};
pub use ca::CaFiles;
pub use command::{Ran, run};
pub use crowd::Crowd;
pub use dc::Dc;
pub use detour::Detour;
pub use edit::Edit;
pub use forest::Forest;
pub use lock::Guard;
pub use mail::{Mail, Mailbox};
pub use people::{PEOPLE, Person, RESERVED_OU};
pub use plan::{AGENT_SAM, CLOUD_NAME, INTERNET, MAIL_ADDRESS, OFFICE, PSO_LONG, ROUTER};
pub use policy::{PolicyChange, PolicyGuard};
pub use progress::Steps;
pub use proxy::Proxy;
pub use require::Lab;
pub use slot::CloudSlot;
pub use status::{Part, Status};
pub use text::{escape_dn_value, guid_text, unique_name};
pub use traffic::{Loss, Traffic};
pub use userspec::{TestUser, UserSpec};
