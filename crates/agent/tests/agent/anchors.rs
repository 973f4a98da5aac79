//! Writing source anchors.

use writeback_lab::{AGENT_SAM, TestUser, UserSpec};
use writeback_model::{RunId, SourceAnchor};
use writeback_wire::{ObjectName, ToAgent, ToCloud};

use crate::{
    cloud::{Cloud, Link, Manners},
    runs::anchor,
    site::{Real, Site, Unit},
};

const ALLOWED: &str = "write_consistency_guid = true";

/// `mS-DS-ConsistencyGuid` and `user` in the schema.
const ATTRIBUTE: &str = "23773dc2-b63a-11d2-90e1-00c04fd91ab1";
const USER: &str = "bf967aba-0de6-11d0-a285-00aa003049e2";

/// Written, already there, refused, and why.
async fn write(link: &mut Link, anchors: &[SourceAnchor]) -> (u32, u32, u32, Option<String>) {
    let asked = RunId::new(&Real, &Real);
    let object = |anchor: &SourceAnchor| ObjectName {
        domain: "corp.test".parse().unwrap(),
        anchor: *anchor,
    };
    link.say(&ToAgent::WriteAnchors {
        run: asked,
        forest: "corp.test".parse().unwrap(),
        objects: anchors.iter().map(object).collect(),
    })
    .await;
    match link.hear().await {
        ToCloud::AnchorsWritten {
            run,
            written,
            already,
            refused,
            why,
        } if run == asked => (written, already, refused, why),
        other => panic!("no answer but {other:?}"),
    }
}

impl Unit {
    /// Lets the agent's account write the attribute of users that are made from now on.
    fn let_anchors_be_written(&self) {
        let dc = self.forest.first_dc().unwrap();
        let account = self.forest.person(AGENT_SAM).unwrap().dn;
        let sid = self.forest.attribute(dc, &account, "objectSid").unwrap();
        let (head, parts) = sid[0].split_at(8);
        let parts: String = parts
            .chunks(4)
            .map(|part| format!("-{}", u32::from_le_bytes(part.try_into().unwrap())))
            .collect();
        let sid = format!("S-{}-{}{parts}", head[0], head[7]);
        let object = format!("--objectdn={}", self.dn);
        let sddl = format!("--sddl=(OA;CIIO;WP;{ATTRIBUTE};{USER};{sid})");
        dc.samba_tool(&["dsacl", "set", &object, "--action=allow", &sddl])
            .unwrap();
    }

    fn anchor_of(&self, user: &TestUser) -> Option<Vec<u8>> {
        let dc = self.forest.first_dc().unwrap();
        let values = self.forest.attribute(dc, &user.dn, "mS-DS-ConsistencyGuid");
        values.unwrap().pop()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_setting_none_is_written() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::new();
    ou.let_anchors_be_written();
    let user = ou.user("");
    let site = Site::acting_on(&cloud, &ou, "");
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let (written, already, refused, why) = write(&mut link, &[anchor(&user); 3]).await;
    assert_eq!((written, already, refused), (0, 0, 3));
    assert!(
        why.unwrap()
            .contains("set write_consistency_guid = true for the forest corp.test")
    );
    assert_eq!(ou.anchor_of(&user), None);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_written_once_and_only_where_it_may_be() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::new();
    let before_the_right = ou.user("");
    let site = Site::acting_on(&cloud, &ou, ALLOWED);
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let (written, _, refused, why) = write(&mut link, &[anchor(&before_the_right)]).await;
    assert_eq!((written, refused), (0, 1));
    assert!(
        why.unwrap()
            .contains("the right to write mS-DS-ConsistencyGuid")
    );

    ou.let_anchors_be_written();
    let user = ou.user("");
    let protected = ou
        .forest
        .create_user(UserSpec {
            ou: Some(ou.dn.clone()),
            admin_count: true,
            ..UserSpec::default()
        })
        .unwrap();
    let outsider = ou.forest.create_user(UserSpec::default()).unwrap();
    let nobody = SourceAnchor::try_from_bytes(&[7; 16]).unwrap();
    let all = [&protected, &outsider, &user].map(anchor);
    let (written, already, refused, why) =
        write(&mut link, &[all[0], all[1], nobody, all[2], all[2]]).await;
    assert_eq!((written, already, refused), (1, 1, 3));
    assert!(why.unwrap().contains("never written to"));
    assert_eq!(ou.anchor_of(&user).as_deref(), Some(&user.guid[..]));
    assert_eq!(ou.anchor_of(&protected), None);
    assert_eq!(ou.anchor_of(&outsider), None);
    running.stop().await;
}
