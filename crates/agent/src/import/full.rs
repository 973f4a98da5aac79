//! Reading a domain whole.

use super::{
    ImportError,
    batch::Piece,
    judge::Others,
    read::{Domain, STEADY_TRIES},
};

impl Domain<'_> {
    /// Everything in scope, and then the position from which on changes are to be read. It is
    /// taken before the first object is read, so that nothing that changes meanwhile is lost.
    pub(super) async fn full(&self) -> Result<bool, ImportError> {
        let (controller, usn) = self.controller.highest_usn().await?;
        let (cookie, sees_deletions) = self.fresh().await?;
        self.everything().await?;
        let position = Some(self.position(cookie.as_deref(), &controller, usn));
        let piece = Piece {
            position,
            ..Piece::default()
        };
        self.hand_on(piece).await?;
        Ok(sees_deletions)
    }

    async fn everything(&self) -> Result<(), ImportError> {
        'again: for _ in 0..STEADY_TRIES {
            let scope = self.scope().await?;
            let bases = match scope.bases() {
                None => vec![None],
                Some(bases) => bases.into_iter().map(Some).collect(),
            };
            for base in bases {
                if !self.below(base.as_deref(), &scope, Others::Forget).await? {
                    continue 'again;
                }
            }
            return Ok(());
        }
        Err(ImportError::UnitsMove)
    }
}
