//! The role of the PDC emulator moves while it is not known what became of a request: the
//! controller that was written to is asked, and nobody else's silence is believed.

use jiff::SignedDuration;
use uuid::Uuid;
use writeback_lab::{Forest, UserSpec};
use writeback_model::{AgentId, Cause, RequestId, Target};
use writeback_wire::{Begun, Resolve, ToAgent, ToCloud};

use crate::{
    cloud::{Cloud, Link, Manners},
    faults::Frozen,
    site::{RESET, Site, password},
};

/// The first controller has the role again when this is dropped.
struct Moved<'a>(&'a Forest);

impl Drop for Moved<'_> {
    fn drop(&mut self) {
        self.0.transfer_pdc(self.0.first_dc().unwrap()).unwrap();
    }
}

/// Asks about a request of a lost agent, and gives what is answered.
async fn asked(link: &mut Link, number: u128, target: &Target, begun: &Begun) -> ToCloud {
    link.say(&ToAgent::Resolve(Resolve {
        request: RequestId::from_uuid(Uuid::from_u128(number)),
        operation: RESET,
        target: target.clone(),
        claimed_by: AgentId::from_uuid(Uuid::from_u128(99)),
        claimed_at: "2026-11-23T08:00:00Z".parse().unwrap(),
        begun: Some(Box::new(begun.clone())),
    }))
    .await;
    link.hear_patiently().await
}

fn is_not_changed(said: &ToCloud) -> bool {
    matches!(said, ToCloud::Outcome { outcome, .. } if *outcome == Cause::NotStartedInTime.into())
}

fn is_unresolved(said: &ToCloud) -> bool {
    matches!(said, ToCloud::Unresolved { cause, .. } if *cause == Cause::PdcEmulatorUnreachable)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_former_holder_of_the_role_says_what_became_of_a_write() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::alone(&cloud);
    let user = site.forest.create_user(UserSpec::default()).unwrap();
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let (request, offer) = site.offer(&hello.sealing_key, &user, RESET, &password(), None);
    let ToAgent::Execute(execute) = &offer else {
        panic!("no offer")
    };
    let target = execute.target.clone();
    link.say(&offer).await;
    link.hear_claim().await;
    link.grant(request).await;
    let begun = link.hear_begun().await;
    let told = link.hear_patiently().await;
    assert!(matches!(&told, ToCloud::Outcome { outcome, .. } if outcome.is_changed()));
    // As if another one had begun long ago, on the same controller, behind that write.
    let lost = Begun {
        version_before: begun.version_before.map(|version| version + 1),
        directory_time: begun.directory_time - SignedDuration::from_mins(30),
        ..begun
    };
    let other = site.forest.dcs.iter().find(|dc| dc.fqdn != lost.controller);
    let moved = Moved(&site.forest);
    site.forest.transfer_pdc(other.unwrap()).unwrap();
    let said = asked(&mut link, 1, &target, &lost).await;
    assert!(is_not_changed(&said), "{said:?}");
    // It cannot be asked: then nothing is concluded.
    let former = site.forest.dcs.iter().find(|dc| dc.fqdn == lost.controller);
    let former = former.unwrap().clone();
    former.pause().unwrap();
    let frozen = Frozen(former);
    let said = asked(&mut link, 2, &target, &lost).await;
    assert!(is_unresolved(&said), "{said:?}");
    drop(frozen);
    // A name that no controller of the domain has is not asked, whoever says it.
    let elsewhere = Begun {
        controller: "localhost".into(),
        ..lost.clone()
    };
    let said = asked(&mut link, 3, &target, &elsewhere).await;
    assert!(is_unresolved(&said), "{said:?}");
    drop(moved);
    running.stop().await;
}
