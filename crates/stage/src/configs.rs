//! The configuration files of a stage.

use std::fmt::Write as _;

use writeback_lab::{CloudSlot, Lab};

use crate::stage::{AgentPlace, Options, Route};

/// The cloud's address, as people and agents write it.
pub(crate) fn url(slot: &CloudSlot, options: &Options) -> String {
    let host = if options.by_address {
        &slot.ip
    } else {
        &slot.host_name
    };
    format!("https://{host}")
}

pub(crate) fn cloud(lab: &Lab, slot: &CloudSlot, dir: &str, options: &Options) -> String {
    let ca = lab.ca();
    let mut text = format!(
        r#"public_url = "{url}"
database = "{dir}/cloud.db"

[[listen]]
address = "{ip}:443"
tls = {{ certificate = "{cert}", key = "{key}" }}

[mail]
from = "Stage <reset@writeback.test>"
{mail}

[limits]
names_per_address = 100000
codes_per_name = 100000
mails_per_destination = 100000
mails_per_tenant = 1000000
{limits}

[sync]
{sync}
"#,
        url = url(slot, options),
        ip = slot.ip,
        cert = ca.cloud_cert.display(),
        key = ca.cloud_key.display(),
        mail = options.mail_folder.as_ref().map_or_else(
            || format!("smtp = \"smtp://{}\"", options.mail_server),
            |folder| format!("folder = \"{}\"", folder.display())
        ),
        limits = options.cloud_limits,
        sync = options.cloud_sync,
    );
    if let Some(extra) = &options.cloud_extra {
        // Top-level settings stand before the first table.
        text = format!("{extra}\n{text}");
    }
    text
}

pub(crate) fn agent(lab: &Lab, url: &str, dir: &str, place: &AgentPlace) -> anyhow::Result<String> {
    let mut text = format!(
        "cloud = \"{url}\"\nstate_dir = \"{dir}/state\"\nca_file = \"{ca}\"\n",
        ca = lab.ca().ca.display(),
    );
    let proxy = match place.route {
        Route::Direct => None,
        Route::OpenProxy => Some(lab.proxy_open()),
        Route::BasicProxy => Some(lab.proxy_basic()),
    };
    if let Some(proxy) = proxy {
        write!(text, "\n[proxy]\nurl = \"{}\"\n", proxy.url)?;
        if let Some((user, password)) = proxy.credentials {
            let file = format!("{dir}/proxy-password");
            std::fs::write(&file, password)?;
            write!(text, "user = \"{user}\"\npassword_file = \"{file}\"\n")?;
        }
    }
    for name in &place.forests {
        let forest = lab.forest(name)?;
        let file = format!("{dir}/{name}.password");
        std::fs::write(&file, &forest.agent_password)?;
        write!(
            text,
            "\n[[forest]]\nname = \"{name}\"\nuser = \"{user}\"\npassword_file = \"{file}\"\n\
             ca_file = \"{ca}\"\n{extra}\n{own}\n",
            user = forest.agent_upn,
            ca = forest.ca_pem.display(),
            extra = place.forest_extra,
            own = place.extra_of.get(name).map_or("", String::as_str),
        )?;
    }
    Ok(text)
}
