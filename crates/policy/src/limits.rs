//! How often what may happen. The numbers are the reference product's documented ones where it
//! has one; each can be set, for the installation and for each tenant.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// So many times in any such span; once more, and it is blocked for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name in the store and the audit trail.
    pub name: &'static str,
    /// So many times.
    pub times: u32,
    /// In any span of this length.
    pub window: SignedDuration,
    /// How long it is blocked afterwards.
    pub block: SignedDuration,
}

/// All limits of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Names tried from one network address. Ours: it keeps one address from trying a whole
    /// company's names, and a whole company behind one address from being locked out.
    pub names_per_address: Limit,
    /// Sign-ins tried from one network address. Ours: a whole company may sit behind one.
    pub sign_ins_per_address: Limit,
    /// Codes mailed for one name. The reference product's: 10 in 10 minutes, then a day.
    pub codes_per_name: Limit,
    /// Wrong codes for one name, over all sessions. The reference product's: 5 in an hour,
    /// then a day.
    pub wrong_codes_per_name: Limit,
    /// Passwords tried for one account. The reference product's: 5 in an hour, then a day;
    /// twice that here, because here a refusal says why and the next try can be better.
    pub passwords_per_user: Limit,
    /// Mails to one address, whoever they are for. The reference product's number for mails.
    pub mails_per_destination: Limit,
    /// Mails of the whole tenant in a day: a cap on what they cost. Ours.
    pub mails_per_tenant: Limit,
    /// Text messages to one number. The reference product's number for mails.
    pub texts_per_destination: Limit,
    /// Text messages of the whole tenant in a day: a cap on what they cost. Ours.
    pub texts_per_tenant: Limit,
}

/// By what somebody is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// E-mail.
    Mail,
    /// Text message.
    Text,
}

/// What of one limit is not the installation's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitChange {
    /// So many times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// In any span of so many minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_minutes: Option<u32>,
    /// Blocked for so many minutes afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_minutes: Option<u32>,
}

/// What of the limits is not the installation's, by the limits' names in settings
/// ([`Limit::setting`]).
pub type LimitChanges = BTreeMap<String, LimitChange>;

impl Limit {
    /// Its name in settings: `codes_per_name`.
    pub fn setting(&self) -> String {
        self.name.replace(' ', "_")
    }

    /// The limit with what is changed of it.
    pub fn changed(self, changes: &LimitChanges) -> Self {
        let Some(change) = changes.get(&self.setting()) else {
            return self;
        };
        let minutes = |minutes: u32| SignedDuration::from_mins(minutes.into());
        Self {
            name: self.name,
            times: change.times.unwrap_or(self.times),
            window: change.window_minutes.map_or(self.window, minutes),
            block: change.block_minutes.map_or(self.block, minutes),
        }
    }
}

impl Limits {
    /// All of them, in the order in which they are shown.
    pub const fn all(&self) -> [Limit; 9] {
        [
            self.names_per_address,
            self.sign_ins_per_address,
            self.codes_per_name,
            self.wrong_codes_per_name,
            self.passwords_per_user,
            self.mails_per_destination,
            self.mails_per_tenant,
            self.texts_per_destination,
            self.texts_per_tenant,
        ]
    }

    /// What holds for a channel: for one destination, and for the whole tenant.
    pub const fn of_channel(&self, channel: Channel) -> (Limit, Limit) {
        match channel {
            Channel::Mail => (self.mails_per_destination, self.mails_per_tenant),
            Channel::Text => (self.texts_per_destination, self.texts_per_tenant),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let minutes = SignedDuration::from_mins;
        let day = SignedDuration::from_hours(24);
        let limit = |name, times, window, block| Limit {
            name,
            times,
            window,
            block,
        };
        Self {
            names_per_address: limit("names per address", 60, minutes(10), minutes(10)),
            sign_ins_per_address: limit("sign ins per address", 300, minutes(10), minutes(10)),
            codes_per_name: limit("codes per name", 10, minutes(10), day),
            wrong_codes_per_name: limit("wrong codes per name", 5, minutes(60), day),
            passwords_per_user: limit("passwords per user", 10, minutes(60), day),
            mails_per_destination: limit("mails per destination", 10, minutes(10), day),
            // A cap frees itself as the day goes on.
            mails_per_tenant: limit("mails per tenant", 10_000, day, minutes(10)),
            texts_per_destination: limit("texts per destination", 10, minutes(10), day),
            texts_per_tenant: limit("texts per tenant", 1_000, day, minutes(10)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenants_change_changes_what_it_names_and_nothing_else() {
        let defaults = Limits::default();
        let changes: LimitChanges = [(
            "codes_per_name".to_owned(),
            LimitChange {
                times: Some(3),
                block_minutes: Some(30),
                ..LimitChange::default()
            },
        )]
        .into();
        let changed = defaults.codes_per_name.changed(&changes);
        assert_eq!(changed.times, 3);
        assert_eq!(changed.window, defaults.codes_per_name.window);
        assert_eq!(changed.block, SignedDuration::from_mins(30));
        for other in defaults.all().into_iter().skip(3) {
            assert_eq!(other.changed(&changes), other);
        }
    }

    #[test]
    fn the_defaults_are_those_that_the_documentation_tells() {
        let all = Limits::default().all();
        for (setting, times, window, block) in [
            ("names_per_address", 60, 10, 10),
            ("codes_per_name", 10, 10, 1440),
            ("wrong_codes_per_name", 5, 60, 1440),
            ("passwords_per_user", 10, 60, 1440),
            ("mails_per_destination", 10, 10, 1440),
            ("mails_per_tenant", 10_000, 1440, 10),
            ("texts_per_destination", 10, 10, 1440),
            ("texts_per_tenant", 1_000, 1440, 10),
        ] {
            let limit = all.iter().find(|it| it.setting() == setting).unwrap();
            assert_eq!(
                (limit.times, limit.window.as_mins(), limit.block.as_mins()),
                (times, window, block),
                "{setting}"
            );
        }
    }

    #[test]
    fn each_limit_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> =
            Limits::default().all().map(|limit| limit.name).into();
        assert_eq!(names.len(), 9);
    }
}
