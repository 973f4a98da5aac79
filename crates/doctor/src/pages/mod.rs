//! The pages of the troubleshooting documentation, one for each check and language, from what the
//! command itself says.

mod blocks;
mod markdown;
mod page;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use blocks::blocks;
pub use blocks::{Block, Console};
pub(crate) use words::text;
pub use words::{Language, component_title};

use crate::catalogue::CATALOGUE;

/// The pages of all checks: the check's identifier and the page. Checks of which a language lacks
/// words have none.
pub fn pages(language: Language) -> impl Iterator<Item = (&'static str, String)> {
    let page = move |of| page::page(language, of);
    CATALOGUE
        .iter()
        .filter_map(move |of| Some((of.id, page(of)?)))
}

/// The list of all checks for the index of a language.
pub fn index(language: Language) -> String {
    page::index(language)
}
