//! The company's resolver: dnsmasq on the router.

use anyhow::Result;

use crate::command::must;
use crate::machine::Machine;
use crate::plan::{CLOUD_NAME, CLOUD_OCTETS, FORESTS, ROUTER_LAN_IP};
use crate::state;

fn config() -> String {
    let mut text = format!(
        "no-resolv\nno-hosts\nuser=root\npid-file=/run/dnsmasq.pid\nlog-facility=/log/dnsmasq.log\n\
         listen-address={ROUTER_LAN_IP}\nbind-interfaces\nall-servers\n\
         # Tests move roles between DCs and must see the new records at once.\ncache-size=0\n\
         local=/writeback.test/\naddress=/{CLOUD_NAME}/198.51.100.10\n"
    );
    for n in CLOUD_OCTETS {
        text += &format!("address=/c{n}.writeback.test/198.51.100.{n}\n");
    }
    for forest in FORESTS {
        for dc in forest.dcs {
            text += &format!("server=/{}/{}\n", forest.domain, dc.ip);
        }
    }
    text
}

pub(crate) fn start(router: &Machine) -> Result<()> {
    if router.runs("dnsmasq") {
        return Ok(());
    }
    let file = state::state_dir("router")?.join("dnsmasq.conf");
    state::write(&file, 0o644, config().as_bytes())?;
    must(
        router
            .command("dnsmasq")
            .arg("--conf-file=/data/dnsmasq.conf"),
    )
    .map(drop)
}
