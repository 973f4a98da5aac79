//! Access tokens, bought with an assertion that the agent signs (RFC 7523).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Mutex;
use uuid::Uuid;
use writeback_model::{AgentId, Entropy, Secret};
use writeback_wire::http::{TOKEN_PATH, TokenResponse};

use crate::{
    cloud_clock::CloudClock,
    state::Identity,
    transport::{Answer, Body, Call, Transport, TransportError},
};

/// How long an assertion holds, in seconds: long enough for a slow line and clocks that differ
/// a little, too short to be worth stealing.
const ASSERTION_SECONDS: i64 = 60;

/// A token is not used for the last part of its time, so that it does not end on the way.
const SPARE: Duration = Duration::from_secs(30);

/// RFC 7523, section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Buys access tokens and keeps the last one as long as it holds.
pub(crate) struct Tokens {
    pub(crate) transport: Arc<Transport>,
    pub(crate) identity: Identity,
    pub(crate) agent: AgentId,
    pub(crate) clock: CloudClock,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) kept: Mutex<Option<Token>>,
}

pub(crate) struct Token {
    text: Secret,
    until: Instant,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
}

impl Tokens {
    /// A token that holds for a while yet.
    pub(crate) async fn get(&self) -> Result<Secret, TransportError> {
        let mut kept = self.kept.lock().await;
        if let Some(token) = kept.as_ref()
            && Instant::now() < token.until
        {
            return Ok(token.text.clone());
        }
        let bought = self.buy().await?;
        let text = bought.text.clone();
        *kept = Some(bought);
        Ok(text)
    }

    /// Forgets the token: the cloud did not take it.
    pub(crate) async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    /// Buys one now, and gives what the cloud's clock said.
    pub(crate) async fn try_buy(&self) -> (Result<Secret, TransportError>, Option<Timestamp>) {
        let mut said = None;
        loop {
            let asked_at = Instant::now();
            let answer = match self.ask().await {
                Ok(answer) => answer,
                Err(error) => return (Err(error), said),
            };
            let corrected = answer.date.is_some_and(|date| self.clock.hear(date));
            let again = corrected && said.is_none();
            said = answer.date.or(said);
            let bought = answer.body.and_then(|body| self.token(&body, asked_at));
            match bought {
                // Refused by a clock that is known now.
                Err(TransportError::NotAccepted { .. }) if again => {}
                bought => return (bought.map(|token| token.text), said),
            }
        }
    }

    async fn buy(&self) -> Result<Token, TransportError> {
        match self.buy_once().await {
            // Refused, and the cloud's clock is another than this assertion was written by.
            (Err(TransportError::NotAccepted { .. }), true) => self.buy_once().await.0,
            (bought, _) => bought,
        }
    }

    /// Tries to buy one, and says whether the answer set this host's clock right.
    async fn buy_once(&self) -> (Result<Token, TransportError>, bool) {
        let asked_at = Instant::now();
        match self.ask().await {
            Ok(answer) => {
                let corrected = answer.date.is_some_and(|date| self.clock.hear(date));
                let token = answer.body.and_then(|body| self.token(&body, asked_at));
                (token, corrected)
            }
            Err(error) => (Err(error), false),
        }
    }

    async fn ask(&self) -> Result<Answer, TransportError> {
        let form = format!(
            "grant_type=client_credentials&client_assertion_type={}&client_assertion={}",
            ASSERTION_TYPE.replace(':', "%3A"),
            self.assertion()?
        );
        let call = Call {
            path: TOKEN_PATH,
            bearer: None,
            body: Body::Form(form),
        };
        self.transport.ask(call).await
    }

    fn token(&self, answer: &[u8], asked_at: Instant) -> Result<Token, TransportError> {
        let answer: TokenResponse =
            serde_json::from_slice(answer).map_err(|_| self.odd("its answer is no token"))?;
        if !answer.token_type.eq_ignore_ascii_case("bearer") {
            return Err(self.odd("its token is of another type than Bearer"));
        }
        let holds = Duration::from_secs(answer.expires_in).saturating_sub(SPARE);
        Ok(Token {
            text: Secret::new(answer.access_token),
            // A lifetime beyond what the clock can count holds for now.
            until: asked_at.checked_add(holds).unwrap_or(asked_at),
        })
    }

    /// A JWT signed with EdDSA. Its three parts are URL-safe, and so need no escaping in a form.
    fn assertion(&self) -> Result<String, TransportError> {
        let now = self.clock.now().as_second();
        let agent = self.agent.to_string();
        let mut chance = [0_u8; 16];
        self.entropy.fill(&mut chance);
        let claims = Claims {
            iss: &agent,
            sub: &agent,
            aud: &self.transport.cloud().join(TOKEN_PATH),
            iat: now,
            exp: now + ASSERTION_SECONDS,
            jti: &Uuid::from_bytes(chance).simple().to_string(),
        };
        let claims =
            serde_json::to_vec(&claims).map_err(|_| self.odd("no assertion could be written"))?;
        let signed = format!(
            "{}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"EdDSA","typ":"JWT"}"#),
            BASE64_URL_SAFE_NO_PAD.encode(claims)
        );
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.identity.sign(signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }

    fn odd(&self, why: &'static str) -> TransportError {
        TransportError::NotTheCloud {
            host: self.transport.cloud().host().to_owned(),
            why,
        }
    }
}
