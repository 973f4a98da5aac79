//! Reading the form of the new password.

use axum::body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use zeroize::Zeroizing;

/// The largest form: envelopes for two dozen agents, of less than 2.5 KB each once encoded, and
/// the rest. What is longer is no form of ours.
pub const FORM_BYTES_MAX: usize = 64 * 1024;

/// Why a form was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Larger than any form of ours.
    #[error("the form is too large")]
    TooLarge,
    /// The connection broke.
    #[error("the form did not arrive whole")]
    Broken,
}

/// A form whose bytes are wiped once it is read.
///
/// No page of ours sends a password in clear; something else might, and its mistake is not to
/// be kept. What the HTTP library holds in its own buffers is out of reach here.
pub struct SecretForm(Zeroizing<Vec<u8>>);

impl SecretForm {
    /// Takes a form from a call's body.
    pub async fn read(body: Body) -> Result<Self, FormError> {
        let collected = Limited::new(body, FORM_BYTES_MAX)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    FormError::TooLarge
                } else {
                    FormError::Broken
                }
            })?;
        Ok(Self(Zeroizing::new(collected.to_bytes().to_vec())))
    }

    /// A field's text; empty when it is absent.
    pub fn text(&self, name: &str) -> String {
        self.value(name)
            .map(|value| value.as_str().to_owned())
            .unwrap_or_default()
    }

    /// Whether a field is there with something in it.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| !value.is_empty())
    }

    fn value(&self, name: &str) -> Option<Zeroizing<String>> {
        form_urlencoded::parse(&self.0)
            .map(|(key, value)| (key, Zeroizing::new(value.into_owned())))
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn fields_are_read_and_absent_ones_are_empty() {
        let form = SecretForm::read(Body::from("new=p%C3%A9+%F0%9F%99%82%26&token=t"))
            .await
            .unwrap();
        assert_eq!(form.text("new"), "pé 🙂&");
        assert!(form.has("new"));
        assert_eq!(form.text("token"), "t");
        assert_eq!(form.text("other"), "");
        assert!(!form.has("other"));
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused() {
        let body = Body::from(vec![b'a'; FORM_BYTES_MAX + 1]);
        assert_eq!(
            SecretForm::read(body).await.err(),
            Some(FormError::TooLarge)
        );
    }
}
