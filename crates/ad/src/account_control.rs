//! `userAccountControl`: what kind of account it is, in bits (MS-ADTS 2.2.16).

/// The bits of `userAccountControl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct AccountControl(pub u32);

/// Disabled.
const ACCOUNT_DISABLE: u32 = 0x2;
/// Locked out: only ever set in `msDS-User-Account-Control-Computed`.
const LOCKOUT: u32 = 0x10;
/// The password may be empty, whatever the policy says.
const PASSWORD_NOT_REQUIRED: u32 = 0x20;
/// An ordinary account.
const NORMAL_ACCOUNT: u32 = 0x200;
/// Trust of another domain, computer, domain controller.
const NOT_A_PERSON: u32 = 0x800 | 0x1000 | 0x2000;
/// The password never expires.
const PASSWORD_NEVER_EXPIRES: u32 = 0x1_0000;
/// Only a smart card opens the account; a written password would be replaced or useless.
const SMART_CARD_REQUIRED: u32 = 0x4_0000;
/// Read-only domain controller.
const READ_ONLY_DC: u32 = 0x400_0000;

impl AccountControl {
    /// An ordinary account and nothing else.
    pub(crate) const ORDINARY: Self = Self(NORMAL_ACCOUNT);

    /// The account is disabled.
    pub const fn disabled(self) -> bool {
        self.0 & ACCOUNT_DISABLE != 0
    }

    /// The account is locked; meaningful in the computed attribute only.
    pub const fn locked(self) -> bool {
        self.0 & LOCKOUT != 0
    }

    /// The policy's minimum length does not hold for this account.
    pub const fn password_not_required(self) -> bool {
        self.0 & PASSWORD_NOT_REQUIRED != 0
    }

    /// The password never expires.
    pub const fn password_never_expires(self) -> bool {
        self.0 & PASSWORD_NEVER_EXPIRES != 0
    }

    /// Only a smart card opens the account.
    pub const fn smart_card_required(self) -> bool {
        self.0 & SMART_CARD_REQUIRED != 0
    }

    /// A user's account: no computer, trust or domain controller.
    pub const fn ordinary(self) -> bool {
        self.0 & NORMAL_ACCOUNT != 0 && self.0 & (NOT_A_PERSON | READ_ONLY_DC) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_say_what_they_say() {
        let user = AccountControl(0x200);
        assert!(user.ordinary() && !user.disabled() && !user.password_never_expires());
        assert!(AccountControl(0x202).disabled());
        assert!(AccountControl(0x10200).password_never_expires());
        assert!(!AccountControl(0x1000).ordinary());
        assert!(AccountControl(0x10).locked());
    }
}
