//! Banned passwords: whether a new password is one that others would guess.
//!
//! A password is normalised and then held to three rules, in this order:
//!
//! 1. It holds no part of the person's name and no part of the tenant's, of 4 characters or more.
//! 2. It is no banned term, and not one change (a character substituted, added or removed) away
//!    from one. This looks at the whole password: were parts compared so too, `blankf` would
//!    count as `blank`, and the reference product's own example of a good password would fail.
//! 3. It has at least [`POINTS_MIN`] points. Each banned term in it is one point, and so is each
//!    other character. Where terms overlap it is cut so that it has the fewest points.
//!
//! A term more can only take points away: what is refused stays refused.

mod normal;
mod terms;

use writeback_model::BannedRule;

use self::normal::normal;
pub use terms::{
    ReadTerms, TERM_BYTES_MAX, TERM_CHARS_MAX, TERM_CHARS_MIN, TERMS_MAX, TermError, Terms,
    read_terms,
};

/// The fewest points of a password that is taken: the reference product's number.
pub const POINTS_MIN: u32 = 5;

/// The fewest characters of a name that is looked for: the reference product's number.
const NAME_CHARS_MIN: usize = 4;

/// So many characters are scored. Since no term has more than [`TERM_CHARS_MAX`] of them, they
/// have enough points whatever follows.
const SCORED_CHARS_MAX: usize = 256;

/// What a password is held to.
#[derive(Clone, Copy, Debug)]
pub struct BannedContext<'a> {
    /// The lists whose terms are banned: [`Terms::base`] and the tenant's own.
    pub lists: &'a [&'a Terms],
    /// The person's names as the directory has them: first name, last name. Each is looked for
    /// whole and in its parts.
    pub person: &'a [&'a str],
    /// The tenant's name.
    pub tenant: Option<&'a str>,
}

/// A password that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password is too easy to guess ({})", rule.id())]
pub struct Banned {
    /// By which rule.
    pub rule: BannedRule,
    /// Its points; at least [`POINTS_MIN`] where another rule refused it.
    pub score: u32,
}

/// Whether a password may be taken.
///
/// # Errors
///
/// The first rule that refuses it. It names the rule, never the term.
pub fn check(password: &str, context: &BannedContext<'_>) -> Result<(), Banned> {
    let password = normal(password);
    let refused = |rule| {
        Err(Banned {
            rule,
            score: points(&password, context.lists),
        })
    };
    if names(context.person.iter().copied()).any(|name| password.contains(&name)) {
        return refused(BannedRule::ContainsName);
    }
    if names(context.tenant.into_iter()).any(|name| password.contains(&name)) {
        return refused(BannedRule::ContainsTenantName);
    }
    if context.lists.iter().any(|list| list.has_near(&password)) {
        return refused(BannedRule::TooSimilar);
    }
    if points(&password, context.lists) < POINTS_MIN {
        return refused(BannedRule::TooFewPoints);
    }
    Ok(())
}

/// The points of a password, where no rule but the third is asked.
pub fn score(password: &str, context: &BannedContext<'_>) -> u32 {
    points(&normal(password), context.lists)
}

/// The names to look for, normalised: each whole, without what stands between its parts, and
/// each part, where it is long enough.
fn names<'a>(whole: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    whole
        .flat_map(|name| {
            let parts = name.split(|c: char| !c.is_alphanumeric());
            let joined: String = parts.clone().collect();
            parts
                .map(str::to_owned)
                .chain([joined, name.to_owned()])
                .collect::<Vec<_>>()
        })
        .map(|name| normal(name.trim()))
        .filter(|name| name.chars().nth(NAME_CHARS_MIN - 1).is_some())
}

/// The fewest points over all ways to cut the password into terms and single characters:
/// `fewest[i]` is that of its first `i` characters.
fn points(password: &str, lists: &[&Terms]) -> u32 {
    let starts: Vec<usize> = password
        .char_indices()
        .map(|(at, _)| at)
        .chain([password.len()])
        .take(SCORED_CHARS_MAX + 1)
        .collect();
    let longest = lists.iter().map(|list| list.longest()).max().unwrap_or(0);
    let mut fewest: Vec<u32> = vec![0];
    for (end, &end_at) in starts.iter().enumerate().skip(1) {
        let before = fewest.last().copied().unwrap_or(0);
        let first = end.saturating_sub(longest);
        let last = end.saturating_sub(TERM_CHARS_MIN);
        let spans = starts.iter().zip(&fewest).take(last + 1).skip(first);
        let with_term = spans
            .filter(|(_, points)| **points < before)
            .filter(|&(&start_at, _)| {
                let span = password.get(start_at..end_at).unwrap_or_default();
                lists.iter().any(|list| list.holds(span))
            })
            .map(|(_, points)| *points)
            .min();
        fewest.push(with_term.map_or(before, |points| points.min(before)) + 1);
    }
    fewest.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
