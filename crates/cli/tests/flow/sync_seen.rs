//! What the cloud has, read from its own database.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use writeback_model::{DomainName, SourceAnchor, TenantId, UserId};
use writeback_stage::Stage;
use writeback_store::{
    ConnectorStore, Forest, ForestStore, RequestStore, Run, RunStore, StagedRemoval, SyncStore,
    TenantStore, User, UserStore, Which,
};
use writeback_store_sqlite::SqliteStore;
use writeback_sync::{Keys, Object, ObjectKind, Person};

/// How long anything may take to arrive; it takes a second or two where nothing is in its way.
pub const ARRIVES_WITHIN: Duration = Duration::from_secs(90);

/// How often it is looked whether something has arrived.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// The cloud's database, while the cloud works with it.
pub struct Seen {
    store: SqliteStore,
    tenant: TenantId,
}

impl Seen {
    pub async fn of(stage: &Stage) -> Result<Self> {
        let store = SqliteStore::open(&stage.database()).await?;
        let tenants = store.tenants().await?;
        let tenant = tenants.first().context("no tenant")?.id;
        Ok(Self { store, tenant })
    }

    /// Whoever has this source anchor, removed or not.
    pub async fn person(&self, anchor: &[u8; 16]) -> Result<Option<Person>> {
        let keys = Keys {
            anchors: [SourceAnchor::try_from_bytes(anchor)?].into(),
            ..Keys::default()
        };
        let people = self.store.people(self.tenant, &keys).await?;
        ensure!(people.len() <= 1, "a source anchor names two: {people:?}");
        Ok(people.into_iter().next())
    }

    /// Whoever has this source anchor and was not removed.
    pub async fn present(&self, anchor: &[u8; 16]) -> Result<Option<Person>> {
        let person = self.person(anchor).await?;
        Ok(person.filter(|person| person.removed_at.is_none()))
    }

    /// The same as the portal sees them.
    pub async fn user(&self, anchor: &[u8; 16]) -> Result<Option<User>> {
        match self.present(anchor).await? {
            Some(person) => Ok(self.store.user(self.tenant, person.id).await?),
            None => Ok(None),
        }
    }

    /// Somebody who must be there.
    pub async fn known(&self, anchor: &[u8; 16]) -> Result<Person> {
        let person = self.person(anchor).await?;
        match person {
            Some(person) if person.removed_at.is_none() => Ok(person),
            other => {
                let runs = self.runs("").await?;
                bail!("the cloud does not know them: {other:?}; the last runs: {runs:#?}")
            }
        }
    }

    /// Waits until what the cloud has of somebody is as wanted; tells how long it took.
    pub async fn until(
        &self,
        what: &str,
        anchor: &[u8; 16],
        is: impl Fn(Option<&Person>) -> bool,
    ) -> Result<Duration> {
        let began = Instant::now();
        loop {
            let person = self.person(anchor).await?;
            if is(person.as_ref()) {
                return Ok(began.elapsed());
            }
            if began.elapsed() > ARRIVES_WITHIN {
                let runs = self.runs("").await?;
                bail!("{what} did not arrive; {person:?}; {:#?}", runs.first());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until somebody is known and was not removed.
    pub async fn until_known(&self, anchor: &[u8; 16]) -> Result<Person> {
        self.until("a person", anchor, |it| {
            it.is_some_and(|person| person.removed_at.is_none() && person.removal.is_none())
        })
        .await?;
        self.known(anchor).await
    }

    /// Waits until an object is imported under that distinguished name; tells how long it took.
    pub async fn until_named(&self, anchor: &[u8; 16], dn: &str) -> Result<Duration> {
        let began = Instant::now();
        let anchor = SourceAnchor::try_from_bytes(anchor)?;
        loop {
            let found = self.store.objects_by_name(self.tenant, dn).await?;
            let here = |object: &Object| object.anchor == anchor && object.gone.is_none();
            if found.iter().any(here) {
                return Ok(began.elapsed());
            }
            if began.elapsed() > ARRIVES_WITHIN {
                bail!("the name {dn} did not arrive: {found:?}");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Every user of a forest that is not gone: its object and, where it has become a person,
    /// that person's identifier.
    pub async fn everybody(&self, forest: &str) -> Result<BTreeMap<[u8; 16], Option<UserId>>> {
        let objects = self.objects(forest).await?;
        let is_here = |it: &&Object| it.kind == ObjectKind::User && it.gone.is_none();
        let people = objects.iter().filter(is_here);
        Ok(people.map(|it| (*it.anchor.bytes(), it.joined)).collect())
    }

    /// Every object that was ever imported from a forest.
    pub async fn objects(&self, forest: &str) -> Result<Vec<Object>> {
        let forest: DomainName = forest.parse()?;
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let some = self
                .store
                .objects(self.tenant, &forest, Which::All, after, 500)
                .await?;
            let Some(last) = some.last() else {
                return Ok(all);
            };
            after = Some(last.anchor);
            all.extend(some);
        }
    }

    /// The last runs of a forest, or of all where none is named; newest first.
    pub async fn runs(&self, forest: &str) -> Result<Vec<Run>> {
        let forest = match forest {
            "" => None,
            name => Some(name.parse::<DomainName>()?),
        };
        Ok(self.store.runs(self.tenant, forest.as_ref(), 1000).await?)
    }

    pub async fn running(&self) -> Result<Vec<Run>> {
        Ok(self.store.running(self.tenant).await?)
    }

    pub async fn forest(&self, name: &str) -> Result<Forest> {
        let forests = self.store.forests(self.tenant).await?;
        let found = forests.into_iter().find(|it| it.name.as_str() == name);
        found.with_context(|| format!("the cloud knows no forest {name}"))
    }

    /// Who is to be removed.
    pub async fn staged(&self, forest: &str) -> Result<Vec<StagedRemoval>> {
        let forest = forest.parse()?;
        Ok(self
            .store
            .staged_removals(self.tenant, &forest, 100_000)
            .await?)
    }

    /// The domain controller that the last reset was written to, as its agent proved it.
    pub async fn written_by(&self, stage: &Stage) -> Result<Option<String>> {
        let lines = stage.admin(&["audit", "list", "--last", "50"])?;
        for line in lines.lines() {
            let record: serde_json::Value = serde_json::from_str(line)?;
            let id = record["correlation"]
                .as_str()
                .and_then(|id| id.parse().ok());
            let Some(id) = id else { continue };
            let Some(request) = self.store.request(self.tenant, id).await? else {
                continue;
            };
            return Ok(request.evidence.and_then(|evidence| evidence.controller));
        }
        bail!("the audit trail names no request:\n{lines}")
    }

    /// The names of the problems of an object, in order.
    pub async fn problems_of(&self, forest: &str, anchor: &[u8; 16]) -> Result<Vec<&'static str>> {
        let anchor = SourceAnchor::try_from_bytes(anchor)?;
        let all = self
            .store
            .problems(self.tenant, &forest.parse()?, 100_000)
            .await?;
        let own = all.into_iter().filter(|(it, ..)| *it == anchor);
        Ok(own
            .flat_map(|(.., problems)| problems)
            .map(|problem| problem.name())
            .collect())
    }
}
