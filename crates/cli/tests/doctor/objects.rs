//! A forest of one account, with whatever problems it has.

use uuid::Uuid;
use writeback_lab::Mended;
use writeback_model::{DomainName, SourceAnchor};
use writeback_store::{BatchAnswer, CompleteAnswer, ConnectorStore, SyncStore};
use writeback_sync::{Account, Change, Decision, Problem, Profile};
use writeback_wire::http::{ImportBatch, ImportComplete, ImportedKind, ImportedObject};

use crate::{
    cloud::WARNING,
    installation::{Installation, agent_id, now},
};

fn anchor() -> SourceAnchor {
    SourceAnchor::try_from_bytes(Uuid::from_u128(5).as_bytes()).unwrap()
}

impl Installation {
    async fn import_an_account(&self, forest: &DomainName) {
        let (store, agent) = (self.store().await, agent_id(1));
        let run = self.begin(forest, Profile::FullImport, Some(agent)).await;
        let object = ImportedObject {
            anchor: anchor(),
            kind: ImportedKind::User,
            domain: forest.clone(),
            netbios: Some("CORP".to_owned()),
            dn: "CN=alice,DC=corp,DC=test".to_owned(),
            rid: None,
            primary_group: None,
            enabled: true,
            account_expires: None,
            consistency_guid: None,
            attributes: [("sAMAccountName".to_owned(), vec!["alice".to_owned()])].into(),
            members: None,
            problems: vec![],
        };
        let batch = ImportBatch {
            sequence: 0,
            objects: vec![object],
            removed: vec![],
            position: None,
        };
        let kept = store
            .put_batch(self.tenant, run, agent, &batch, now())
            .await;
        assert_eq!(kept.unwrap(), BatchAnswer::Kept);
        let complete = ImportComplete {
            batches: 1,
            objects: 1,
            controllers: vec![],
            sees_deletions: true,
            scope: "all".to_owned(),
        };
        let answer = store
            .complete_import(self.tenant, run, agent, &complete, now(), &self.record())
            .await;
        assert!(matches!(answer.unwrap(), CompleteAnswer::Complete { .. }));
    }

    async fn synchronise_it(&self, forest: &DomainName, problems: Vec<Problem>) {
        let run = self.begin(forest, Profile::FullSync, None).await;
        let decision = Decision {
            account: Account {
                forest: forest.clone(),
                domain: forest.clone(),
                anchor: anchor(),
                enabled: true,
            },
            change: Change::None,
            problems,
            reasons: vec![],
        };
        self.store()
            .await
            .apply(self.tenant, forest, run, &[decision], now())
            .await
            .unwrap();
        self.end(run).await;
    }
}

#[tokio::test]
async fn an_object_with_a_problem_is_named() {
    let it = Installation::new().await;
    let forest: DomainName = "corp.test".parse().unwrap();
    it.import_an_account(&forest).await;
    let malformed = Problem::UpnMalformed {
        value: "alice".to_owned(),
    };
    it.synchronise_it(&forest, vec![malformed]).await;
    let state = "an account whose user principal name is none";
    let broken = it.names(state, "directory-objects", WARNING);
    it.synchronise_it(&forest, vec![]).await;
    it.green_again(&broken, Mended::ByHand);
}
