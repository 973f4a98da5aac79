//! Looking a person up by name.

use ldap3_proto::proto::LdapSearchScope;
use writeback_model::SourceAnchor;

use crate::{controller::Controller, error::AdError, filter::Filter, search::Search};

/// More accounts than this with one name are not listed: two are one too many.
const AT_MOST: i32 = 5;

/// An account that has the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// `objectGUID`.
    pub anchor: SourceAnchor,
    /// Where it is.
    pub dn: String,
    /// `sAMAccountName`.
    pub sam: Option<String>,
    /// `userPrincipalName`.
    pub upn: Option<String>,
}

impl Controller {
    /// The accounts with that user principal name or account name (`name`, `name@domain`,
    /// `DOMAIN\name`) in this controller's domain; at most five.
    pub async fn named(&self, name: &str) -> Result<Vec<Named>, AdError> {
        let name = name.rsplit_once('\\').map_or(name, |(_, name)| name);
        let head = self.root_dse().domain_head.clone();
        let filter = Filter::all_of(&[
            Filter::equal("objectClass", b"user"),
            Filter::any_of(&[
                Filter::equal("userPrincipalName", name.as_bytes()),
                Filter::equal("sAMAccountName", name.as_bytes()),
            ]),
        ]);
        let search = Search {
            base: &head,
            scope: LdapSearchScope::Subtree,
            filter,
            attributes: &["objectGUID", "sAMAccountName", "userPrincipalName"],
            at_most: AT_MOST,
            controls: Vec::new(),
        };
        let kept = self.kept();
        let reply = kept.connection.search("look up", search).await?;
        let refusal = crate::refusal::Refusal::of(reply.result);
        // More than asked for is said by sizeLimitExceeded; what came is enough to know.
        if refusal.code != 0 && refusal.code != SIZE_LIMIT_EXCEEDED {
            return Err(AdError::Refused {
                host: self.host().to_owned(),
                operation: "look up",
                source: refusal,
            });
        }
        Ok(reply
            .entries
            .iter()
            .filter_map(|entry| {
                let anchor = entry.bytes("objectGUID")?;
                Some(Named {
                    anchor: SourceAnchor::try_from_bytes(anchor).ok()?,
                    dn: entry.dn().to_owned(),
                    sam: entry.text("sAMAccountName"),
                    upn: entry.text("userPrincipalName"),
                })
            })
            .collect())
    }
}

/// LDAP's `sizeLimitExceeded`.
const SIZE_LIMIT_EXCEEDED: u32 = 4;
