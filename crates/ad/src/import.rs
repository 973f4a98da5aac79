//! Users, page by page (RFC 2696), with no more than one page in memory.

use std::sync::Arc;

use jiff::Timestamp;
use ldap3_proto::proto::LdapSearchScope;
use writeback_model::SourceAnchor;

use crate::{
    account_control::AccountControl,
    controller::Controller,
    entry::Entry,
    enumerate::PAGE_SIZE_MAX,
    error::AdError,
    filter::Filter,
    filter_bytes::FilterBytes,
    pool::Kept,
    refusal::Refusal,
    search::{Ask, Search, next_page},
    time::from_filetime,
};

/// One user as the directory has it. Text that is no UTF-8 has U+FFFD in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedUser {
    /// `objectGUID`.
    pub anchor: SourceAnchor,
    /// The distinguished name.
    pub dn: String,
    /// `sAMAccountName`.
    pub sam: Option<String>,
    /// `userPrincipalName`.
    pub upn: Option<String>,
    /// `mail`.
    pub mail: Option<String>,
    /// `otherMailbox`.
    pub other_mailbox: Vec<String>,
    /// `mobile`.
    pub mobile: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `givenName`.
    pub given_name: Option<String>,
    /// `sn`.
    pub surname: Option<String>,
    /// `preferredLanguage`.
    pub preferred_language: Option<String>,
    /// Not disabled (`userAccountControl`).
    pub enabled: bool,
    /// `accountExpires`; `None` is never.
    pub account_expires: Option<Timestamp>,
    /// `adminCount` is 1.
    pub admin_count: bool,
    /// `uSNChanged` on the controller that was read.
    pub usn_changed: Option<i64>,
}

const WANTED: &[&str] = &[
    "objectGUID",
    "sAMAccountName",
    "userPrincipalName",
    "mail",
    "otherMailbox",
    "mobile",
    "displayName",
    "givenName",
    "sn",
    "preferredLanguage",
    "userAccountControl",
    "accountExpires",
    "adminCount",
    "uSNChanged",
];

impl ImportedUser {
    fn of(entry: &Entry) -> Option<Self> {
        let anchor = SourceAnchor::try_from_bytes(entry.bytes("objectGUID")?).ok()?;
        let control = entry.bits("userAccountControl").map(AccountControl);
        Some(Self {
            anchor,
            dn: entry.dn().to_owned(),
            sam: entry.text("sAMAccountName"),
            upn: entry.text("userPrincipalName"),
            mail: entry.text("mail"),
            other_mailbox: entry.texts("otherMailbox"),
            mobile: entry.text("mobile"),
            display_name: entry.text("displayName"),
            given_name: entry.text("givenName"),
            surname: entry.text("sn"),
            preferred_language: entry.text("preferredLanguage"),
            // Whoever cannot be shown to be enabled is not.
            enabled: control.is_some_and(|control| !control.disabled()),
            account_expires: entry.integer("accountExpires").and_then(from_filetime),
            admin_count: entry.integer("adminCount").is_some_and(|count| count != 0),
            usn_changed: entry.integer("uSNChanged"),
        })
    }
}

/// A page of users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserPage {
    /// The users.
    pub users: Vec<ImportedUser>,
    /// Objects that have no readable GUID and so cannot be users of anything.
    pub unusable: usize,
}

/// The pages of one import. All come over one connection: a page's cookie is worth nothing on
/// another.
pub struct UserPages<'a> {
    controller: &'a Controller,
    kept: Arc<Kept>,
    base: String,
    filter: Filter,
    page_size: u16,
    cookie: Option<Vec<u8>>,
}

impl Controller {
    /// Users below `base` (the whole domain if `None`) that match `filter`, in pages of at
    /// most `page_size` (1 to [`PAGE_SIZE_MAX`]).
    pub fn import_users(
        &self,
        base: Option<&str>,
        filter: Filter,
        page_size: u16,
    ) -> UserPages<'_> {
        UserPages {
            controller: self,
            kept: self.kept(),
            base: base.unwrap_or(&self.root_dse().domain_head).to_owned(),
            filter,
            page_size: page_size.clamp(1, PAGE_SIZE_MAX),
            cookie: Some(Vec::new()),
        }
    }
}

impl UserPages<'_> {
    /// The next page; `None` after the last. An error ends the import: begin anew.
    pub async fn next(&mut self) -> Result<Option<UserPage>, AdError> {
        const OPERATION: &str = "import users";
        let Some(cookie) = self.cookie.take() else {
            return Ok(None);
        };
        let search = Search {
            base: &self.base,
            scope: LdapSearchScope::Subtree,
            filter: FilterBytes::from(&self.filter.0),
            attributes: WANTED,
            at_most: 0,
            controls: vec![Ask::Page {
                size: i32::from(self.page_size),
                cookie,
            }],
        };
        let reply = self.kept.connection.search(OPERATION, search).await?;
        let refusal = Refusal::of(reply.result);
        if refusal.code != 0 {
            let host = self.controller.host().to_owned();
            return Err(AdError::Refused {
                host,
                operation: OPERATION,
                source: refusal,
            });
        }
        self.cookie = next_page(reply.controls);
        let users: Vec<_> = reply.entries.iter().filter_map(ImportedUser::of).collect();
        let unusable = reply.entries.len() - users.len();
        Ok(Some(UserPage { users, unusable }))
    }
}
