//! A record and its hash.

use std::borrow::Cow;

use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::{TenantId, UserId};

use crate::{
    encode::Fields,
    place::{Chain, Hash},
};

/// One record, with all that its hash covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'r> {
    /// Whose.
    pub chain: Chain,
    /// Its number in the chain, from 1; absent for what was kept before there were chains.
    pub number: Option<u64>,
    /// Its number in the whole trail: rises from record to record, over all chains.
    pub seq: i64,
    /// When, to the microsecond.
    pub at: Timestamp,
    /// Who: a JSON object, as it is kept.
    pub actor: Cow<'r, str>,
    /// What.
    pub activity: Cow<'r, str>,
    /// About which user.
    pub user: Option<UserId>,
    /// What belongs together.
    pub correlation: Option<Uuid>,
    /// The network address it came from.
    pub address: Option<Cow<'r, str>>,
    /// How it went.
    pub result: Cow<'r, str>,
    /// What else is to be known.
    pub detail: Cow<'r, str>,
}

impl Record<'_> {
    /// The record as bytes, version 1: the name `writeback audit record 1` and these fields, in
    /// this order: chain, number, seq, at (microseconds since 1970), actor, activity, user,
    /// correlation, address, result, detail. Numbers are 8 bytes, big-endian and signed;
    /// identifiers are their 16 bytes; texts are UTF-8. Different records have different bytes.
    pub fn canonical(&self) -> Vec<u8> {
        let number = self
            .number
            .map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        Fields::of("writeback audit record 1")
            .id(self.chain.map(TenantId::uuid))
            .number(number)
            .number(Some(self.seq))
            .number(Some(self.at.as_microsecond()))
            .text(&self.actor)
            .text(&self.activity)
            .id(self.user.map(UserId::uuid))
            .id(self.correlation)
            .bytes(self.address.as_deref().map(str::as_bytes))
            .text(&self.result)
            .text(&self.detail)
            .done()
    }

    /// The SHA-256 of the hash before it, followed by its canonical form.
    pub fn hash(&self, before: Hash) -> Hash {
        let mut bytes = before.0.to_vec();
        bytes.extend_from_slice(&self.canonical());
        Hash::of(&bytes)
    }
}

/// What the first record of a chain says of the records that were kept before it: their number,
/// and the hash of the last of them, chained the same way.
pub fn beginning_detail(records: u64, hash: Hash) -> String {
    format!("{records} earlier records, SHA-256 {hash}")
}
