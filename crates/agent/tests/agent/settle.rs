//! What became of a request whose agent does not come back: another agent tells it.

use std::time::Duration;

use uuid::Uuid;
use writeback_lab::UserSpec;
use writeback_model::{AgentId, Cause, Outcome, Remark};
use writeback_wire::{Begun, Resolve, ToAgent, ToCloud};

use crate::{
    cloud::{Cloud, Manners, agent_id},
    faults::NoAnswers,
    site::{RESET, Site, password},
};

/// Killed while the write is under way, and its machine is gone: what it said before it wrote is
/// enough for another agent, which knows nothing of the request.
#[tokio::test(flavor = "multi_thread")]
async fn another_agent_tells_what_a_lost_one_wrote() {
    let cloud = Cloud::start(Manners::default()).await;
    let lost = Site::alone(&cloud);
    let user = lost.forest.create_user(UserSpec::default()).unwrap();
    let running = lost.start().await;
    let (mut link, hello) = cloud.link().await;
    let new = password();
    let (request, offer) = lost.offer(&hello.sealing_key, &user, RESET, &new, None);
    let ToAgent::Execute(execute) = &offer else {
        panic!("no offer")
    };
    let target = execute.target.clone();
    link.say(&offer).await;
    link.hear_claim().await;
    // The account is read meanwhile.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let no_answers = NoAnswers::begin();
    link.grant(request).await;
    let begun = link.hear_begun().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    running.kill().await;
    drop(no_answers);

    let other = Site::of_the_same_peace(&cloud);
    let running = other.start().await;
    let (mut link, _) = cloud.link().await;
    let resolve_of = |claimed_by, begun: Option<Begun>| {
        ToAgent::Resolve(Resolve {
            request,
            operation: RESET,
            target: target.clone(),
            claimed_by,
            claimed_at: "2026-11-23T08:00:00Z".parse().unwrap(),
            begun: begun.map(Box::new),
        })
    };
    let resolve = |begun| resolve_of(AgentId::from_uuid(Uuid::from_u128(99)), begun);
    let unresolved = |said: ToCloud| match said {
        ToCloud::Unresolved { cause, .. } => cause,
        other => panic!("not unresolved but {other:?}"),
    };
    // Without a word of the lost one nothing is concluded.
    link.say(&resolve(None)).await;
    assert_eq!(unresolved(link.hear().await), Cause::NoAgent);
    // Had it begun after the write that is there, its own could still come.
    let later = Begun {
        version_before: begun.version_before.map(|version| version + 1),
        ..begun.clone()
    };
    for _ in 0..2 {
        link.say(&resolve(Some(later.clone()))).await;
        assert_eq!(unresolved(link.hear().await), Cause::DirectoryBusy);
    }
    // Its own by name, and not in its journal, which is another one then: a copy's or a backup's.
    link.say(&resolve_of(agent_id(), Some(later))).await;
    assert_eq!(unresolved(link.hear().await), Cause::DirectoryBusy);
    link.say(&resolve(Some(begun))).await;
    let ToCloud::Outcome { outcome, .. } = link.hear().await else {
        panic!("no outcome")
    };
    let remarks = vec![Remark::LearntFromReceipt];
    assert_eq!(outcome, Outcome::Changed { remarks });
    assert!(lost.opens(&user, &new));
    running.stop().await;
}
