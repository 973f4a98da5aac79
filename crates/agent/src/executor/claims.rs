//! Requests that the agent has a hand in: claimed and waiting for the answer, executing, or
//! being resolved.

use std::{
    collections::{HashMap, VecDeque},
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

/// How many requests are remembered that ended here. They are offered for seconds, and few are
/// executed in one: far more than can still be on their way.
const ENDED_MAX: usize = 1024;

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
    hands: Mutex<Hands>,
}

#[derive(Debug, Default)]
struct Hands {
    busy: BusyRequests,
    /// An outcome was told of these: what still comes of them begins nothing. The journal forgets
    /// them once they are recorded.
    ended: VecDeque<RequestId>,
}

impl Hands {
    /// `false` where it is in hand already.
    fn take(&mut self, request: RequestId) -> bool {
        if self.busy.contains_key(&request) {
            return false;
        }
        self.busy.insert(request, None);
        true
    }

    fn end(&mut self, request: RequestId) {
        if !self.ended.contains(&request) {
            self.ended.push_back(request);
            if self.ended.len() > ENDED_MAX {
                self.ended.pop_front();
            }
        }
    }
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
    /// Takes a request in hand; `None` when it is already, or when it ended here.
    pub(crate) fn begin(self: &Arc<Self>, request: RequestId) -> Option<Busy> {
        let mut hands = self.hands();
        let is_open = !hands.ended.contains(&request);
        (is_open && hands.take(request)).then(|| self.busy(request))
    }

    /// Takes a request in hand to look what became of it, and to write nothing; `None` when it is in
    /// hand already. Also of one that ended here: a cloud that was put back from a backup may ask of
    /// what it had recorded.
    pub(crate) fn look_into(self: &Arc<Self>, request: RequestId) -> Option<Busy> {
        self.hands().take(request).then(|| self.busy(request))
    }

    fn busy(self: &Arc<Self>, request: RequestId) -> Busy {
        Busy {
            claims: Arc::clone(self),
            request,
        }
    }

    /// Whether the agent has a hand in it.
    #[cfg(test)]
    fn has(&self, request: RequestId) -> bool {
        self.hands().busy.contains_key(&request)
    }

    /// An outcome of it is told: it is not begun again.
    pub(crate) fn end(&self, request: RequestId) {
        self.hands().end(request);
    }

    /// Ends a request that was never begun. `false`, and it goes on, when the agent has a hand
    /// in it.
    pub(crate) fn disown(&self, request: RequestId) -> bool {
        let mut hands = self.hands();
        let is_free = !hands.busy.contains_key(&request);
        if is_free {
            hands.end(request);
        }
        is_free
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
        let mut hands = self.hands();
        let Some(waiting) = hands.busy.get_mut(&request) else {
            return false;
        };
        if let Some(waiting) = waiting.take() {
            // The receiver is there as long as the request is in the map.
            let _ = waiting.send(reply);
        }
        true
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Busy {
    /// The answer to a claim that is sent now on this link. To be called before it is sent.
    pub(crate) fn answer(self, session: &Session) -> impl Future<Output = Answer> + use<> {
        let (waiting, mut reply) = oneshot::channel();
        self.claims.hands().busy.insert(self.request, Some(waiting));
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
        let mut hands = self.claims.hands();
        let came = reply.try_recv().ok();
        if came.is_none() {
            hands.busy.remove(&self.request);
        }
        came
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.claims.hands().busy.remove(&self.request);
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
    async fn what_ended_here_is_not_begun_again() {
        let claims = Arc::new(Claims::default());
        // Told while in hand: a doubled offer and a doubled grant begin nothing.
        let busy = claims.begin(request()).unwrap();
        assert!(!claims.disown(request()), "it is in hand");
        claims.end(request());
        drop(busy);
        assert!(claims.begin(request()).is_none());
        assert!(!claims.granted(request(), WITHIN));

        // Said not to have begun, before a late offer comes.
        let other = RequestId::from_uuid(Uuid::from_u128(2));
        assert!(claims.disown(other));
        assert!(claims.begin(other).is_none());
        assert!(claims.disown(other), "it may be said again");
    }

    #[test]
    fn only_so_many_ended_requests_are_remembered() {
        let claims = Arc::new(Claims::default());
        for number in 0..=ENDED_MAX as u128 {
            claims.end(RequestId::from_uuid(Uuid::from_u128(number)));
        }
        assert_eq!(claims.hands().ended.len(), ENDED_MAX);
        assert!(claims.begin(RequestId::from_uuid(Uuid::nil())).is_some());
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
