//! Calls to the cloud that belong together: over one connection, repeated when they fail.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{sync::Mutex, time};

use crate::{
    token::Tokens,
    transport::{Body, Call, Kept, Transport, TransportError},
};

/// How often an upload is tried before it is given up.
const TRIES: u32 = 4;

/// How long to wait before the second try; doubled each time.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The uploads of one forest.
pub(crate) struct Uploads {
    transport: Arc<Transport>,
    tokens: Arc<Tokens>,
    kept: Mutex<Kept>,
}

impl Uploads {
    /// Connects when it is first needed.
    pub(crate) fn new(transport: Arc<Transport>, tokens: Arc<Tokens>) -> Self {
        Self {
            transport,
            tokens,
            kept: Mutex::default(),
        }
    }

    /// Makes ready for an upload that is likely to come: signing in and connecting take longer
    /// than a small upload itself.
    pub(crate) async fn warm(&self) {
        // An upload is under way, or this is done already.
        let Ok(mut kept) = self.kept.try_lock() else {
            return;
        };
        let warmed = async {
            self.tokens.get().await?;
            kept.warm(&self.transport).await
        };
        if let Err(error) = warmed.await {
            // The upload itself says it again if it still matters.
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "no connection could be kept ready"
            );
        }
    }

    /// Sends JSON, again and again where that may help: it must be something that may come
    /// twice.
    pub(crate) async fn post(&self, path: &str, body: Bytes) -> Result<(), TransportError> {
        let mut wait = RETRY_AFTER;
        for attempt in 1..TRIES {
            let error = match self.post_once(path, body.clone()).await {
                Err(error) => error,
                Ok(()) => return Ok(()),
            };
            match &error {
                TransportError::NotAccepted { .. } => self.tokens.forget().await,
                // The cloud looked at it and does not want it.
                TransportError::Refused { status, .. } if *status < 500 => return Err(error),
                _ => {}
            }
            tracing::warn!(
                event_id = crate::events::UPLOAD_RETRIED,
                path,
                attempt,
                error = &error as &dyn std::error::Error,
                "an upload failed; trying again"
            );
            time::sleep(wait).await;
            wait *= 2;
        }
        self.post_once(path, body).await
    }

    async fn post_once(&self, path: &str, body: Bytes) -> Result<(), TransportError> {
        let token = self.tokens.get().await?;
        let call = Call {
            path,
            bearer: Some(token.expose()),
            body: Body::Json(body),
        };
        let mut kept = self.kept.lock().await;
        let answer = kept.ask(&self.transport, call).await?;
        answer.body.map(drop)
    }
}
