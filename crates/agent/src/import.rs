//! Uploading every user of a forest, page by page, over HTTPS: a large directory must not delay
//! a password on the link.

use std::{sync::Arc, time::Duration};

use tokio::time;
use writeback_ad::{AdError, Controller, Filter, ImportedUser as Read};
use writeback_model::{Cause, DomainName, ImportId};
use writeback_wire::{
    ToCloud,
    http::{
        IMPORT_BATCH_MAX, IMPORT_BODY_BYTES_MAX, IMPORTS_PATH, ImportBatch, ImportComplete,
        ImportedUser,
    },
};

use crate::{
    core::Core,
    events,
    forest::Forest,
    token::Tokens,
    transport::{Body, Call, Transport, TransportError},
};

/// Users are objects of this class and category; computers and contacts are not.
const USERS: &str = "(&(objectCategory=person)(objectClass=user))";

/// How often an upload is tried before the import is given up; batches may be repeated.
const TRIES: u32 = 4;

/// How long to wait before the second try; doubled each time.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// One import.
pub(crate) struct Import {
    pub(crate) core: Arc<Core>,
    pub(crate) transport: Arc<Transport>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) import: ImportId,
    pub(crate) forest: DomainName,
}

#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error("the directory could not be read")]
    Directory(#[from] AdError),
    #[error("the users could not be uploaded")]
    Upload(#[from] TransportError),
    #[error("the forest is not served")]
    NotServed,
    #[error("a user could not be written down")]
    Written,
}

impl Import {
    /// Runs to its end and tells the cloud of a failure.
    pub(crate) async fn run(self) {
        let (import, forest) = (self.import, self.forest.as_str());
        match self.all().await {
            Ok(users) => {
                tracing::info!(%import, forest, users, event_id = events::IMPORT_DONE, "imported");
            }
            Err(error) => {
                tracing::error!(%import, forest, event_id = events::IMPORT_FAILED,
                    error = &error as &dyn std::error::Error, "an import failed; it can be begun anew");
                let cause = match error {
                    ImportError::Directory(error) => error.cause(),
                    ImportError::NotServed => Cause::ForestNotServed,
                    ImportError::Upload(_) | ImportError::Written => Cause::Internal,
                };
                self.core
                    .uplink
                    .tell(ToCloud::ImportFailed { import, cause })
                    .await;
            }
        }
    }

    async fn all(&self) -> Result<u64, ImportError> {
        let core = &self.core;
        let forest = core
            .forests
            .get(&self.forest)
            .ok_or(ImportError::NotServed)?;
        let mut count = Count::default();
        for (domain, directory) in &forest.domains {
            let controller = directory.reader().await?;
            self.domain(forest, domain, &controller, &mut count).await?;
        }
        let complete = ImportComplete {
            batches: count.batches,
            users: count.users,
        };
        self.post("complete", &write(&complete)?).await?;
        Ok(count.users)
    }

    async fn domain(
        &self,
        forest: &Forest,
        domain: &DomainName,
        controller: &Controller,
        count: &mut Count,
    ) -> Result<(), ImportError> {
        let netbios = controller.netbios_name().await?;
        let filter: Filter = USERS.parse().map_err(|_| ImportError::Written)?;
        let page_size = u16::try_from(IMPORT_BATCH_MAX).unwrap_or(u16::MAX);
        let mut pages = controller.import_users(None, filter, page_size);
        while let Some(page) = pages.next().await? {
            if page.unusable > 0 {
                tracing::warn!(import = %self.import, objects = page.unusable,
                    "objects without a readable objectGUID were left out; let the agent's account read it");
            }
            let users: Vec<ImportedUser> = page
                .users
                .into_iter()
                .filter(|user| forest.scope.holds(&user.dn))
                .filter_map(|user| as_sent(user, domain, netbios.as_deref()))
                .collect();
            self.upload(users, count).await?;
        }
        Ok(())
    }

    /// Sends users, in halves where they are too many for one body.
    async fn upload(&self, users: Vec<ImportedUser>, count: &mut Count) -> Result<(), ImportError> {
        let mut waiting = vec![users];
        while let Some(users) = waiting.pop() {
            if users.is_empty() {
                continue;
            }
            let mut batch = ImportBatch {
                sequence: count.batches,
                users,
            };
            let body = write(&batch)?;
            let too_many =
                body.len() > IMPORT_BODY_BYTES_MAX || batch.users.len() > IMPORT_BATCH_MAX;
            if too_many && batch.users.len() > 1 {
                let second = batch.users.split_off(batch.users.len() / 2);
                waiting.extend([second, batch.users]);
                continue;
            }
            self.post("users", &body).await?;
            count.batches += 1;
            count.users += u64::try_from(batch.users.len()).unwrap_or(u64::MAX);
        }
        Ok(())
    }

    async fn post(&self, what: &str, body: &[u8]) -> Result<(), ImportError> {
        let path = format!("{IMPORTS_PATH}/{}/{what}", self.import);
        let mut wait = RETRY_AFTER;
        for attempt in 1.. {
            let error = match self.post_once(&path, body).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            match &error {
                TransportError::NotAccepted { .. } => self.tokens.forget().await,
                // The cloud looked at it and does not want it.
                TransportError::Refused { status, .. } if *status < 500 => return Err(error.into()),
                _ => {}
            }
            if attempt >= TRIES {
                return Err(error.into());
            }
            tracing::warn!(import = %self.import, attempt, error = &error as &dyn std::error::Error,
                "an upload failed; trying again");
            time::sleep(wait).await;
            wait *= 2;
        }
        Ok(())
    }

    async fn post_once(&self, path: &str, body: &[u8]) -> Result<(), TransportError> {
        let token = self.tokens.get().await?;
        self.transport
            .call(Call {
                path,
                bearer: Some(token.expose()),
                body: Body::Json(body.to_vec()),
            })
            .await
            .map(drop)
    }
}

#[derive(Default)]
struct Count {
    batches: u32,
    users: u64,
}

fn write(body: &impl serde::Serialize) -> Result<Vec<u8>, ImportError> {
    serde_json::to_vec(body).map_err(|_| ImportError::Written)
}

/// A user as the cloud wants them; one without an account name cannot sign in anywhere.
fn as_sent(user: Read, domain: &DomainName, netbios: Option<&str>) -> Option<ImportedUser> {
    let account_name = user.sam?;
    Some(ImportedUser {
        anchor: user.anchor,
        domain: domain.clone(),
        netbios: netbios.map(str::to_owned),
        user_principal_name: user
            .upn
            .unwrap_or_else(|| format!("{account_name}@{domain}")),
        account_name,
        display_name: user.display_name,
        mail: user.mail,
        other_mail: user.other_mailbox,
        mobile: user.mobile,
        language: user.preferred_language,
        enabled: user.enabled,
        account_expires: user.account_expires,
    })
}
