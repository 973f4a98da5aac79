//! The one form in which passwords, terms and names are compared.

use unicode_normalization::UnicodeNormalization;

/// So much of a text is looked at, in characters. No directory takes a password half as long.
const CHARS_MAX: usize = 1024;

/// Lower case, without the marks that stand over Latin letters, and with the usual
/// substitutions undone.
///
/// `0` is `o`, `1` is `l`, `$` is `s` and `@` is `a`, as the reference product documents; it
/// calls its list an example. Ours besides: `3` is `e`, `4` is `a`, `5` is `s`, `7` is `t`, and
/// `i`, `!` and `|` are `l` too, since all of them are written for each other (`adm1n`); and
/// `ø`, `ł`, `đ` and `ı`, which have no mark to take away, are the letters they look like.
pub(super) fn normal(text: &str) -> String {
    text.chars()
        .take(CHARS_MAX)
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_mark_of_latin(*c))
        .nfc()
        .map(letter)
        .collect()
}

/// The combining marks of Latin, Greek and Cyrillic. Those of other scripts carry vowels, and
/// stay.
const fn is_mark_of_latin(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

const fn letter(c: char) -> char {
    match c {
        '0' | 'ø' => 'o',
        '1' | 'i' | '!' | '|' | 'ı' | 'ł' => 'l',
        'đ' => 'd',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}

/// Whether one substituted, added or removed character makes one text the other, or none has to.
pub(super) fn is_near(one: &str, other: &str) -> bool {
    let (mut a, mut b) = (one.chars(), other.chars());
    loop {
        let (rest_a, rest_b) = (a.clone(), b.clone());
        match (a.next(), b.next()) {
            (Some(x), Some(y)) if x == y => {}
            (None, None) => return true,
            // From the first difference on, the rests must be the same.
            (x, y) => {
                let (after_a, after_b) = (a.as_str(), b.as_str());
                return (x.is_some() && y.is_some() && after_a == after_b)
                    || (x.is_some() && after_a == rest_b.as_str())
                    || (y.is_some() && rest_a.as_str() == after_b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_for_a_letter_is_that_letter() {
        for (written, meant) in [
            ("P@$$w0rd", "password"),
            ("C0NT0S0", "contoso"),
            ("Adm1n", "admin"),
            ("ｐａｓｓｗｏｒｄ", "password"),
            ("pässwörd", "password"),
            ("ПАРОЛЬ", "пароль"),
            ("7r4cY", "tracy"),
        ] {
            assert_eq!(normal(written), normal(meant), "{written}");
        }
        assert_ne!(normal("b2"), normal("bz"));
    }

    #[test]
    fn near_is_one_change_and_no_more() {
        for near in ["abcdeg", "abcdefg", "abcde", "abcdef", "bcdef", "xabcdef"] {
            assert!(is_near("abcdef", near), "{near}");
            assert!(is_near(near, "abcdef"), "{near}");
        }
        for far in ["abcdfe", "abcd", "abcdefgh", "xbcdeg", ""] {
            assert!(!is_near("abcdef", far), "{far}");
            assert!(!is_near(far, "abcdef"), "{far}");
        }
    }
}
