//! What holds for a person.

use serde::{Deserialize, Serialize};

use super::Method;

/// Everything an entry settles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether these people may reset and unlock by themselves.
    pub reset: bool,
    /// By which methods they prove who they are.
    pub methods: Vec<Method>,
    /// How many of them: 1 or 2.
    pub gates: u8,
    /// Whether they are asked to register when they sign in.
    pub registration_required: bool,
    /// After how many days they are asked whether what they registered still holds; 0 is never.
    pub reconfirm_days: u16,
    /// Whether they may have an account unlocked and keep the password.
    pub unlock_without_reset: bool,
    /// Whether they get a mail when their password was reset.
    pub notify_user: bool,
    /// Whether all global administrators get a mail when an administrator's password was reset.
    pub notify_admins: bool,
    /// A mail address or an https address of whoever can help, shown on pages.
    pub help_desk: Option<String>,
    /// A sentence of the organisation's own, shown beside it.
    pub note: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reset: true,
            methods: vec![Method::Email],
            gates: 1,
            registration_required: false,
            reconfirm_days: 0,
            unlock_without_reset: true,
            notify_user: true,
            notify_admins: false,
            help_desk: None,
            note: None,
        }
    }
}
