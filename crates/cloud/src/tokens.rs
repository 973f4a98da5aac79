//! Tokens and codes: made of chance, kept as hashes.

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;
use writeback_model::{EnrolmentId, Entropy};
use writeback_store::TokenHash;

/// Bytes of chance in a token: nobody guesses 256 bits.
const TOKEN_BYTES: usize = 32;

/// What an enrolment token begins with, so that people and secret scanners know it.
const ENROLMENT_PREFIX: &str = "wbenrol";

/// A new token, to be given away once.
pub fn new_token(entropy: &dyn Entropy) -> String {
    let mut bytes = [0_u8; TOKEN_BYTES];
    entropy.fill(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a token.
pub fn hash_token(token: &str) -> TokenHash {
    hash(&[b"token", token.as_bytes()])
}

/// What is kept of a mailed code: tied to its session, so that the same code of another
/// session has another hash.
pub fn hash_code(session: Uuid, code: &str) -> TokenHash {
    hash(&[b"code", session.as_bytes(), code.as_bytes()])
}

/// What stands for a name where events are counted: the counters keep no names.
pub fn throttle_key(name: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hash(&[b"throttle", name.as_bytes()]).bytes())
}

/// Stands for one letter of a request to one address of a person.
pub fn hash_letter(request: Uuid, person: Uuid, address: &str) -> TokenHash {
    hash(&[
        b"letter",
        request.as_bytes(),
        person.as_bytes(),
        address.as_bytes(),
    ])
}

/// Stands for a text where only its changes are looked for.
pub fn revision(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hash(&[b"revision", text.as_bytes()]).bytes())
}

/// The value that a form must bring back: known to whoever has the cookie and nobody else.
pub fn form_token(cookie: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hash(&[b"form", cookie.as_bytes()]).bytes())
}

/// A code of six digits, each as likely as the next.
pub fn new_code(entropy: &dyn Entropy) -> String {
    const CODES: u32 = 1_000_000;
    // Values past the largest multiple would make small codes likelier.
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let mut bytes = [0_u8; 4];
        entropy.fill(&mut bytes);
        let number = u32::from_be_bytes(bytes);
        if number < FAIR {
            return format!("{:06}", number % CODES);
        }
    }
}

/// An enrolment token as it is shown, and what is kept of it.
pub fn new_enrolment_token(id: EnrolmentId, entropy: &dyn Entropy) -> (String, TokenHash) {
    let secret = new_token(entropy);
    let shown = format!("{ENROLMENT_PREFIX}.{}.{secret}", id.uuid().simple());
    (shown, hash_token(&secret))
}

/// Takes an enrolment token apart; `None` when it is none.
pub fn parse_enrolment_token(text: &str) -> Option<(EnrolmentId, TokenHash)> {
    let mut parts = text.trim().split('.');
    let (prefix, id, secret) = (parts.next()?, parts.next()?, parts.next()?);
    if prefix != ENROLMENT_PREFIX || parts.next().is_some() {
        return None;
    }
    Some((id.parse().ok()?, hash_token(secret)))
}

/// SHA-256 over parts with their lengths, so that no two lists of parts give the same bytes.
fn hash(parts: &[&[u8]]) -> TokenHash {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut bytes = [0_u8; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    TokenHash(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Steps(std::sync::Mutex<Vec<u32>>);
    impl Entropy for Steps {
        fn fill(&self, buffer: &mut [u8]) {
            let next = self.0.lock().unwrap().remove(0).to_be_bytes();
            for (byte, source) in buffer.iter_mut().zip(next.iter().cycle()) {
                *byte = *source;
            }
        }
    }

    #[test]
    fn a_code_has_six_digits_and_unfair_numbers_are_drawn_again() {
        assert_eq!(new_code(&Steps(vec![42].into())), "000042");
        assert_eq!(new_code(&Steps(vec![u32::MAX, 7_123_456].into())), "123456");
    }

    #[test]
    fn an_enrolment_token_is_taken_apart_again() {
        let id = EnrolmentId::from_uuid(Uuid::from_u128(5));
        let (shown, hash) = new_enrolment_token(id, &Steps(vec![1].into()));
        assert_eq!(
            parse_enrolment_token(&format!(" {shown}\n")),
            Some((id, hash))
        );
        for bad in [
            "",
            "wbenrol",
            "wbenrol.x.y",
            &shown.replace("wbenrol", "other"),
            &format!("{shown}.z"),
        ] {
            assert_eq!(parse_enrolment_token(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_code_of_one_session_is_no_code_of_another() {
        assert_ne!(
            hash_code(Uuid::from_u128(1), "123456"),
            hash_code(Uuid::from_u128(2), "123456")
        );
    }
}
