//! Sealed here, opened here; sealed by RFC 9180's authors and by a browser library, opened here.

use hpke::{Deserializable, OpModeR, aead::AesGcm128, kdf::HkdfSha256, kem::X25519HkdfSha256};
use proptest::prelude::*;
use uuid::Uuid;
use writeback_model::{
    Entropy, KeyId, Operation, RequestId, Secret, SourceAnchor, Target, TenantId,
};
use writeback_wire::SealedSecret;

use crate::*;

struct Counting(u8);
impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

fn key(number: u8) -> PrivateKey {
    let id = KeyId::from_uuid(Uuid::from_u128(u128::from(number)));
    PrivateKey::generate(id, &Counting(number))
}

fn binding() -> Binding {
    Binding {
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        request: RequestId::from_uuid(Uuid::from_u128(2)),
        operation: Operation::Reset {
            force_change: false,
        },
        target: Target {
            forest: "corp.test".parse().unwrap(),
            domain: "corp.test".parse().unwrap(),
            anchor: SourceAnchor::try_from_bytes(&[7; 16]).unwrap(),
        },
        expires_at: "2026-11-23T08:00:00Z".parse().unwrap(),
    }
}

fn contents(new: &str) -> Contents {
    Contents {
        new: Secret::new(new.into()),
        current: None,
    }
}

#[test]
fn what_is_sealed_opens_for_the_same_request_only() {
    let sealed = seal(&contents("Pässwörd 🙂"), &key(1).public(), &binding()).unwrap();
    let opened = key(1).open(&sealed, &binding()).unwrap();
    assert_eq!(opened.new.expose(), "Pässwörd 🙂");
    assert!(opened.current.is_none());

    let mut others = vec![binding(); 7];
    others[0].tenant = TenantId::from_uuid(Uuid::from_u128(9));
    others[1].request = RequestId::from_uuid(Uuid::from_u128(9));
    others[2].operation = Operation::Reset { force_change: true };
    others[3].target.forest = "fabrikam.test".parse().unwrap();
    others[4].target.domain = "sub.corp.test".parse().unwrap();
    others[5].target.anchor = SourceAnchor::try_from_bytes(&[8; 16]).unwrap();
    others[6].expires_at = "2026-11-23T08:00:00.001Z".parse().unwrap();
    for other in others {
        assert_eq!(
            key(1).open(&sealed, &other).unwrap_err(),
            SealError::DoesNotOpen
        );
    }
}

#[test]
fn another_key_is_told_from_damage() {
    let mut sealed = seal(&contents("Passw0rd!"), &key(1).public(), &binding()).unwrap();
    assert_eq!(
        key(2).open(&sealed, &binding()).unwrap_err(),
        SealError::OtherKey
    );
    sealed.key = key(2).id();
    assert_eq!(
        key(2).open(&sealed, &binding()).unwrap_err(),
        SealError::DoesNotOpen
    );
}

#[test]
fn both_passwords_of_a_change_are_carried() {
    let both = Contents {
        new: Secret::new("new one".into()),
        current: Some(Secret::new("the old one".into())),
    };
    let opened = key(1)
        .open(
            &seal(&both, &key(1).public(), &binding()).unwrap(),
            &binding(),
        )
        .unwrap();
    assert_eq!(opened.new.expose(), "new one");
    assert_eq!(opened.current.unwrap().expose(), "the old one");
}

#[test]
fn the_envelope_does_not_tell_the_passwords_length() {
    let length = |password: &str| {
        seal(&contents(password), &key(1).public(), &binding())
            .unwrap()
            .ciphertext
            .len()
    };
    assert_eq!(length("a"), length(&"語".repeat(256)));
}

#[test]
fn what_active_directory_cannot_take_is_refused() {
    let long = contents(&"語".repeat(257));
    assert_eq!(
        seal(&long, &key(1).public(), &binding()).unwrap_err(),
        SealError::PasswordTooLong
    );
}

#[test]
fn a_key_that_was_kept_opens_what_was_sealed_before() {
    let sealed = seal(&contents("Passw0rd!"), &key(1).public(), &binding()).unwrap();
    let kept = PrivateKey::from_bytes(key(1).id(), &key(1).to_bytes()).unwrap();
    assert_eq!(
        kept.open(&sealed, &binding()).unwrap().new.expose(),
        "Passw0rd!"
    );
}

/// RFC 9180, appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode,
/// sequence number 0. The appendix has no AES-256-GCM for this KEM; the next test has one.
#[test]
fn the_rfcs_own_vector_opens() {
    type Kem = X25519HkdfSha256;
    let private = <Kem as hpke::Kem>::PrivateKey::from_bytes(&bytes(
        "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    ))
    .unwrap();
    let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(&bytes(
        "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    ))
    .unwrap();
    let plain = hpke::single_shot_open::<AesGcm128, HkdfSha256, Kem>(
        &OpModeR::Base,
        &private,
        &encapsulated,
        &bytes("4f6465206f6e2061204772656369616e2055726e"),
        &bytes(
            "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9\
             6d8770ac83d07bea87e13c512a",
        ),
        &bytes("436f756e742d30"),
    )
    .unwrap();
    assert_eq!(plain, b"Beauty is truth, truth beauty");
}

/// Sealed with the browser library `@hpke/core` 1.9.0 to the key of [`key`]`(1)` for
/// [`binding`]; `vectors/make.mjs` made it, and says how to make it anew.
#[test]
fn a_browsers_envelope_opens() {
    let sealed: SealedSecret =
        serde_json::from_str(include_str!("../vectors/browser.json")).unwrap();
    let opened = key(1).open(&sealed, &binding()).unwrap();
    assert_eq!(opened.new.expose(), "Kata sandi baru 🙂 é");
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

proptest! {
    #[test]
    fn any_password_that_fits_survives(new in ".{1,256}", current in ".{0,256}") {
        let both = Contents {
            new: Secret::new(new.clone()),
            current: Some(Secret::new(current.clone())),
        };
        match seal(&both, &key(1).public(), &binding()) {
            Ok(sealed) => {
                let opened = key(1).open(&sealed, &binding()).unwrap();
                prop_assert_eq!(opened.new.expose(), new);
                let opened = opened.current.map(|c| c.expose().to_owned()).unwrap_or_default();
                prop_assert_eq!(opened, current);
            }
            Err(error) => {
                prop_assert_eq!(error, SealError::PasswordTooLong);
                prop_assert!(new.len().max(current.len()) > PASSWORD_BYTES_MAX);
            }
        }
    }

    #[test]
    fn damage_is_found_and_ends_nothing(at in 0_usize..10_000, flip in 1_u8..) {
        let mut sealed = seal(&contents("Passw0rd!"), &key(1).public(), &binding()).unwrap();
        let mut ciphertext = std::mem::take(&mut sealed.ciphertext).into_bytes();
        let at = at % ciphertext.len();
        ciphertext[at] ^= flip;
        if let Ok(text) = String::from_utf8(ciphertext) {
            sealed.ciphertext = text;
            prop_assert!(key(1).open(&sealed, &binding()).is_err());
        }
    }
}
