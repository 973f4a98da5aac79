//! What another LDAP client sees.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use writeback_lab::{Forest, OFFICE};

use crate::support::lab;

/// Objects by their GUIDs, their attributes by names in small letters.
pub(crate) type Seen = BTreeMap<Vec<u8>, BTreeMap<String, Vec<Vec<u8>>>>;

/// What `ldapsearch` gives the agent's account on the first domain controller.
pub(crate) fn ldapsearch(forest: &Forest, base: &str, filter: &str, attributes: &[&str]) -> Seen {
    let dc = forest.first_dc().unwrap();
    let mut command = lab().command_in(OFFICE, "ldapsearch");
    command
        .args(["-x", "-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt"])
        .args(["-H", &format!("ldaps://{}", dc.fqdn), "-b", base])
        .args([
            "-D",
            &forest.agent_upn,
            "-y",
            "/dev/stdin",
            filter,
            "objectGUID",
        ])
        .args(attributes)
        .env("LDAPTLS_CACERT", &forest.ca_pem);
    let ran = writeback_lab::run(&mut command, forest.agent_password.as_bytes()).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let entries = ran.stdout.split("\n\n").map(entry);
    entries
        .filter_map(|entry| Some((entry.get("objectguid")?.concat(), entry)))
        .collect()
}

fn entry(text: &str) -> BTreeMap<String, Vec<Vec<u8>>> {
    let mut entry: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.split_once(':').unwrap();
        let value = match value.strip_prefix(':') {
            Some(coded) => BASE64_STANDARD.decode(coded.trim()).unwrap(),
            None => value.trim_start().as_bytes().to_vec(),
        };
        entry.entry(name.to_lowercase()).or_default().push(value);
    }
    entry
}
