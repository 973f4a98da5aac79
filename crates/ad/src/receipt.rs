//! The directory's own record of who wrote a password when: how an outcome that was not seen
//! becomes known.

use jiff::Timestamp;

use crate::{
    entry::Entry,
    replication::{LOCKOUT_TIME, PWD_LAST_SET, Stamp, UNICODE_PWD, stamps},
};

/// The stamps of the three attributes that are written here.
///
/// A version that has risen with the right originating domain controller and time says that a
/// write took place; one that has not, that none did. Times are whole seconds of the clock of
/// the domain controller that wrote, so compare them with [`dc_now`](Self::dc_now) of an
/// earlier receipt of that same controller, never with a clock of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// `unicodePwd`; `None` if it was never written.
    pub password: Option<Stamp>,
    /// `lockoutTime`; `None` if it was never written.
    pub lockout: Option<Stamp>,
    /// `pwdLastSet`; `None` if it was never written.
    pub password_last_set: Option<Stamp>,
    /// The clock of the domain controller asked; whole seconds.
    pub dc_now: Timestamp,
}

impl Receipt {
    /// Of an account that is not going to be written.
    pub(crate) const fn unknown(dc_now: Timestamp) -> Self {
        Self {
            password: None,
            lockout: None,
            password_last_set: None,
            dc_now,
        }
    }

    /// From `replPropertyMetaData`, which Samba and Windows both have. `None` if it may not
    /// be read or is not what it should be.
    pub(crate) fn of(entry: &Entry, dc_now: Timestamp) -> Option<Self> {
        let blob = entry.bytes("replPropertyMetaData")?;
        let [password, lockout, password_last_set] =
            stamps(blob, [UNICODE_PWD, LOCKOUT_TIME, PWD_LAST_SET])?;
        Some(Self {
            password,
            lockout,
            password_last_set,
            dc_now,
        })
    }
}
