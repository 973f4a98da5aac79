//! Hashes of passwords: Argon2id, which costs memory as well as time.

use std::{sync::Arc, time::Duration};

use argon2::{
    Argon2, PasswordHasher, PasswordVerifier,
    password_hash::{self, SaltString},
};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use writeback_model::{Entropy, Secret};
use writeback_store::PasswordHash;

/// Bytes of chance in a salt, as RFC 9106 recommends.
const SALT_BYTES: usize = 16;

/// How many passwords are hashed at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 4;

/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// A hash that no password fits: whoever tries a name that nobody has waits as long.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA\
                     $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password was not hashed or compared. Says nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many at once.
    #[error("too many passwords are being hashed at once: try again in a moment")]
    Busy,
    /// The library refused.
    #[error("the password could not be hashed")]
    Hash,
}

impl From<password_hash::Error> for HashError {
    fn from(_: password_hash::Error) -> Self {
        Self::Hash
    }
}

/// 19 MiB, two passes, one lane: what OWASP's password storage cheat sheet asks for at least, and
/// the library's default.
fn argon2() -> Argon2<'static> {
    Argon2::default()
}

/// Hashes a password. Takes some hundredths of a second: not for where others wait.
pub fn hash_password(password: &Secret, entropy: &dyn Entropy) -> Result<PasswordHash, HashError> {
    let mut salt = [0_u8; SALT_BYTES];
    entropy.fill(&mut salt);
    let salt = SaltString::encode_b64(&salt)?;
    let hash = argon2().hash_password(password.expose().as_bytes(), &salt)?;
    PasswordHash::from_phc(hash.to_string()).ok_or(HashError::Hash)
}

fn fits(password: &Secret, kept: Option<&PasswordHash>) -> bool {
    let text = kept.map_or(DECOY, PasswordHash::as_str);
    let Ok(parsed) = password_hash::PasswordHash::new(text) else {
        return false;
    };
    let fits = argon2().verify_password(password.expose().as_bytes(), &parsed);
    kept.is_some() && fits.is_ok()
}

/// Hashes and compares away from where others wait, a few at once.
pub struct Hasher {
    turns: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Hasher {
    /// Whether a password fits what is kept. Takes as long where nothing is.
    pub async fn verify(
        &self,
        password: Secret,
        kept: Option<PasswordHash>,
    ) -> Result<bool, HashError> {
        self.run(move || fits(&password, kept.as_ref())).await
    }

    /// Hashes a new password.
    pub async fn hash(
        &self,
        password: Secret,
        entropy: Arc<dyn Entropy>,
    ) -> Result<PasswordHash, HashError> {
        self.run(move || hash_password(&password, &entropy)).await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(HashError::Busy);
        };
        let work = spawn_blocking(move || {
            let done = work();
            // Given back when the work is done, also where nobody waits for it any more.
            drop(turn);
            done
        });
        work.await.map_err(|_| HashError::Hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Same;
    impl Entropy for Same {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn a_password_fits_its_hash_and_no_other() {
        let hash = hash_password(&Secret::new("kanari-42".into()), &Same).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(fits(&Secret::new("kanari-42".into()), Some(&hash)));
        assert!(!fits(&Secret::new("kanari-43".into()), Some(&hash)));
        assert!(!fits(&Secret::new("kanari-42".into()), None));
    }

    #[test]
    fn the_decoy_is_worked_through_like_any_other() {
        let parsed = password_hash::PasswordHash::new(DECOY).unwrap();
        let real = hash_password(&Secret::new("x".into()), &Same).unwrap();
        let real = password_hash::PasswordHash::new(real.as_str()).unwrap();
        assert_eq!(parsed.params, real.params);
        let length = |hash: &password_hash::PasswordHash<'_>| hash.hash.map(|it| it.len());
        assert_eq!(length(&parsed), length(&real));
    }
}
