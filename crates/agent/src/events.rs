//! Event ids: the reference product's numbers where the meaning is the same, so that whoever
//! watches for them need not learn new ones.

use writeback_model::Operation;

/// A reset was asked for; the first event of each.
pub(crate) const RESET_START: u32 = 31001;
/// A reset is in the directory.
pub(crate) const RESET_DONE: u32 = 31002;
/// A reset was refused.
pub(crate) const RESET_REFUSED: u32 = 31003;
/// A change was asked for; the first event of each.
pub(crate) const CHANGE_START: u32 = 31006;
/// A change is in the directory.
pub(crate) const CHANGE_DONE: u32 = 31007;
/// A change was refused.
pub(crate) const CHANGE_REFUSED: u32 = 31008;
/// The agent is ready.
pub(crate) const STARTED: u32 = 31015;
/// The agent stopped: requests fail where it was the last.
pub(crate) const STOPPED: u32 = 31016;
/// A sealing key was made.
pub(crate) const KEY_MADE: u32 = 31018;
/// The link to the cloud stands.
pub(crate) const LINK_UP: u32 = 31019;
/// The link to the cloud cannot be opened.
pub(crate) const LINK_FAILED: u32 = 31034;
/// The cloud broke the protocol.
pub(crate) const CLOUD_INVALID: u32 = 32008;
/// The link to the cloud was lost.
pub(crate) const LINK_LOST: u32 = 32014;
/// The journal or a key file cannot be written.
pub(crate) const STATE_UNWRITABLE: u32 = 32005;
/// The journal can be written again.
pub(crate) const STATE_WRITABLE: u32 = 34117;
/// An unlock was asked for. The reference product has no numbers for these.
pub(crate) const UNLOCK_START: u32 = 34101;
/// An account was unlocked.
pub(crate) const UNLOCK_DONE: u32 = 34102;
/// An unlock was refused.
pub(crate) const UNLOCK_REFUSED: u32 = 34103;
/// What became of a request is not known yet; the directory is being asked.
pub(crate) const IN_DOUBT: u32 = 34104;
/// An import ended.
pub(crate) const IMPORT_DONE: u32 = 34105;
/// An import failed.
pub(crate) const IMPORT_FAILED: u32 = 34106;
/// A forest became ready or stopped being so.
pub(crate) const FOREST_HEALTH: u32 = 34107;
/// An import began.
pub(crate) const IMPORT_BEGAN: u32 = 34108;
/// A forest is watched for changes, or cannot be.
pub(crate) const WATCHING: u32 = 34109;
/// An organizational unit of the configuration was renamed, or is not found.
pub(crate) const SCOPE_CHANGED: u32 = 34110;
/// Source anchors were written to the directory.
pub(crate) const ANCHORS_WRITTEN: u32 = 34111;
/// Rules of banned passwords were told, or none were yet.
pub(crate) const BANNED_TERMS: u32 = 34113;
/// This host's clock differs from the cloud's.
pub(crate) const CLOCK_SKEWED: u32 = 34112;

/// This agent's state folder was copied, or restored from a backup.
pub(crate) const COPIED: u32 = 34116;
/// A person's password was shown to the directory, or was not.
pub(crate) const SIGN_IN: u32 = 34115;

/// Start, done and refused of an operation.
pub(crate) const fn of(operation: Operation) -> (u32, u32, u32) {
    match operation {
        Operation::Reset { .. } => (RESET_START, RESET_DONE, RESET_REFUSED),
        Operation::Change => (CHANGE_START, CHANGE_DONE, CHANGE_REFUSED),
        Operation::Unlock => (UNLOCK_START, UNLOCK_DONE, UNLOCK_REFUSED),
    }
}
