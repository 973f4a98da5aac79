//! The entry of one group.

use serde::{Deserialize, Serialize};
use writeback_model::GroupId;

use super::{Method, Settings};

/// What a group's entry says otherwise than the default entry. What it leaves out is as there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupEntry {
    /// The group's name, as it was when the policy was set.
    pub group: String,
    /// The group. Names can be given away in a directory, so that people are matched by this;
    /// it is found by the name when the policy is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<GroupId>,
    /// See [`Settings::reset`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<bool>,
    /// See [`Settings::methods`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<Method>>,
    /// See [`Settings::gates`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gates: Option<u8>,
    /// See [`Settings::registration_required`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_required: Option<bool>,
    /// See [`Settings::reconfirm_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconfirm_days: Option<u16>,
    /// See [`Settings::unlock_without_reset`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlock_without_reset: Option<bool>,
    /// See [`Settings::notify_user`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_user: Option<bool>,
    /// See [`Settings::notify_admins`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_admins: Option<bool>,
    /// See [`Settings::help_desk`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help_desk: Option<String>,
    /// See [`Settings::note`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl GroupEntry {
    /// The default entry with what this one says otherwise.
    pub fn over(&self, default: &Settings) -> Settings {
        Settings {
            reset: self.reset.unwrap_or(default.reset),
            methods: self.methods.as_ref().unwrap_or(&default.methods).clone(),
            gates: self.gates.unwrap_or(default.gates),
            registration_required: self
                .registration_required
                .unwrap_or(default.registration_required),
            reconfirm_days: self.reconfirm_days.unwrap_or(default.reconfirm_days),
            unlock_without_reset: self
                .unlock_without_reset
                .unwrap_or(default.unlock_without_reset),
            notify_user: self.notify_user.unwrap_or(default.notify_user),
            notify_admins: self.notify_admins.unwrap_or(default.notify_admins),
            help_desk: self.help_desk.clone().or_else(|| default.help_desk.clone()),
            note: self.note.clone().or_else(|| default.note.clone()),
        }
    }
}
