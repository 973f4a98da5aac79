//! Everything about one account that decides whether and how it may be written.

use jiff::{SignedDuration, Timestamp};
use writeback_model::{PasswordPolicy, SourceAnchor};

use crate::{
    account_control::AccountControl,
    entry::Entry,
    policy::PolicySource,
    protected::protected,
    receipt::Receipt,
    rootdse::{PolicyHints, Vendor},
    sid::Sid,
    time::from_filetime,
};

/// One account, and the rules that hold for it, as the PDC emulator had them at
/// [`dc_now`](Self::dc_now).
#[derive(Clone, Debug)]
pub struct AccountSnapshot {
    /// `objectGUID`.
    pub anchor: SourceAnchor,
    /// Where it is now.
    pub dn: String,
    /// `sAMAccountName`.
    pub sam: String,
    /// `userPrincipalName`.
    pub upn: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `givenName`.
    pub given_name: Option<String>,
    /// `sn`.
    pub surname: Option<String>,
    /// `userAccountControl`.
    pub control: AccountControl,
    /// Whether it is locked at this moment (`msDS-User-Account-Control-Computed`).
    pub locked: bool,
    /// `lockoutTime`: when it was last locked; stays until an unlock or a good sign-in, also
    /// after the lockout has ended by itself.
    pub lockout_time: Option<Timestamp>,
    /// `pwdLastSet`: when the password was set; `None` when it must be changed at the next
    /// sign-in.
    pub password_last_set: Option<Timestamp>,
    /// `msDS-UserPasswordExpiryTimeComputed`; `None` is never (or at once, when
    /// `password_last_set` is `None` too).
    pub password_expires: Option<Timestamp>,
    /// `accountExpires`; `None` is never.
    pub account_expires: Option<Timestamp>,
    /// `adminCount` is 1.
    pub admin_count: bool,
    /// `objectSid`.
    pub sid: Sid,
    /// `tokenGroups`: every security group it is in, also through other groups and as its
    /// primary group. Empty only where they may not be read.
    pub groups: Vec<Sid>,
    /// `primaryGroupID`.
    pub primary_group: Option<u32>,
    /// `objectClass`.
    pub object_classes: Vec<String>,
    /// The policy that holds for it.
    pub policy: PasswordPolicy,
    /// Where that policy comes from, and whether it could be read.
    pub policy_source: PolicySource,
    /// Who last wrote its password, lockout and password date.
    pub receipt: Receipt,
    /// The domain controller's clock when this was read; whole seconds.
    pub dc_now: Timestamp,
    /// Which software the domain controller runs.
    pub vendor: Vendor,
    /// Which policy-hints control it offers.
    pub policy_hints: Option<PolicyHints>,
}

impl AccountSnapshot {
    /// Whether the password must be changed at the next sign-in.
    pub const fn must_change_password(&self) -> bool {
        self.password_last_set.is_none()
    }

    /// Whether the account itself has expired.
    pub fn has_expired(&self) -> bool {
        self.account_expires.is_some_and(|end| end <= self.dc_now)
    }

    /// From when the password may be changed: when its minimum age is over. `None` if there is
    /// no minimum age, or it must be changed anyway.
    pub fn old_enough_from(&self) -> Option<Timestamp> {
        let age = self.policy.min_age();
        let end = self.password_last_set?.checked_add(age);
        age.is_positive().then(|| end.unwrap_or(Timestamp::MAX))
    }

    /// From when the password may be changed, if that certainly lies in the future: the
    /// domain controller's clock is known to the second only.
    pub fn too_young_until(&self) -> Option<Timestamp> {
        let now_at_most = self
            .dc_now
            .checked_add(CLOCK_STEP)
            .unwrap_or(Timestamp::MAX);
        self.old_enough_from().filter(|end| *end > now_at_most)
    }
}

/// `currentTime` is given in whole seconds.
const CLOCK_STEP: SignedDuration = SignedDuration::from_secs(1);

/// Attributes of the object that a snapshot is made of. Constructed attributes are not given
/// unless they are named.
pub(crate) const WANTED: &[&str] = &[
    "objectGUID",
    "sAMAccountName",
    "userPrincipalName",
    "displayName",
    "givenName",
    "sn",
    "userAccountControl",
    "msDS-User-Account-Control-Computed",
    "lockoutTime",
    "pwdLastSet",
    "msDS-UserPasswordExpiryTimeComputed",
    "accountExpires",
    "adminCount",
    "objectSid",
    "tokenGroups",
    "primaryGroupID",
    "objectClass",
    "msDS-ResultantPSO",
    "replPropertyMetaData",
];

/// What must be told to a snapshot besides the object itself.
pub(crate) struct Surroundings {
    pub(crate) policy: PasswordPolicy,
    pub(crate) policy_source: PolicySource,
    pub(crate) dc_now: Timestamp,
    pub(crate) vendor: Vendor,
    pub(crate) policy_hints: Option<PolicyHints>,
}

/// Makes a snapshot, or says which attribute it must not do without.
///
/// An account whose control bits or groups may not be read cannot be shown to be enabled and
/// ordinary, and what becomes of a write to it could not be learnt without its metadata:
/// there is a snapshot of it only if it is protected for another reason, so that *that* is
/// said of it (directories hide all three of accounts that inherit no rights, as
/// administrators' do).
pub(crate) fn snapshot(
    entry: &Entry,
    around: Surroundings,
) -> Result<AccountSnapshot, &'static str> {
    let moment = |name| entry.integer(name).and_then(from_filetime);
    let anchor = entry
        .bytes("objectGUID")
        .and_then(|b| SourceAnchor::try_from_bytes(b).ok());
    let computed = entry
        .bits("msDS-User-Account-Control-Computed")
        .map(AccountControl);
    let groups: Option<Vec<Sid>> = entry
        .all("tokenGroups")
        .iter()
        .map(|bytes| Sid::try_from_bytes(bytes))
        .collect();
    let lockout_time = moment("lockoutTime");
    let control = entry.bits("userAccountControl").map(AccountControl);
    let receipt = Receipt::of(entry, around.dc_now);
    let account = AccountSnapshot {
        anchor: anchor.ok_or("objectGUID")?,
        dn: entry.dn().to_owned(),
        sam: entry.text("sAMAccountName").ok_or("sAMAccountName")?,
        upn: entry.text("userPrincipalName"),
        display_name: entry.text("displayName"),
        given_name: entry.text("givenName"),
        surname: entry.text("sn"),
        control: control.unwrap_or(AccountControl::ORDINARY),
        // A directory that does not compute it: locked is what has a lockout time.
        locked: computed.map_or(lockout_time.is_some(), AccountControl::locked),
        lockout_time,
        password_last_set: moment("pwdLastSet"),
        password_expires: moment("msDS-UserPasswordExpiryTimeComputed"),
        account_expires: moment("accountExpires"),
        admin_count: entry.integer("adminCount").is_some_and(|count| count != 0),
        sid: entry
            .bytes("objectSid")
            .and_then(Sid::try_from_bytes)
            .ok_or("objectSid")?,
        groups: groups.ok_or("tokenGroups")?,
        primary_group: entry.bits("primaryGroupID"),
        object_classes: entry.texts("objectClass"),
        receipt: receipt.unwrap_or(Receipt::unknown(around.dc_now)),
        policy: around.policy,
        policy_source: around.policy_source,
        dc_now: around.dc_now,
        vendor: around.vendor,
        policy_hints: around.policy_hints,
    };
    let hidden = match (control, account.groups.is_empty(), receipt) {
        (None, ..) => "userAccountControl",
        (_, true, _) => "tokenGroups",
        (.., None) => "replPropertyMetaData",
        (Some(_), false, Some(_)) => return Ok(account),
    };
    protected(&account, "").map(|_| account).ok_or(hidden)
}
