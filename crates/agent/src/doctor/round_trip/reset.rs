//! The calls of a round trip: what to seal to, the envelopes, and how it ended.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Instant, sleep};
use writeback_model::{Entropy, RequestState, Secret};
use writeback_seal::{Binding, Contents, seal};
use writeback_wire::{
    http::ROUND_TRIPS_PATH,
    round_trip::{RoundTripPrepared, RoundTripSealed, RoundTripTold, RoundTripWanted},
};
use zeroize::Zeroizing;

use super::Way;
use crate::transport::TransportError;

/// How long the doctor waits until it is known what became of the password: longer than the quiet
/// time after which the directory's own receipt is read.
const KNOWN_WITHIN: Duration = Duration::from_secs(75);

const ASK_EVERY: Duration = Duration::from_secs(1);

/// Upper and lower case, a digit and a sign, whatever the random part lacks.
const BEGINS: &str = "Wb1-";

/// What took how long, in milliseconds.
pub(super) type Hops = Vec<(&'static str, u128)>;

/// Has the password reset, and waits until it is known what became of it.
pub(super) async fn reset(
    way: &Way,
    name: &str,
    prepared: RoundTripPrepared,
    began: Instant,
    entropy: &dyn Entropy,
) -> Result<(RoundTripTold, Secret, Hops), TransportError> {
    let asked = Instant::now();
    let request = prepared.request;
    let password = random(entropy);
    let sealed = sealed(way, name.to_owned(), prepared, &password)?;
    let sealing = Instant::now();
    let first: Result<RoundTripTold, _> = way.ask(ROUND_TRIPS_PATH, Some(&sealed)).await;
    let answered = Instant::now();
    let (mut told, lost) = match first {
        Ok(told) => (Some(told), None),
        Err(error @ TransportError::Refused { status, .. }) if status < 500 => return Err(error),
        // It may have been taken all the same.
        Err(error) => (None, Some(error)),
    };
    let path = format!("{ROUND_TRIPS_PATH}/{request}");
    while told.as_ref().is_none_or(|it| is_open(it.state)) && began.elapsed() < KNOWN_WITHIN {
        sleep(ASK_EVERY).await;
        match way.ask(&path, None::<&()>).await {
            Ok(answer) => told = Some(answer),
            Err(error @ TransportError::Refused { status, .. }) if status < 500 => {
                return Err(error);
            }
            Err(_) => {}
        }
    }
    let told = match (told, lost) {
        (Some(told), _) => told,
        (None, Some(error)) => return Err(error),
        (None, None) => return Err(way.odd("it forgot what it was asked")),
    };
    let ms = |from: Instant, to: Instant| to.duration_since(from).as_millis();
    let mut hops = vec![
        ("until the cloud said what to seal to", ms(began, asked)),
        ("sealing", ms(asked, sealing)),
        ("until the cloud answered", ms(sealing, answered)),
    ];
    hops.extend(of_the_cloud(&told));
    hops.push(("in all", began.elapsed().as_millis()));
    Ok((told, password, hops))
}

const fn is_open(state: RequestState) -> bool {
    !matches!(state, RequestState::Done | RequestState::Expired)
}

fn random(entropy: &dyn Entropy) -> Secret {
    let mut bytes = Zeroizing::new([0_u8; 24]);
    entropy.fill(bytes.as_mut());
    // Long enough from the beginning: what is made longer leaves a copy behind.
    let mut text = String::with_capacity(64);
    text.push_str(BEGINS);
    BASE64_URL_SAFE_NO_PAD.encode_string(bytes.as_ref(), &mut text);
    Secret::new(text)
}

fn sealed(
    way: &Way,
    name: String,
    prepared: RoundTripPrepared,
    password: &Secret,
) -> Result<RoundTripSealed, TransportError> {
    let expires_at = Timestamp::from_millisecond(prepared.expires_at_ms)
        .map_err(|_| way.odd("its round trip ends at no time"))?;
    let binding = Binding {
        tenant: way.tenant,
        request: prepared.request,
        operation: prepared.operation,
        target: prepared.target,
        expires_at,
    };
    let contents = Contents {
        new: password.clone(),
        current: None,
    };
    let each = prepared.keys.iter();
    let sealed = each.map(|key| seal(&contents, key, &binding));
    Ok(RoundTripSealed {
        name,
        ticket: prepared.ticket,
        sealed: sealed
            .collect::<Result<_, _>>()
            .map_err(|_| way.odd("a key of its is none"))?,
    })
}

impl Way {
    pub(super) async fn prepare(&self, name: &str) -> Result<RoundTripPrepared, TransportError> {
        let wanted = RoundTripWanted {
            name: name.to_owned(),
        };
        let path = format!("{ROUND_TRIPS_PATH}/prepare");
        self.ask(&path, Some(&wanted)).await
    }

    async fn ask<Q: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        question: Option<&Q>,
    ) -> Result<A, TransportError> {
        let token = self.token.expose();
        self.transport.ask_json(path, token, question).await
    }

    fn odd(&self, why: &'static str) -> TransportError {
        TransportError::NotTheCloud {
            host: self.transport.cloud().host().to_owned(),
            why,
        }
    }
}

/// The hops that only the cloud can time, in milliseconds.
fn of_the_cloud(told: &RoundTripTold) -> impl Iterator<Item = (&'static str, u128)> {
    let ms = |from: Timestamp, to: Timestamp| to.duration_since(from).unsigned_abs().as_millis();
    let claimed = told.claimed_at.map(|at| ms(told.created_at, at));
    let ended = told.claimed_at.zip(told.ended_at);
    let directory = told.evidence.as_ref().and_then(|it| it.directory_ms);
    [
        ("until an agent claimed it", claimed),
        (
            "from there until its outcome",
            ended.map(|(from, to)| ms(from, to)),
        ),
        ("of that in the directory", directory.map(u128::from)),
    ]
    .into_iter()
    .filter_map(|(what, ms)| Some((what, ms?)))
}
