//! Search filters as administrators write them (RFC 4515).
//!
//! The codec library has a parser of its own, but it takes no `=` or space in a value and so
//! cannot read `(memberOf=CN=All Staff,OU=…)`.

use std::str::Chars;

use ldap3_proto::proto::{LdapFilter, LdapMatchingRuleAssertion, LdapSubstringFilter};

/// Deeper filters than anyone writes; keeps a hostile one from exhausting the stack.
const DEPTH_MAX: usize = 32;
/// Longer filters than anyone writes.
const LENGTH_MAX: usize = 64 * 1024;

/// Why a text is no search filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// It ends, or goes on, where it must not.
    #[error("the filter is not well formed near character {0}")]
    Syntax(usize),
    /// A value is not UTF-8 after its escapes are undone.
    #[error("a value of the filter is not text")]
    NotText,
    /// Too many levels of parentheses, or too long.
    #[error("the filter is too long or too deep")]
    TooLarge,
}

/// A filter that can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter(pub(crate) LdapFilter);

impl std::str::FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        if text.len() > LENGTH_MAX {
            return Err(FilterError::TooLarge);
        }
        let mut parser = Parser {
            rest: text.trim().chars(),
            length: text.trim().chars().count(),
        };
        let filter = parser.filter(DEPTH_MAX)?;
        if parser.rest.next().is_some() {
            return Err(parser.wrong());
        }
        Ok(Self(filter))
    }
}

/// A value as it stands in a filter, so that it can only be a value.
pub fn escape_filter_value(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '*' => escaped.push_str("\\2a"),
            '(' => escaped.push_str("\\28"),
            ')' => escaped.push_str("\\29"),
            '\\' => escaped.push_str("\\5c"),
            '\0' => escaped.push_str("\\00"),
            _ => escaped.push(character),
        }
    }
    escaped
}

struct Parser<'a> {
    rest: Chars<'a>,
    length: usize,
}

impl Parser<'_> {
    fn wrong(&self) -> FilterError {
        FilterError::Syntax(self.length - self.rest.clone().count())
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn expect(&mut self, wanted: char) -> Result<(), FilterError> {
        if self.peek() != Some(wanted) {
            return Err(self.wrong());
        }
        self.rest.next();
        Ok(())
    }

    fn spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.rest.next();
        }
    }

    fn filter(&mut self, depth: usize) -> Result<LdapFilter, FilterError> {
        let depth = depth.checked_sub(1).ok_or(FilterError::TooLarge)?;
        self.expect('(')?;
        let filter = match self.peek() {
            Some('&') => LdapFilter::And(self.list(depth)?),
            Some('|') => LdapFilter::Or(self.list(depth)?),
            Some('!') => {
                self.rest.next();
                self.spaces();
                LdapFilter::Not(Box::new(self.filter(depth)?))
            }
            _ => self.item()?,
        };
        self.spaces();
        self.expect(')')?;
        Ok(filter)
    }

    fn list(&mut self, depth: usize) -> Result<Vec<LdapFilter>, FilterError> {
        self.rest.next();
        let mut filters = Vec::new();
        self.spaces();
        while self.peek() == Some('(') {
            filters.push(self.filter(depth)?);
            self.spaces();
        }
        if filters.is_empty() {
            Err(self.wrong())
        } else {
            Ok(filters)
        }
    }

    fn until(&mut self, stop: &[char]) -> String {
        let mut text = String::new();
        while let Some(character) = self.peek().filter(|c| !stop.contains(c)) {
            text.push(character);
            self.rest.next();
        }
        text
    }

    fn item(&mut self) -> Result<LdapFilter, FilterError> {
        let name = self
            .until(&['=', '<', '>', '~', '(', ')'])
            .trim()
            .to_owned();
        let kind = self.peek();
        if kind != Some('=') {
            self.rest.next();
        }
        self.expect('=')?;
        if name.is_empty() {
            return Err(self.wrong());
        }
        let raw = self.until(&['(', ')']);
        match kind {
            Some('=') => match name.strip_suffix(':') {
                Some(rule) => Ok(LdapFilter::Extensible(extensible(rule, unescape(&raw)?))),
                None => equality(name, &raw),
            },
            Some('>') => Ok(LdapFilter::GreaterOrEqual(name, unescape(&raw)?)),
            Some('<') => Ok(LdapFilter::LessOrEqual(name, unescape(&raw)?)),
            Some('~') => Ok(LdapFilter::Approx(name, unescape(&raw)?)),
            _ => Err(self.wrong()),
        }
    }
}

fn equality(name: String, raw: &str) -> Result<LdapFilter, FilterError> {
    if raw == "*" {
        return Ok(LdapFilter::Present(name));
    }
    let mut pieces = raw
        .split('*')
        .map(unescape)
        .collect::<Result<Vec<_>, _>>()?;
    let some = |text: String| (!text.is_empty()).then_some(text);
    let last = pieces.pop().unwrap_or_default();
    if pieces.is_empty() {
        return Ok(LdapFilter::Equality(name, last));
    }
    let mut pieces = pieces.into_iter();
    let initial = pieces.next().and_then(some);
    let any = pieces.filter_map(some).collect();
    Ok(LdapFilter::Substring(
        name,
        LdapSubstringFilter {
            initial,
            any,
            final_: some(last),
        },
    ))
}

fn extensible(left: &str, match_value: String) -> LdapMatchingRuleAssertion {
    let mut parts = left.split(':');
    let type_ = parts
        .next()
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    let (mut dn_attributes, mut matching_rule) = (false, None);
    for part in parts {
        match part {
            "dn" | "DN" => dn_attributes = true,
            rule => matching_rule = Some(rule.to_owned()),
        }
    }
    LdapMatchingRuleAssertion {
        matching_rule,
        type_,
        match_value,
        dn_attributes,
    }
}

/// Undoes `\xx`.
fn unescape(raw: &str) -> Result<String, FilterError> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let value = digit().zip(digit()).map(|(high, low)| high * 16 + low);
        let value = value.and_then(|value| u8::try_from(value).ok());
        bytes.push(value.ok_or(FilterError::NotText)?);
    }
    String::from_utf8(bytes).map_err(|_| FilterError::NotText)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> LdapFilter {
        text.parse::<Filter>().unwrap().0
    }

    #[test]
    fn filters_that_administrators_write() {
        let eq = |name: &str, value: &str| LdapFilter::Equality(name.into(), value.into());
        assert_eq!(
            parsed("(&(objectCategory=person)(memberOf=CN=All Staff,OU=a\\2a,DC=b))"),
            LdapFilter::And(vec![
                eq("objectCategory", "person"),
                eq("memberOf", "CN=All Staff,OU=a*,DC=b")
            ])
        );
        assert_eq!(
            parsed("(!(userAccountControl:1.2.840.113556.1.4.803:=2))"),
            LdapFilter::Not(Box::new(LdapFilter::Extensible(
                LdapMatchingRuleAssertion {
                    matching_rule: Some("1.2.840.113556.1.4.803".into()),
                    type_: Some("userAccountControl".into()),
                    match_value: "2".into(),
                    dn_attributes: false,
                }
            )))
        );
        assert_eq!(parsed("(mail=*)"), LdapFilter::Present("mail".into()));
        assert_eq!(
            parsed("(cn=a*b*c)"),
            LdapFilter::Substring(
                "cn".into(),
                LdapSubstringFilter {
                    initial: Some("a".into()),
                    any: vec!["b".into()],
                    final_: Some("c".into())
                }
            )
        );
        assert_eq!(
            parsed("(uSNChanged>=5)"),
            LdapFilter::GreaterOrEqual("uSNChanged".into(), "5".into())
        );
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for bad in [
            "", "(", "()", "(a)", "(a=b", "(a=b))", "(&)", "a=b", "(=b)", "(a=\\zz)", "(a=(b))",
        ] {
            assert!(bad.parse::<Filter>().is_err(), "{bad:?} was taken");
        }
        let deep = format!("{}(a=b){}", "(!".repeat(100), ")".repeat(100));
        assert_eq!(deep.parse::<Filter>(), Err(FilterError::TooLarge));
    }

    proptest! {
        #[test]
        fn no_text_ends_the_program(text in ".*") {
            let _ = text.parse::<Filter>();
        }

        #[test]
        fn an_escaped_value_is_that_value(value in ".*") {
            let text = format!("(cn={})", escape_filter_value(&value));
            prop_assert_eq!(parsed(&text), LdapFilter::Equality("cn".into(), value));
        }
    }
}
