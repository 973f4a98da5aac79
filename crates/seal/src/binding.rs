//! What an envelope is bound to.

use jiff::Timestamp;
use writeback_model::{KeyId, Operation, RequestId, Target, TenantId};

/// The first line of what is bound, so that no other protocol's bytes can stand for ours.
const DOMAIN: &str = "writeback seal v1";

/// The one request that an envelope is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Whose request.
    pub tenant: TenantId,
    /// Which request.
    pub request: RequestId,
    /// What it does.
    pub operation: Operation,
    /// To which object.
    pub target: Target,
    /// When it expires, to the millisecond.
    pub expires_at: Timestamp,
}

impl Binding {
    /// The additional authenticated data: one line for each thing, in this order. None of
    /// them can hold a line break, so that no two bindings give the same bytes, and a
    /// browser can write them with a join.
    pub(crate) fn bytes(&self, key: KeyId) -> Vec<u8> {
        [
            DOMAIN.to_owned(),
            self.tenant.to_string(),
            self.request.to_string(),
            self.operation.name().to_owned(),
            self.target.forest.to_string(),
            self.target.domain.to_string(),
            self.target.anchor.to_string(),
            self.expires_at.as_millisecond().to_string(),
            key.to_string(),
        ]
        .join("\n")
        .into_bytes()
    }
}
