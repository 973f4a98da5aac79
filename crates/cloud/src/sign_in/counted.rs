//! Counting a try before it is made, and making all that are refused take as long.

use std::time::Duration;

use tokio::time::{self, Instant};
use writeback_model::{SignInId, TenantId};
use writeback_policy::sign_in::DirectoryLockout;
use writeback_store::{StoreError, TryAnswer};

use super::{Judged, Right, SignInError};
use crate::state::Cloud;

/// How long a wrong password takes at least: longer than a directory does, so that names of people
/// of a directory, of the cloud alone and of nobody cannot be told apart by a clock.
const WRONG_TAKES: Duration = Duration::from_millis(1200);

/// How long a try waits for another one of the same person.
const WAITS_FOR_ANOTHER: Duration = Duration::from_secs(4);

/// Whose tries are counted, and how.
pub(super) struct Counter<'a> {
    pub(super) cloud: &'a Cloud,
    pub(super) tenant: TenantId,
    pub(super) key: String,
    /// The lockout policy that holds where none is known of the key.
    pub(super) directory: Option<DirectoryLockout>,
}

impl Counter<'_> {
    /// Lets one try at a time through, and keeps what became of it.
    pub(super) async fn one<F>(
        &self,
        judge: impl FnOnce(SignInId) -> F,
    ) -> Result<Right, SignInError>
    where
        F: Future<Output = Result<Judged, StoreError>>,
    {
        let Self { cloud, tenant, .. } = self;
        let id = SignInId::new(&cloud.clock, &cloud.entropy);
        self.begin(id).await?;
        let began = Instant::now();
        let judged = judge(id).await?;
        // Before it ends: the next try of this person begins after the same time, and a lock ends
        // after the same time, whoever judged.
        if judged.result.as_ref().is_err_and(takes_its_time) {
            time::sleep_until(began + WRONG_TAKES).await;
        }
        let now = cloud.clock.now();
        let Judged {
            tried,
            directory,
            result,
        } = judged;
        cloud
            .store
            .end_sign_in(*tenant, &self.key, id, tried, directory, now)
            .await?;
        result
    }

    async fn begin(&self, id: SignInId) -> Result<(), SignInError> {
        let began = Instant::now();
        loop {
            let now = self.cloud.clock.now();
            let store = &self.cloud.store;
            match store
                .begin_sign_in(self.tenant, &self.key, id, self.directory, now)
                .await?
            {
                TryAnswer::Go => return Ok(()),
                TryAnswer::Locked { .. } => {
                    time::sleep_until(began + WRONG_TAKES).await;
                    return Err(SignInError::Locked);
                }
                TryAnswer::UnderWay if began.elapsed() < WAITS_FOR_ANOTHER => {
                    time::sleep(Duration::from_millis(100)).await;
                }
                TryAnswer::UnderWay => return Err(SignInError::UnderWay),
            }
        }
    }
}

/// Whether a refusal says nothing of a right password: then it must not tell who exists either.
const fn takes_its_time(error: &SignInError) -> bool {
    matches!(
        error,
        SignInError::WrongPassword
            | SignInError::LockedInDirectory
            | SignInError::Spared
            | SignInError::NotAvailable
    )
}
