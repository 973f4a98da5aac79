//! What a domain controller says about itself.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    connection::Connection, entry::Entry, error::AdError, refusal::Refusal, search::Search,
    time::from_generalized,
};

/// The control that holds a reset to history and minimum age (MS-ADTS 3.1.1.3.4.1.27).
pub(crate) const POLICY_HINTS: &str = "1.2.840.113556.1.4.2239";
/// Its older number, with the same value.
pub(crate) const POLICY_HINTS_DEPRECATED: &str = "1.2.840.113556.1.4.2066";

/// Which policy-hints control a domain controller offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyHints {
    /// `1.2.840.113556.1.4.2239`.
    Current,
    /// Only `1.2.840.113556.1.4.2066`.
    Deprecated,
}

impl PolicyHints {
    /// The number of the control.
    pub const fn oid(self) -> &'static str {
        match self {
            Self::Current => POLICY_HINTS,
            Self::Deprecated => POLICY_HINTS_DEPRECATED,
        }
    }
}

/// Which software a domain controller runs: where the two differ, code asks this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// Samba says so in `vendorName`.
    Samba,
    /// Windows says nothing there.
    Windows,
}

/// The root DSE (MS-ADTS 3.1.1.3.2), as far as it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootDse {
    /// `dnsHostName`: its own DNS name.
    pub dns_host_name: Option<String>,
    /// `dsServiceName`: the distinguished name of its NTDS Settings, by which `fSMORoleOwner`
    /// names it.
    pub ds_service_name: String,
    /// `defaultNamingContext`: the head of its domain.
    pub domain_head: String,
    /// `configurationNamingContext`.
    pub configuration: String,
    /// `rootDomainNamingContext`: the head of the forest's root domain.
    pub root_domain: Option<String>,
    /// `currentTime` when the connection was made.
    pub current_time: Option<Timestamp>,
    /// `isSynchronized`: whether it has replicated since it started.
    pub is_synchronized: Option<bool>,
    /// `domainFunctionality`, e.g. 7 for Windows Server 2016.
    pub domain_functionality: Option<i64>,
    /// `forestFunctionality`.
    pub forest_functionality: Option<i64>,
    /// `domainControllerFunctionality`.
    pub controller_functionality: Option<i64>,
    /// `supportedControl`: numbers of the controls it offers.
    pub supported_controls: Vec<String>,
    /// `supportedCapabilities`.
    pub supported_capabilities: Vec<String>,
    /// `highestCommittedUSN` when the connection was made.
    pub highest_committed_usn: Option<i64>,
    /// Which software it is.
    pub vendor: Vendor,
    /// `invocationId` of its database: how replication metadata name it. `None` if the
    /// agent's account may not read it.
    pub invocation_id: Option<Uuid>,
}

const WANTED: &[&str] = &[
    "dnsHostName",
    "dsServiceName",
    "defaultNamingContext",
    "configurationNamingContext",
    "rootDomainNamingContext",
    "currentTime",
    "isSynchronized",
    "domainFunctionality",
    "forestFunctionality",
    "domainControllerFunctionality",
    "supportedControl",
    "supportedCapabilities",
    "highestCommittedUSN",
    "vendorName",
];

impl RootDse {
    /// Which policy-hints control it offers.
    pub fn policy_hints(&self) -> Option<PolicyHints> {
        let offers = |oid: &str| self.supported_controls.iter().any(|control| control == oid);
        [PolicyHints::Current, PolicyHints::Deprecated]
            .into_iter()
            .find(|h| offers(h.oid()))
    }

    pub(crate) async fn read(connection: &Connection) -> Result<Self, AdError> {
        let entry = read_object(connection, "read rootDSE", "", WANTED).await?;
        let missing = || AdError::Missing {
            host: connection.host().to_string(),
            what: "rootDSE",
        };
        let mut root = Self::parse(&entry.ok_or_else(missing)?).ok_or_else(missing)?;
        let settings = root.ds_service_name.clone();
        let settings = read_object(
            connection,
            "read invocationId",
            &settings,
            &["invocationId"],
        )
        .await?;
        root.invocation_id = settings.and_then(|entry| entry.guid("invocationId"));
        Ok(root)
    }

    fn parse(entry: &Entry) -> Option<Self> {
        let samba = entry
            .text("vendorName")
            .is_some_and(|name| name.contains("Samba"));
        Some(Self {
            dns_host_name: entry
                .text("dnsHostName")
                .map(|name| name.to_ascii_lowercase()),
            ds_service_name: entry.text("dsServiceName")?,
            domain_head: entry.text("defaultNamingContext")?,
            configuration: entry.text("configurationNamingContext")?,
            root_domain: entry.text("rootDomainNamingContext"),
            current_time: entry
                .text("currentTime")
                .as_deref()
                .and_then(from_generalized),
            is_synchronized: entry.flag("isSynchronized"),
            domain_functionality: entry.integer("domainFunctionality"),
            forest_functionality: entry.integer("forestFunctionality"),
            controller_functionality: entry.integer("domainControllerFunctionality"),
            supported_controls: entry.texts("supportedControl"),
            supported_capabilities: entry.texts("supportedCapabilities"),
            highest_committed_usn: entry.integer("highestCommittedUSN"),
            vendor: if samba {
                Vendor::Samba
            } else {
                Vendor::Windows
            },
            invocation_id: None,
        })
    }
}

/// One object by its name; `None` if there is none, or none to be seen.
pub(crate) async fn read_object(
    connection: &Connection,
    operation: &'static str,
    dn: &str,
    attributes: &[&str],
) -> Result<Option<Entry>, AdError> {
    let reply = connection
        .search(operation, Search::object(dn, attributes))
        .await?;
    let refusal = Refusal::of(reply.result);
    match refusal.code {
        0 => Ok(reply.entries.into_iter().next()),
        NO_SUCH_OBJECT => Ok(None),
        _ => Err(AdError::Refused {
            host: connection.host().to_string(),
            operation,
            source: refusal,
        }),
    }
}

/// LDAP's `noSuchObject`.
pub(crate) const NO_SUCH_OBJECT: u32 = 32;
