//! How often what may happen. The numbers are the reference product's documented ones where it
//! has one; each can be set.

use jiff::SignedDuration;

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
    /// Codes mailed for one name. The reference product's: 10 in 10 minutes, then a day.
    pub codes_per_name: Limit,
    /// Wrong codes for one name, over all sessions. The reference product's: 5 in an hour,
    /// then a day.
    pub wrong_codes_per_name: Limit,
    /// Passwords tried for one account. The reference product's: 5 in an hour, then a day;
    /// twice that here, because here a refusal says why and the next try can be better.
    pub passwords_per_user: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        let minutes = SignedDuration::from_mins;
        let day = SignedDuration::from_hours(24);
        Self {
            names_per_address: Limit {
                name: "names per address",
                times: 60,
                window: minutes(10),
                block: minutes(10),
            },
            codes_per_name: Limit {
                name: "codes per name",
                times: 10,
                window: minutes(10),
                block: day,
            },
            wrong_codes_per_name: Limit {
                name: "wrong codes per name",
                times: 5,
                window: minutes(60),
                block: day,
            },
            passwords_per_user: Limit {
                name: "passwords per user",
                times: 10,
                window: minutes(60),
                block: day,
            },
        }
    }
}
