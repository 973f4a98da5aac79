//! What the cloud knows of a person.

use jiff::Timestamp;

/// A person's attributes, however they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `sAMAccountName`; empty for people of the cloud alone.
    pub account_name: String,
    /// The NetBIOS name of the account's domain.
    pub netbios: Option<String>,
    /// The name they sign in with, `name@suffix`.
    pub user_principal_name: String,
    /// The name that people read.
    pub display_name: Option<String>,
    /// The primary mail address.
    pub mail: Option<String>,
    /// Addresses that work while the person is locked out.
    pub other_mail: Vec<String>,
    /// The mobile phone's number.
    pub mobile: Option<String>,
    /// A language tag such as `id-ID`.
    pub language: Option<String>,
    /// Whether the account is enabled.
    pub enabled: bool,
    /// When the account expires, where it does.
    pub account_expires: Option<Timestamp>,
}
