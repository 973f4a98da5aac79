//! Whether writeback can be tested by an administrator on a test user.

use writeback_model::UserName;
use writeback_policy::{
    Limits, RecoveryAttribute,
    access::{Access, Wish},
    licence::{Refusal, may_test_writeback},
};
use writeback_store::{Store, StoreError, User};

use super::{Admin, AdminError};

/// What is known before a test user's password is reset to see that writeback works. Nothing is
/// written by asking.
#[derive(Clone, Debug)]
pub struct WritebackTest {
    /// The person whose password would be reset.
    pub user: User,
    /// What licences stand against it.
    pub refusals: Vec<Refusal>,
    /// Whether the test user may reset, and why.
    pub access: Access,
}

impl WritebackTest {
    /// Whether nothing that is known stands against it.
    pub fn is_ready(&self) -> bool {
        self.refusals.is_empty() && self.access.allowed
    }
}

impl Admin<'_> {
    /// Whether the administrator of one name could test writeback on the person of another, as
    /// far as the database knows.
    pub async fn writeback_test(
        &self,
        administrator: &UserName,
        name: &UserName,
        recovery: &[RecoveryAttribute],
        limits: Limits,
    ) -> Result<WritebackTest, AdminError> {
        let administrator = self.one_named(administrator).await?;
        let mut explained = self.explain(name, &[Wish::Reset], recovery, limits).await?;
        let refusals = licence_refusals(
            self.store,
            &administrator,
            &explained.user,
            self.clock.now(),
        )
        .await?;
        let (_, access) = explained.answers.swap_remove(0);
        Ok(WritebackTest {
            user: explained.user,
            refusals,
            access,
        })
    }
}

/// What licences stand against a test of one person by another of the same tenant.
pub(crate) async fn licence_refusals(
    store: &dyn Store,
    administrator: &User,
    user: &User,
    now: jiff::Timestamp,
) -> Result<Vec<Refusal>, StoreError> {
    let tenant = administrator.tenant;
    let any = store.any_licence_assigned(tenant, now).await?;
    let theirs = store.held_licences(tenant, administrator.id, now).await?;
    let of_user = store.held_licences(tenant, user.id, now).await?;
    Ok(may_test_writeback(any, &theirs, &of_user))
}
