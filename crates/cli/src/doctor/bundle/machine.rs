//! Versions, operating system, clock, and the lines on names that matter to the agent.

use std::{fmt::Write as _, fs, path::Path};

use jiff::{Timestamp, tz::TimeZone};
use writeback_wire::PROTOCOL_VERSION;

use super::configuration::Written;

/// Environment variables of which it is said whether they are set, and nothing else.
const ENVIRONMENT: [&str; 9] = [
    "WRITEBACK_AGENT_CONFIG",
    "WRITEBACK_LOG",
    "WRITEBACK_LOG_FORMAT",
    "CREDENTIALS_DIRECTORY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// What of `/etc/resolv.conf` is shown.
const RESOLVER: [&str; 4] = ["nameserver ", "search ", "domain ", "options "];

/// systemd's word that the clock was set by a time server.
const CLOCK_SET: &str = "/run/systemd/timesync/synchronized";

pub(super) fn about(written: &Written, now: Timestamp) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<24}{value}");
    };
    line("writeback", env!("CARGO_PKG_VERSION"));
    line("protocol", &PROTOCOL_VERSION.to_string());
    line("system", &of_release(&read("/etc/os-release")));
    line("kernel", read("/proc/sys/kernel/osrelease").trim());
    line("architecture", std::env::consts::ARCH);
    line("up for, seconds", first_word(&read("/proc/uptime")));
    line("clock, UTC", &now.to_string());
    let zone = TimeZone::system();
    line("time zone", zone.iana_name().unwrap_or("not named"));
    let set = if Path::new(CLOCK_SET).exists() {
        "yes"
    } else {
        "not told"
    };
    line("clock set by NTP", set);
    for name in ENVIRONMENT {
        let set = std::env::var_os(name).is_some();
        line(name, if set { "set" } else { "not set" });
    }
    text.push_str("\n/etc/resolv.conf\n");
    text.push_str(&resolver(&read("/etc/resolv.conf")));
    text.push_str("\n/etc/hosts, of the hosts that the agent asks for\n");
    text.push_str(&hosts(&read("/etc/hosts"), &written.hosts()));
    text
}

fn read(file: &str) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

fn of_release(text: &str) -> String {
    let lines = text.lines();
    let mut names = lines.filter_map(|line| line.strip_prefix("PRETTY_NAME="));
    names
        .next()
        .unwrap_or("not named")
        .trim_matches('"')
        .to_owned()
}

fn resolver(text: &str) -> String {
    let shown = |line: &&str| RESOLVER.iter().any(|it| line.starts_with(it));
    text.lines()
        .filter(shown)
        .map(|line| format!("  {}\n", without_remark(line)))
        .collect()
}

/// The lines that name one of the hosts, or one in one of the domains; only these names.
fn hosts(text: &str, wanted: &[String]) -> String {
    let mut shown = String::new();
    for line in text.lines() {
        let mut words = without_remark(line).split_whitespace();
        let Some(address) = words.next() else {
            continue;
        };
        let names: Vec<&str> = words.filter(|name| is_wanted(name, wanted)).collect();
        if !names.is_empty() {
            let _ = writeln!(shown, "  {address} {}", names.join(" "));
        }
    }
    shown
}

fn is_wanted(name: &str, wanted: &[String]) -> bool {
    let name = name.to_ascii_lowercase();
    wanted.iter().any(|it| {
        let it = it.to_ascii_lowercase();
        name == it || name.ends_with(&format!(".{it}"))
    })
}

fn without_remark(line: &str) -> &str {
    line.split(['#', ';']).next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_matter_are_shown() {
        let wanted = ["reset.example.org".to_owned(), "corp.test".to_owned()];
        let text =
            "127.0.0.1 localhost\n10.0.0.1 dc1.corp.test other # S3cret\n10.0.0.2 mycorp.test\n";
        assert_eq!(hosts(text, &wanted), "  10.0.0.1 dc1.corp.test\n");
        let text = "# S3cret\nnameserver 10.0.0.1 # S3cret\nsortlist S3cret\n";
        assert_eq!(resolver(text), "  nameserver 10.0.0.1\n");
    }
}
