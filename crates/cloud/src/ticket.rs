//! What a page, or a doctor, brings back when it has sealed a password: proof that this cloud said,
//! a moment ago, for which request.
//!
//! Nothing is kept between the two calls. What the ticket does not carry it is bound to: it is
//! good for the same session, person, account and last request only.

use std::{collections::BTreeSet, time::Duration};

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use writeback_model::{Entropy, KeyId, RequestId, UserId};
use writeback_seal::Binding;
use writeback_wire::{SealedSecret, SealingKey};

/// How long a request may wait for an agent to begin, at least.
const REQUEST_HOLDS: SignedDuration = SignedDuration::from_secs(20);

/// How long a page may take to seal and to send: on a slow line, too. What the person takes to
/// type is no part of it.
const TICKET_HOLDS: SignedDuration = SignedDuration::from_secs(20);

/// When a request expires whose ticket is given now: in whole milliseconds, as it is bound.
pub(crate) fn expiry(now: Timestamp) -> Timestamp {
    let until = now + TICKET_HOLDS + REQUEST_HOLDS;
    Timestamp::from_millisecond(until.as_millisecond()).unwrap_or(until)
}

/// The key that tickets are made with. It lives as long as the process: after a restart the
/// page asks for another ticket.
pub struct TicketKey(hmac::Key);

impl TicketKey {
    /// A new key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
        entropy.fill(bytes.as_mut());
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes.as_ref()))
    }

    /// A ticket for what is bound, as text that a form can carry.
    pub(crate) fn issue(&self, holder: &Holder, binding: &Binding) -> String {
        let mac = hmac::sign(&self.0, &bytes(holder, binding));
        format!(
            "{}.{}.{}",
            binding.request,
            binding.expires_at.as_millisecond(),
            BASE64_URL_SAFE_NO_PAD.encode(mac)
        )
    }

    /// What the ticket was given for: `like` with the request and expiry that it names. `None`
    /// when it is none of ours, somebody else's, for something else, or too old.
    pub(crate) fn check(
        &self,
        ticket: &str,
        holder: &Holder,
        like: Binding,
        now: Timestamp,
    ) -> Option<Binding> {
        let mut parts = ticket.split('.');
        let (request, expires, mac) = (parts.next()?, parts.next()?, parts.next()?);
        let binding = Binding {
            request: request.parse().ok()?,
            expires_at: Timestamp::from_millisecond(expires.parse().ok()?).ok()?,
            ..like
        };
        let mac = BASE64_URL_SAFE_NO_PAD.decode(mac).ok()?;
        hmac::verify(&self.0, &bytes(holder, &binding), &mac).ok()?;
        let left = binding.expires_at.duration_since(now);
        (parts.next().is_none() && left >= REQUEST_HOLDS).then_some(binding)
    }
}

/// How long whoever sent the envelopes is kept waiting before it is told "not known yet" and asks
/// again by itself. Shorter than any proxy's patience.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(12);

/// Whether there is an envelope for each live key and none for another: with one less there
/// would be no agent to take over, and one more is for a key that is not known to be anybody's.
pub(crate) fn is_sealed_to(sealed: &[SealedSecret], live: &[SealingKey]) -> bool {
    let sealed_to: BTreeSet<KeyId> = sealed.iter().map(|it| it.key).collect();
    let live: BTreeSet<KeyId> = live.iter().map(|it| it.id).collect();
    sealed_to == live && sealed_to.len() == sealed.len()
}

/// Whose ticket it is.
pub(crate) struct Holder {
    /// The session, or the agent on whose machine a doctor asks.
    pub(crate) session: Uuid,
    /// The person.
    pub(crate) user: UserId,
    /// The session's last request when the ticket was given.
    pub(crate) last: Option<RequestId>,
}

/// One line for each thing, as an envelope's binding has them; none can hold a line break.
fn bytes(holder: &Holder, binding: &Binding) -> Vec<u8> {
    [
        "writeback ticket v1".to_owned(),
        holder.session.to_string(),
        holder.user.to_string(),
        holder.last.map(|id| id.to_string()).unwrap_or_default(),
        binding.tenant.to_string(),
        binding.request.to_string(),
        binding.operation.name().to_owned(),
        binding.target.forest.to_string(),
        binding.target.domain.to_string(),
        binding.target.anchor.to_string(),
        binding.expires_at.as_millisecond().to_string(),
    ]
    .join("\n")
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use writeback_model::{Operation, SourceAnchor, Target, TenantId};

    use super::*;

    struct Counting(u8);
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    fn now() -> Timestamp {
        "2026-11-23T08:00:00.123456Z".parse().unwrap()
    }

    fn binding(number: u128) -> Binding {
        Binding {
            tenant: TenantId::from_uuid(Uuid::from_u128(1)),
            request: RequestId::from_uuid(Uuid::from_u128(number)),
            operation: Operation::Reset {
                force_change: false,
            },
            target: Target {
                forest: "corp.test".parse().unwrap(),
                domain: "corp.test".parse().unwrap(),
                anchor: SourceAnchor::try_from_bytes(&[7; 16]).unwrap(),
            },
            expires_at: expiry(now()),
        }
    }

    fn holder(session: u128, last: Option<u128>) -> Holder {
        Holder {
            session: Uuid::from_u128(session),
            user: UserId::from_uuid(Uuid::from_u128(3)),
            last: last.map(|id| RequestId::from_uuid(Uuid::from_u128(id))),
        }
    }

    #[test]
    fn a_ticket_gives_back_what_it_was_made_for() {
        let key = TicketKey::generate(&Counting(1));
        let ticket = key.issue(&holder(2, None), &binding(5));
        let later = now() + TICKET_HOLDS - SignedDuration::from_millis(1);
        // The other request and expiry are what a later call would have come to.
        let like = Binding {
            expires_at: expiry(later),
            ..binding(9)
        };
        let found = key.check(&ticket, &holder(2, None), like, later);
        assert_eq!(found, Some(binding(5)));
    }

    #[test]
    fn it_is_good_for_nothing_else() {
        let key = TicketKey::generate(&Counting(1));
        let ticket = key.issue(&holder(2, None), &binding(5));
        let check = |holder, like, at| key.check(&ticket, &holder, like, at);
        assert_eq!(check(holder(3, None), binding(5), now()), None, "session");
        assert_eq!(check(holder(2, Some(4)), binding(5), now()), None, "last");
        let mut other = binding(5);
        other.target.anchor = SourceAnchor::try_from_bytes(&[8; 16]).unwrap();
        assert_eq!(check(holder(2, None), other, now()), None, "account");
        let late = now() + TICKET_HOLDS + SignedDuration::from_millis(1);
        assert_eq!(check(holder(2, None), binding(5), late), None, "age");
        let restarted = TicketKey::generate(&Counting(2));
        let found = restarted.check(&ticket, &holder(2, None), binding(5), now());
        assert_eq!(found, None, "key");
    }

    #[test]
    fn what_is_no_ticket_is_none() {
        let key = TicketKey::generate(&Counting(1));
        let ticket = key.issue(&holder(2, None), &binding(5));
        let (head, _) = ticket.rsplit_once('.').unwrap();
        let longer = format!("{ticket}.");
        let far = format!("{}.{}.AAAA", binding(5).request, i64::MAX);
        for bad in ["", "..", "a.b.c", head, &longer, &far] {
            let found = key.check(bad, &holder(2, None), binding(5), now());
            assert_eq!(found, None, "{bad:?}");
        }
    }
}
