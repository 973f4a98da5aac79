//! The company's web proxy: squid on the router, once open and once with
//! Basic authentication. Only CONNECT to port 443.

use anyhow::Result;

use crate::command::must;
use crate::machine::Machine;
use crate::plan::ROUTER_LAN_IP;
use crate::state;

const USER: &str = "agent";
/// Holds characters that base64 and URLs treat differently.
const PASSWORD: &str = "Proxy+Pass/1";
/// `openssl passwd -6 -salt wblab 'Proxy+Pass/1'`
const HASH: &str = "$6$wblab$VIyBdL5fY.UgJw2Ap/5Nwf6.TtvN0Dgmlvf1HSDpuneb2rR//NsS2g0a9f1u.qRK132JoRsNqwmv64pApeq4r1";

/// How to reach a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// `http://host:port`, without credentials.
    pub url: String,
    /// Name and password when the proxy wants them.
    pub credentials: Option<(String, String)>,
}

impl Proxy {
    pub(crate) fn open() -> Self {
        Self {
            url: format!("http://{ROUTER_LAN_IP}:3128"),
            credentials: None,
        }
    }

    pub(crate) fn basic() -> Self {
        let credentials = Some((USER.to_owned(), PASSWORD.to_owned()));
        Self {
            url: format!("http://{ROUTER_LAN_IP}:3129"),
            credentials,
        }
    }
}

fn config() -> String {
    format!(
        "visible_hostname proxy.corp.test
http_port {ROUTER_LAN_IP}:3128
http_port {ROUTER_LAN_IP}:3129
pid_filename /run/squid.pid
cache deny all
access_log stdio:/run/squid/access.log
cache_log /run/squid/cache.log
netdb_filename none
pinger_enable off
coredump_dir /run/squid
dns_nameservers {ROUTER_LAN_IP}
shutdown_lifetime 0 seconds
auth_param basic program /usr/lib/squid/basic_ncsa_auth /data/squid.users
auth_param basic children 2
auth_param basic realm company
acl to_443 port 443
acl tunnel method CONNECT
acl authenticated_port localport 3129
acl known proxy_auth REQUIRED
http_access deny authenticated_port !known
http_access deny !tunnel
http_access deny !to_443
http_access allow all
"
    )
}

pub(crate) fn start(router: &Machine) -> Result<()> {
    if router.runs("squid") {
        return Ok(());
    }
    let dir = state::state_dir("router")?;
    state::write(&dir.join("squid.conf"), 0o644, config().as_bytes())?;
    state::write(
        &dir.join("squid.users"),
        0o644,
        format!("{USER}:{HASH}\n").as_bytes(),
    )?;
    must(
        router
            .command("install")
            .args(["-d", "-o", "proxy", "-g", "proxy", "/run/squid"]),
    )?;
    must(router.command("squid").args(["-f", "/data/squid.conf"])).map(drop)
}
