//! Requests that the agent has a hand in: claimed and waiting for the answer, executing, or
//! being resolved.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::oneshot,
    time::{self, Instant},
};
use writeback_model::RequestId;
use writeback_wire::DenyReason;

use crate::link::Session;

/// How long an answer to a claim is waited for. The cloud answers within one statement of its
/// store; later it has given the request up, and a grant that then comes is refused.
const ANSWER_PATIENCE: Duration = Duration::from_secs(15);

/// From when a grant's time runs at the latest, counted from the claim: a grant that lay in a
/// paused machine's buffers must not begin a write that nobody expects any more.
const GRANT_ON_ITS_WAY: Duration = Duration::from_secs(5);

/// What the cloud answered to a claim.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The request is this agent's, to be begun before that moment.
    Granted {
        /// Until when it may be begun.
        until: Instant,
        /// Keeps it in hand.
        busy: Busy,
    },
    /// It is not.
    Denied(DenyReason),
    /// The link was lost, or nothing came: it must never be begun.
    None,
}

/// The requests, each with who waits for its answer, if anybody does.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    busy: Mutex<BusyRequests>,
}

type BusyRequests = HashMap<RequestId, Option<oneshot::Sender<Reply>>>;

#[derive(Debug)]
enum Reply {
    Granted { arrived: Instant, within: Duration },
    Denied(DenyReason),
}

/// Keeps a request among those that the agent has a hand in, until dropped.
#[derive(Debug)]
pub(crate) struct Busy {
    claims: Arc<Claims>,
    request: RequestId,
}

impl Claims {
    /// Takes a request in hand; `None` when it is already.
    pub(crate) fn begin(self: &Arc<Self>, request: RequestId) -> Option<Busy> {
        let mut busy = self.busy();
        if busy.contains_key(&request) {
            return None;
        }
        busy.insert(request, None);
        Some(Busy {
            claims: Arc::clone(self),
            request,
        })
    }

    /// Whether the agent has a hand in it.
    pub(crate) fn has(&self, request: RequestId) -> bool {
        self.busy().contains_key(&request)
    }

    /// The cloud grants a claim. `false` when the agent has no hand in it any more: then it
    /// will never be begun.
    pub(crate) fn granted(&self, request: RequestId, within: Duration) -> bool {
        let arrived = Instant::now();
        self.reply(request, Reply::Granted { arrived, within })
    }

    /// The cloud denies a claim.
    pub(crate) fn denied(&self, request: RequestId, why: DenyReason) {
        self.reply(request, Reply::Denied(why));
    }

    /// Under the same lock as giving up waiting, so that no reply falls in between.
    fn reply(&self, request: RequestId, reply: Reply) -> bool {
        let mut busy = self.busy();
        let Some(waiting) = busy.get_mut(&request) else {
            return false;
        };
        if let Some(waiting) = waiting.take() {
            // The receiver is there as long as the request is in the map.
            let _ = waiting.send(reply);
        }
        true
    }

    fn busy(&self) -> MutexGuard<'_, BusyRequests> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Busy {
    /// The answer to a claim that is sent now on this link. To be called before it is sent.
    pub(crate) fn answer(self, session: &Session) -> impl Future<Output = Answer> + use<> {
        let (waiting, mut reply) = oneshot::channel();
        self.claims.busy().insert(self.request, Some(waiting));
        let claimed_at = Instant::now();
        let lost = session.lost.clone();
        async move {
            let came = tokio::select! {
                biased;
                came = &mut reply => came.ok(),
                () = lost.cancelled() => None,
                () = time::sleep(ANSWER_PATIENCE) => None,
            };
            let came = came.or_else(|| self.give_up(&mut reply));
            match came {
                Some(Reply::Granted { arrived, within }) => Answer::Granted {
                    until: arrived.min(claimed_at + GRANT_ON_ITS_WAY) + within,
                    busy: self,
                },
                Some(Reply::Denied(why)) => Answer::Denied(why),
                None => Answer::None,
            }
        }
    }

    /// Takes the request out of hand, unless the reply came at this very moment.
    fn give_up(&self, reply: &mut oneshot::Receiver<Reply>) -> Option<Reply> {
        let mut busy = self.claims.busy();
        let came = reply.try_recv().ok();
        if came.is_none() {
            busy.remove(&self.request);
        }
        came
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.claims.busy().remove(&self.request);
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;
    use uuid::Uuid;

    use super::*;

    fn request() -> RequestId {
        RequestId::from_uuid(Uuid::from_u128(1))
    }

    const WITHIN: Duration = Duration::from_secs(5);

    fn session() -> Session {
        Session::for_test(CancellationToken::new())
    }

    #[tokio::test(start_paused = true)]
    async fn a_grant_runs_from_its_arrival() {
        let claims = Arc::new(Claims::default());
        let answer = claims.begin(request()).unwrap().answer(&session());
        assert!(claims.begin(request()).is_none());
        time::advance(Duration::from_secs(1)).await;
        assert!(claims.granted(request(), WITHIN));
        let Answer::Granted { until, busy } = answer.await else {
            panic!("not granted")
        };
        assert_eq!(until - Instant::now(), WITHIN);
        // A repeated grant begins nothing and denies nothing.
        assert!(claims.granted(request(), WITHIN));
        drop(busy);
        assert!(!claims.granted(request(), WITHIN));
    }

    #[tokio::test(start_paused = true)]
    async fn a_grant_that_lay_about_has_no_time_left() {
        let claims = Arc::new(Claims::default());
        let answer = claims.begin(request()).unwrap().answer(&session());
        time::advance(Duration::from_secs(3600)).await;
        assert!(claims.granted(request(), WITHIN));
        let Answer::Granted { until, .. } = answer.await else {
            panic!("not granted")
        };
        assert!(until < Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_link_takes_the_request_out_of_hand() {
        let claims = Arc::new(Claims::default());
        let session = session();
        let answer = claims.begin(request()).unwrap().answer(&session);
        session.lost.cancel();
        assert!(matches!(answer.await, Answer::None));
        assert!(!claims.granted(request(), WITHIN));

        // No answer at all ends the same way.
        let answer = claims.begin(request()).unwrap().answer(&self::session());
        assert!(matches!(answer.await, Answer::None));
        assert!(!claims.has(request()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_grant_before_the_loss_counts() {
        let claims = Arc::new(Claims::default());
        let session = session();
        let answer = claims.begin(request()).unwrap().answer(&session);
        assert!(claims.granted(request(), WITHIN));
        session.lost.cancel();
        assert!(matches!(answer.await, Answer::Granted { .. }));
    }
}
