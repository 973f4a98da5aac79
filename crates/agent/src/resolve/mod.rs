//! Finding out what became of a write whose answer was lost.

pub(crate) mod decide;
