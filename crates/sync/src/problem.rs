//! What is wrong with an object.

use serde::{Deserialize, Serialize};
use writeback_model::UserId;

/// Something about an object that a person should mend.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "problem")]
pub enum Problem {
    /// It has no readable `sAMAccountName`: nobody could sign in with it.
    NoAccountName,
    /// The user principal name is not `name@suffix`.
    UpnMalformed {
        /// As the directory has it.
        value: String,
    },
    /// More than 64 characters before the `@` or 48 after it.
    UpnTooLong {
        /// Characters before the `@`.
        name: usize,
        /// And after it.
        suffix: usize,
    },
    /// Another person has this user principal name.
    DuplicateUpn {
        /// Who.
        with: UserId,
    },
    /// Another person has this mail address: nobody can be found by it.
    DuplicateMail {
        /// Who.
        with: UserId,
    },
    /// The suffix of the user principal name is none of the tenant's.
    UpnSuffixNotVerified {
        /// Which.
        suffix: String,
    },
    /// The person's accounts in two forests are enabled.
    EnabledInTwoForests {
        /// The other account's forest.
        forest: String,
    },
    /// `mS-DS-ConsistencyGuid` changed after the person was made; the old source anchor stays.
    AnchorChanged,
    /// Two objects of one forest have this source anchor.
    DuplicateAnchor {
        /// Who has it.
        with: UserId,
    },
    /// It matches more than one person of the cloud.
    ManyMatches,
    /// A person with this name holds an administrator's role, and is never matched.
    MatchesAnAdministrator {
        /// Who.
        with: UserId,
    },
    /// It matches a person of the cloud, but the matcher is switched off.
    MatcherOff {
        /// Who.
        with: UserId,
    },
    /// An attribute could not be taken as it is: no UTF-8, or too large.
    Attribute {
        /// Which.
        attribute: String,
        /// Why.
        why: String,
    },
}

impl Problem {
    /// Its name in lists and logs: `duplicate-upn` and so on.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoAccountName => "no-account-name",
            Self::UpnMalformed { .. } => "upn-malformed",
            Self::UpnTooLong { .. } => "upn-too-long",
            Self::DuplicateUpn { .. } => "duplicate-upn",
            Self::DuplicateMail { .. } => "duplicate-mail",
            Self::UpnSuffixNotVerified { .. } => "upn-suffix-not-verified",
            Self::EnabledInTwoForests { .. } => "enabled-in-two-forests",
            Self::AnchorChanged => "anchor-changed",
            Self::DuplicateAnchor { .. } => "duplicate-anchor",
            Self::ManyMatches => "many-matches",
            Self::MatchesAnAdministrator { .. } => "matches-an-administrator",
            Self::MatcherOff { .. } => "matcher-off",
            Self::Attribute { .. } => "attribute",
        }
    }

    /// Whether it keeps the object from becoming or updating a person. Others are warnings.
    pub const fn is_error(&self) -> bool {
        !matches!(
            self,
            Self::DuplicateMail { .. }
                | Self::UpnSuffixNotVerified { .. }
                | Self::EnabledInTwoForests { .. }
                | Self::AnchorChanged
                | Self::Attribute { .. }
        )
    }

    /// What is wrong, and what to do about it, for operators.
    pub fn text(&self) -> String {
        match self {
            Self::NoAccountName => "The object has no readable sAMAccountName, so that nobody \
                could sign in with it. Give it one, or grant the agent's account the right to \
                read it."
                .to_owned(),
            Self::UpnMalformed { value } if value.is_empty() => "The object has no user principal \
                name, and no rule makes one. Set userPrincipalName in the directory."
                .to_owned(),
            Self::UpnMalformed { value } => format!(
                "The user principal name {value:?} is not of the form name@suffix. Correct \
                 userPrincipalName in the directory."
            ),
            Self::UpnTooLong { name, suffix } => format!(
                "The user principal name has {name} characters before the @ and {suffix} after \
                 it; 64 and 48 are the most. Shorten userPrincipalName in the directory."
            ),
            Self::DuplicateUpn { with } => format!(
                "The person {with} has this user principal name already. Change it on one of the \
                 two; until then nothing about this object is taken over."
            ),
            Self::DuplicateMail { with } => format!(
                "The person {with} has this mail address, too, so that neither is found by it. \
                 Change the mail attribute of one of the two."
            ),
            Self::UpnSuffixNotVerified { suffix } => format!(
                "The suffix {suffix} of the user principal name is neither one of the forest's \
                 nor verified. Change the name, verify the domain (`writeback admin tenant domain \
                 add {suffix}`), or add it to verified_suffixes of the rules."
            ),
            Self::EnabledInTwoForests { forest } => format!(
                "The person's account in {forest} is enabled, too, so that no password of theirs \
                 is written. Disable the one that is not used."
            ),
            Self::AnchorChanged => "mS-DS-ConsistencyGuid changed after the person was made; they \
                keep their old source anchor. Set the old value again."
                .to_owned(),
            Self::DuplicateAnchor { with } => format!(
                "Another object of this forest has the same source anchor, and is joined to the \
                 person {with}. Clear mS-DS-ConsistencyGuid of the object that is not theirs."
            ),
            Self::ManyMatches => "Several people of the cloud have this object's user principal \
                name or mail address. Change or remove all but the one who is meant."
                .to_owned(),
            Self::MatchesAnAdministrator { with } => format!(
                "The person {with} matches, but holds an administrator's role, and is never \
                 joined to an object. Take the role from them, or change the object's name, mail \
                 address or source anchor."
            ),
            Self::MatcherOff { with } => format!(
                "The person {with} of the cloud matches, but this matcher is switched off. Switch \
                 it on under matchers of the rules, or change one of the two."
            ),
            Self::Attribute { attribute, why } => format!(
                "The attribute {attribute} could not be taken: {why}. Correct its value in the \
                 directory."
            ),
        }
    }
}
