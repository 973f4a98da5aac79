//! Why somebody is not signed in.

use writeback_store::StoreError;

/// Every refusal. What tells that a password was right is said only where it was.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name or password.
    #[error("the name or the password is not right")]
    WrongPassword,
    /// Too many wrong ones.
    #[error("too many wrong passwords: wait, or reset the password")]
    Locked,
    /// The directory locked the account.
    #[error("the account is locked in its directory: unlock it, or reset the password")]
    LockedInDirectory,
    /// One more wrong password would lock the account.
    #[error(
        "too many wrong passwords were tried, here or elsewhere: wait, or reset the password; the \
         account itself is not locked"
    )]
    Spared,
    /// Another one of the same person is under way.
    #[error("another sign-in of the same person is under way: try again in a moment")]
    UnderWay,
    /// It is right, and disabled.
    #[error("the account is disabled: ask an administrator")]
    Disabled,
    /// It is right, and the account's time is over.
    #[error("the account has expired: ask an administrator")]
    AccountExpired,
    /// It is right, and must be changed in the directory.
    #[error("another password must be chosen before the first sign-in: reset the password")]
    MustChange,
    /// It is right, and its time is over.
    #[error("the password has expired: reset it")]
    PasswordExpired,
    /// It is right, and not now.
    #[error("the directory does not let this person sign in at this hour or from here")]
    NotAllowed,
    /// No agent of the forest could ask. Said to whoever is wrong meanwhile.
    #[error(
        "the name or the password is not right, or the directory that knows cannot be asked at \
         the moment: try again later"
    )]
    NotAvailable,
    /// An agent was asked, and no answer came.
    #[error("the person's directory did not answer: try again in a minute")]
    NoAnswer,
    /// Too many passwords are being judged.
    #[error("too many sign-ins at once: try again in a moment")]
    Busy,
    /// The store failed.
    #[error("the cloud cannot reach its store: try again in a moment")]
    Store(#[from] StoreError),
}

impl SignInError {
    /// Its name for programs and the audit trail.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong-password",
            Self::Locked => "sign-in-locked",
            Self::LockedInDirectory => "account-locked",
            Self::Spared => "sign-in-spared",
            Self::UnderWay => "sign-in-under-way",
            Self::Disabled => "account-disabled",
            Self::AccountExpired => "account-expired",
            Self::MustChange => "password-must-change",
            Self::PasswordExpired => "password-expired",
            Self::NotAllowed => "sign-in-not-allowed",
            Self::NotAvailable => "directory-not-available",
            Self::NoAnswer => "directory-no-answer",
            Self::Busy => "busy",
            Self::Store(_) => "store-unavailable",
        }
    }
}
