//! What is inside an envelope.

use writeback_model::Secret;
use zeroize::Zeroizing;

use crate::SealError;

/// The longest password that fits, in bytes of UTF-8: Active Directory takes at most 256
/// UTF-16 units, of which each needs at most 3 bytes.
pub const PASSWORD_BYTES_MAX: usize = 768;

/// Both passwords with their lengths, rounded up: every envelope has this size inside, so
/// that its length says nothing about the password's.
const CONTENTS_BYTES: usize = 2 * (2 + PASSWORD_BYTES_MAX);

/// The passwords that a request carries.
#[derive(Debug)]
pub struct Contents {
    /// The password to be set.
    pub new: Secret,
    /// The password the account has, where the person changes it themselves.
    pub current: Option<Secret>,
}

impl Contents {
    /// Lays the passwords out: for each its length in bytes as 16 bits, most significant
    /// first, then its UTF-8; an absent one has length 0; then zeros to the fixed size.
    pub(crate) fn to_padded_bytes(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(CONTENTS_BYTES));
        let current = self.current.as_ref().map_or("", Secret::expose);
        for password in [self.new.expose(), current] {
            if password.len() > PASSWORD_BYTES_MAX {
                return Err(SealError::PasswordTooLong);
            }
            let length = u16::try_from(password.len()).map_err(|_| SealError::PasswordTooLong)?;
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(password.as_bytes());
        }
        bytes.resize(CONTENTS_BYTES, 0);
        Ok(bytes)
    }

    pub(crate) fn from_padded_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        if bytes.len() != CONTENTS_BYTES {
            return Err(SealError::Contents);
        }
        let (new, rest) = take_password(bytes)?;
        let (current, _) = take_password(rest)?;
        Ok(Self {
            new: new.ok_or(SealError::Contents)?,
            current,
        })
    }
}

/// One password and what follows it.
fn take_password(bytes: &[u8]) -> Result<(Option<Secret>, &[u8]), SealError> {
    let (length, rest) = bytes.split_first_chunk::<2>().ok_or(SealError::Contents)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (password, rest) = rest.split_at_checked(length).ok_or(SealError::Contents)?;
    let password = std::str::from_utf8(password).map_err(|_| SealError::Contents)?;
    let password = (!password.is_empty()).then(|| Secret::new(password.to_owned()));
    Ok((password, rest))
}
