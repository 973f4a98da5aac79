//! The cloud's configuration file.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use writeback_policy::RecoveryAttribute;

use crate::audit::{AuditSection, AuditSettings};

use crate::dns::DnsServer;

/// Everything an operator can set. Unknown fields are refused, so that a typing mistake is
/// found at the start and not in the night.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudConfig {
    /// The address people type, such as `https://reset.example.org`. Forms are taken from this
    /// origin only, and agents must be told the same one.
    pub public_url: PublicUrl,
    /// The database file; made when it is not there.
    pub database: PathBuf,
    /// Where to listen.
    pub listen: Vec<Listen>,
    /// How codes and news reach people.
    pub mail: MailConfig,
    /// Reverse proxies whose `X-Forwarded-For` is believed, by their addresses.
    #[serde(default)]
    pub trusted_proxies: Vec<IpAddr>,
    /// Which directory attributes hold addresses a code may go to, in order of preference.
    #[serde(default = "default_recovery")]
    pub recovery_attributes: Vec<RecoverySetting>,
    /// When imports are made that nobody asked for.
    #[serde(default)]
    pub sync: SyncSettings,
    /// The time zone in which pages and mails tell times, such as `Asia/Jakarta`.
    #[serde(default = "default_time_zone")]
    pub time_zone: String,
    /// How often what may happen, where it is not the default.
    #[serde(default)]
    pub limits: LimitSettings,
    /// The DNS servers that are asked whether a domain is verified, such as `10.0.0.53` or
    /// `10.0.0.53:5353`; the system's where there are none.
    #[serde(default)]
    pub dns_servers: Vec<DnsServer>,
    /// The audit trail. [`CloudConfig::audit`] has the defaults filled in.
    #[serde(default)]
    audit: AuditSection,
}

/// When imports are made that nobody asked for: the safety net under the changes that agents
/// tell at once.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SyncSettings {
    /// How many minutes after an import the next delta import is due.
    pub delta_every_minutes: u32,
    /// How many hours after a full import the next one is due.
    pub full_every_hours: u32,
}

impl Default for SyncSettings {
    fn default() -> Self {
        Self {
            delta_every_minutes: 30,
            full_every_hours: 24,
        }
    }
}

/// One address to listen on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Address and port.
    pub address: SocketAddr,
    /// The certificate; without one this address speaks plain HTTP, which is meant for a
    /// reverse proxy in front and is refused on an address that others can reach, unless
    /// `behind_proxy` says that nobody else can.
    pub tls: Option<TlsFiles>,
    /// Plain HTTP on an address that is not loopback is all right here.
    #[serde(default)]
    pub behind_proxy: bool,
}

/// A certificate with its key, as PEM files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate, followed by what leads to its root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// How mails are sent: by an SMTP server, or into a folder for trying things out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// The sender, such as `Example Inc <reset@example.org>`.
    pub from: String,
    /// The server, such as `smtps://user@mail.example.org` or `smtp://localhost:25`.
    pub smtp: Option<String>,
    /// The file that holds the server's password, where it wants one.
    pub password_file: Option<PathBuf>,
    /// The folder, one file a mail.
    pub folder: Option<PathBuf>,
}

/// An attribute that holds recovery addresses.
#[derive(Clone, Copy, Debug, Deserialize)]
pub enum RecoverySetting {
    /// `otherMailbox`: addresses outside the company.
    #[serde(rename = "otherMailbox")]
    OtherMailbox,
    /// `mail`: the company's mailbox, which may need the forgotten password.
    #[serde(rename = "mail")]
    Mail,
}

/// Limits that are not the default.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Names tried from one network address in ten minutes.
    pub names_per_address: Option<u32>,
    /// Sign-ins tried from one network address in ten minutes.
    pub sign_ins_per_address: Option<u32>,
    /// Codes mailed for one name in ten minutes.
    pub codes_per_name: Option<u32>,
    /// Wrong codes for one name in an hour.
    pub wrong_codes_per_name: Option<u32>,
    /// Passwords tried for one account in an hour.
    pub passwords_per_user: Option<u32>,
    /// Mails to one address in ten minutes.
    pub mails_per_destination: Option<u32>,
    /// Mails of one tenant in a day.
    pub mails_per_tenant: Option<u32>,
    /// Text messages to one number in ten minutes.
    pub texts_per_destination: Option<u32>,
    /// Text messages of one tenant in a day.
    pub texts_per_tenant: Option<u32>,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("the configuration {path} could not be read")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not what it should be; the source names line and field.
    #[error("the configuration {path} is not right")]
    Parse {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: toml::de::Error,
    },
    /// A value that is of the right shape and still cannot be.
    #[error("in the configuration, {field}: {why}")]
    Value {
        /// Which.
        field: &'static str,
        /// Why, and what to do.
        why: String,
    },
}

impl CloudConfig {
    /// Reads and checks the file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        let config: Self = toml::from_str(&text).map_err(|source| ConfigError::Parse {
            path: path.to_owned(),
            source,
        })?;
        config.check()?;
        Ok(config)
    }

    /// The time zone in which times are told.
    pub fn time_zone(&self) -> Result<jiff::tz::TimeZone, ConfigError> {
        jiff::tz::TimeZone::get(&self.time_zone).map_err(|_| ConfigError::Value {
            field: "time_zone",
            why: format!(
                "{:?} is no time zone; write one such as Asia/Jakarta",
                self.time_zone
            ),
        })
    }

    /// The attributes that hold recovery addresses.
    pub fn recovery_attributes(&self) -> Vec<RecoveryAttribute> {
        self.recovery_attributes
            .iter()
            .map(|setting| match setting {
                RecoverySetting::OtherMailbox => RecoveryAttribute::OtherMailbox,
                RecoverySetting::Mail => RecoveryAttribute::Mail,
            })
            .collect()
    }

    /// How the audit trail is kept.
    pub fn audit(&self) -> AuditSettings {
        self.audit.beside(&self.database)
    }

    /// When imports are due.
    pub fn schedule(&self) -> crate::sync::Schedule {
        let hours = i64::from(self.sync.full_every_hours);
        crate::sync::Schedule {
            delta_every: jiff::SignedDuration::from_mins(self.sync.delta_every_minutes.into()),
            full_every: jiff::SignedDuration::from_hours(hours),
        }
    }

    /// All limits, with what is set in place of the defaults.
    pub fn limits(&self) -> writeback_policy::Limits {
        let mut limits = writeback_policy::Limits::default();
        let set = |limit: &mut writeback_policy::Limit, times: Option<u32>| {
            limit.times = times.unwrap_or(limit.times);
        };
        let of = &self.limits;
        set(&mut limits.names_per_address, of.names_per_address);
        set(&mut limits.sign_ins_per_address, of.sign_ins_per_address);
        set(&mut limits.codes_per_name, of.codes_per_name);
        set(&mut limits.wrong_codes_per_name, of.wrong_codes_per_name);
        set(&mut limits.passwords_per_user, of.passwords_per_user);
        set(&mut limits.mails_per_destination, of.mails_per_destination);
        set(&mut limits.mails_per_tenant, of.mails_per_tenant);
        set(&mut limits.texts_per_destination, of.texts_per_destination);
        set(&mut limits.texts_per_tenant, of.texts_per_tenant);
        limits
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |field, why: &str| {
            Err(ConfigError::Value {
                field,
                why: why.to_owned(),
            })
        };
        if self.listen.is_empty() {
            return wrong(
                "listen",
                "there is no address to listen on; add a [[listen]]",
            );
        }
        for listen in &self.listen {
            if listen.tls.is_none() && !listen.behind_proxy && !listen.address.ip().is_loopback() {
                return wrong(
                    "listen",
                    "plain HTTP on an address that others can reach would show passwords to the \
                     network; add tls, or set behind_proxy = true where only a reverse proxy \
                     can reach it",
                );
            }
        }
        match (&self.mail.smtp, &self.mail.folder) {
            (None, None) => return wrong("mail", "set smtp, or folder to try things out"),
            (Some(_), Some(_)) => return wrong("mail", "set smtp or folder, not both"),
            _ => {}
        }
        if self.sync.delta_every_minutes == 0 || self.sync.full_every_hours == 0 {
            return wrong(
                "sync",
                "delta_every_minutes and full_every_hours are at least 1",
            );
        }
        self.time_zone().map(|_| ())
    }
}

fn default_recovery() -> Vec<RecoverySetting> {
    vec![RecoverySetting::OtherMailbox]
}

fn default_time_zone() -> String {
    "UTC".to_owned()
}

/// The cloud's own address, as people and agents write it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicUrl {
    /// Scheme, host and port, without a path: what browsers send as `Origin`.
    origin: String,
    secure: bool,
}

impl PublicUrl {
    /// The origin: scheme, host and, where it is not the usual one, port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether browsers reach it by HTTPS.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        let authority = self.origin.split("://").nth(1).unwrap_or_default();
        match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        }
    }

    /// The address of a path on it.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let uri: http::Uri = text
            .parse()
            .map_err(|error| format!("not an address: {error}"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err("write it whole, such as https://reset.example.org".to_owned());
        };
        if uri.path() != "/" || uri.query().is_some() {
            return Err("write it without a path: the portal stands at the root".to_owned());
        }
        let host = authority.host();
        let loopback = host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip.is_loopback());
        let secure = match scheme {
            "https" => true,
            "http" if loopback => false,
            "http" => {
                return Err("passwords need https; plain http is for localhost alone".to_owned());
            }
            _ => return Err("it begins with https://".to_owned()),
        };
        let usual = if secure { ":443" } else { ":80" };
        let authority = authority.as_str().to_ascii_lowercase();
        let authority = authority.strip_suffix(usual).unwrap_or(&authority);
        Ok(Self {
            origin: format!("{scheme}://{authority}"),
            secure,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        public_url = "https://Reset.Example.org:443"
        database = "/tmp/cloud.db"
        [[listen]]
        address = "127.0.0.1:8080"
        [mail]
        from = "a@b.test"
        folder = "/tmp/mail"
    "#;

    fn check(text: &str) -> Result<CloudConfig, String> {
        let config: CloudConfig = toml::from_str(text).map_err(|error| error.to_string())?;
        config.check().map_err(|error| error.to_string())?;
        Ok(config)
    }

    #[test]
    fn the_origin_is_written_as_browsers_write_it() {
        assert_eq!(
            check(GOOD).unwrap().public_url.origin(),
            "https://reset.example.org"
        );
    }

    #[test]
    fn what_would_be_unsafe_or_a_mistake_is_refused_in_words() {
        for (from, to, word) in [
            ("127.0.0.1:8080", "0.0.0.0:8080", "behind_proxy"),
            (
                "https://Reset.Example.org:443",
                "http://reset.example.org",
                "https",
            ),
            (
                "https://Reset.Example.org:443",
                "https://reset.example.org/x",
                "path",
            ),
            ("folder = ", "folders = ", "unknown field"),
            ("folder = \"/tmp/mail\"", "", "smtp"),
        ] {
            let error = check(&GOOD.replace(from, to)).unwrap_err();
            assert!(error.contains(word), "{to}: {error}");
        }
    }
}
