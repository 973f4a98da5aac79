//! Checking the whole trail.

use writeback_audit::{Chain, ChainCheck, Checked, Checkpoint, Finding, PublicKey, Purpose, What};
use writeback_store::{KnownChain, Store, StoreError};

use super::{AuditSettings, Copies, PAGE, TrailError, key, read_line, without_copy};

/// Which keys are trusted, and what stands outside the database.
struct Trust {
    keys: Vec<PublicKey>,
    file: Copies,
    copies: Vec<Checkpoint>,
}

/// What a whole trail was found to be.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Each chain.
    pub chains: Vec<Checked>,
    /// How many checkpoints have no copy outside the database: that they and what they confirm
    /// are taken away could not be noticed.
    pub without_copy: u64,
}

/// Checks every chain, record by record, against its checkpoints and their copies. `progress`
/// gets the number of records that were read so far. Keys besides the installation's, such as
/// those of a time before, are `older_keys`.
///
/// Fails on the first thing that is wrong, as [`TrailError::Finding`].
pub async fn verify(
    settings: &AuditSettings,
    store: &dyn Store,
    older_keys: &[PublicKey],
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Verified, TrailError> {
    let mut keys = older_keys.to_vec();
    keys.extend(key::public(settings)?);
    let file = Copies::at(&settings.checkpoints_file);
    let trust = Trust {
        keys,
        copies: file.all()?,
        file,
    };
    let mut chains = Vec::new();
    let mut unreadable = None;
    for known in store.audit_chains().await? {
        match known {
            KnownChain::Of(chain) => chains.push(chain),
            KnownChain::Unreadable(seq) => unreadable = unreadable.or(Some(seq)),
        }
    }
    // A chain of which nothing is left in the database may be in the copies.
    for copy in &trust.copies {
        if !chains.contains(&copy.chain) {
            chains.push(copy.chain);
        }
    }
    let mut done = Vec::new();
    let mut without_copy = 0;
    let mut read = 0;
    for chain in chains {
        let (checked, missing) = loop {
            let before = pruned(store, chain).await?;
            let counted = read;
            let mut progress = |records| progress(counted + records);
            match check(&trust, store, chain, &mut progress).await {
                // Old records were removed while they were read: once more, without them.
                Err(TrailError::Finding(_)) if pruned(store, chain).await? != before => {}
                checked => break checked?,
            }
        };
        read += checked.records;
        without_copy += missing;
        done.push(checked);
    }
    if let Some(seq) = unreadable {
        let line = writeback_audit::Line { number: None, seq };
        let column = "tenant_id";
        return Err(found(None, What::Unreadable { line, column }));
    }
    let (last, given) = store.audit_extent().await?;
    match last < given {
        true => Err(found(None, What::TrailCut { last, given })),
        false => Ok(Verified {
            chains: done,
            without_copy,
        }),
    }
}

async fn check(
    trust: &Trust,
    store: &dyn Store,
    chain: Chain,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(Checked, u64), TrailError> {
    let mut checkpoints = match store.audit_checkpoints(chain).await {
        Err(StoreError::Inconsistent { column, .. }) => {
            return Err(found(chain, What::UnreadableCheckpoint { column }));
        }
        checkpoints => checkpoints?,
    };
    let kept = checkpoints.len();
    let copies = trust.copies.iter().filter(|copy| copy.chain == chain);
    checkpoints.extend(copies.cloned());
    let mut check = ChainCheck::with_checkpoints(chain, &checkpoints, &trust.keys)?;
    let (kept, copies) = checkpoints.split_at(kept);
    // From the lowest there is: a row that somebody gave a number below the first is read, too.
    let (mut after, mut read) = (i64::MIN, 0);
    loop {
        let lines = store.audit_lines(chain, after, PAGE).await?;
        let Some(last) = lines.last() else {
            let checked = check.end()?;
            return match missing(kept, copies) {
                Some(number) => Err(found(chain, What::CheckpointRemoved { number })),
                None => {
                    // Read anew: the cloud may have signed meanwhile.
                    let copies = trust.file.of(chain)?;
                    Ok((checked, without_copy(kept, &copies).count() as u64))
                }
            };
        };
        after = last.seq();
        for line in &lines {
            read_line(&mut check, chain, line)?;
        }
        read += lines.len() as u64;
        progress(read);
    }
}

/// The first record whose checkpoint was signed and copied, and is no longer kept. Those of
/// records that were removed in their time are removed with them.
fn missing(kept: &[Checkpoint], copies: &[Checkpoint]) -> Option<u64> {
    let pruned = kept.iter().filter(|it| it.purpose == Purpose::Pruned);
    let from = pruned.map(|it| it.place.number).max().unwrap_or(0);
    let gone = |copy: &&Checkpoint| copy.place.number >= from && !kept.contains(copy);
    let gone = copies.iter().filter(gone);
    gone.map(|copy| copy.place.number).min()
}

/// Up to where old records were removed: changes when more go.
pub(super) async fn pruned(store: &dyn Store, chain: Chain) -> Result<Option<u64>, StoreError> {
    let checkpoints = match store.audit_checkpoints(chain).await {
        Err(StoreError::Inconsistent { .. }) => return Ok(None),
        checkpoints => checkpoints?,
    };
    Ok(checkpoints
        .iter()
        .filter(|it| it.purpose == Purpose::Pruned)
        .map(|it| it.place.number)
        .max())
}

const fn found(chain: Chain, what: What) -> TrailError {
    TrailError::Finding(Finding { chain, what })
}
