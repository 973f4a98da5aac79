//! What a setting may look like to be shown as it is.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use toml::Value;

/// How a setting of the list is shown.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// `true` or `false`.
    Switch,
    /// `scheme://host:port` and nothing else.
    Address,
    /// A DNS name, or a list of them.
    Names,
    /// An account of a domain that is served.
    Account,
    /// A file or folder that exists.
    Place,
    /// Only that it is set, or how many there are.
    Set,
}

/// The setting as it may be shown; `None` where only that it is set may be.
pub(super) fn shown(shape: Shape, value: &Value, domains: &[String]) -> Option<String> {
    match (shape, value) {
        (Shape::Switch, Value::Boolean(it)) => Some(it.to_string()),
        (Shape::Address, Value::String(it)) => is_address(it).then(|| format!("{it:?}")),
        (Shape::Names, Value::String(it)) => is_name(it).then(|| format!("{it:?}")),
        (Shape::Names, Value::Array(all)) => {
            let names = all.iter().map(|it| it.as_str().filter(|it| is_name(it)));
            let names: Option<Vec<&str>> = names.collect();
            names.map(|it| format!("{it:?}"))
        }
        (Shape::Account, Value::String(it)) => {
            let domain = it.split_once('@').map(|(_, domain)| domain);
            let ours =
                domain.is_some_and(|it| domains.iter().any(|of| of.eq_ignore_ascii_case(it)));
            ours.then(|| format!("{it:?}"))
        }
        (Shape::Place, Value::String(it)) => place(it),
        _ => None,
    }
}

/// What is said of a setting that is not shown.
pub(super) fn hidden(value: &Value) -> String {
    match value {
        Value::Array(all) => format!("(set, {} of them, not shown)", all.len()),
        Value::String(it) if it.trim().is_empty() => "(empty)".to_owned(),
        Value::String(it) if it.starts_with("credential:") => "(a systemd credential)".to_owned(),
        Value::String(it) => match place(it) {
            Some(place) => place,
            None => "(set, not shown)".to_owned(),
        },
        _ => "(set, not shown)".to_owned(),
    }
}

fn place(path: &str) -> Option<String> {
    if !Path::new(path).is_absolute() {
        return None;
    }
    let of = fs::metadata(path).ok()?;
    let kind = if of.is_dir() { "folder" } else { "file" };
    let mode = of.permissions().mode() & 0o7777;
    Some(format!(
        "{path:?}  # a {kind}, mode {mode:04o}, {} bytes",
        of.len()
    ))
}

/// A name with a dot, of the characters that names have.
pub(super) fn is_name(text: &str) -> bool {
    let of_name = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    text.contains('.') && text.len() <= 253 && text.chars().all(of_name)
}

/// A scheme, a host and perhaps a port: no user, path or question.
fn is_address(text: &str) -> bool {
    host(text).is_some()
}

/// The host of an address that may be shown.
pub(super) fn host(text: &str) -> Option<&str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = rest.rsplit_once(':').unwrap_or((rest, "443"));
    let known = is_name(host) || host == "localhost";
    (known && port.parse::<u16>().is_ok()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(shape: Shape, text: &str) -> Option<String> {
        shown(shape, &Value::String(text.into()), &["corp.test".into()])
    }

    #[test]
    fn only_what_has_the_right_shape_is_shown() {
        assert!(of(Shape::Address, "https://reset.example.org").is_some());
        assert!(of(Shape::Address, "http://proxy.corp.test:3128").is_some());
        for wrong in [
            "https://me:S3cret@proxy.corp.test",
            "https://a.b/S3cret",
            "https://a.b?S3cret",
            "S3cret.word",
            "https://a.b:S3cret",
        ] {
            assert!(of(Shape::Address, wrong).is_none(), "{wrong}");
        }
        assert!(of(Shape::Names, "dc1.corp.test").is_some());
        assert!(of(Shape::Names, "S3cret word.").is_none());
        assert!(of(Shape::Account, "svc@corp.test").is_some());
        assert!(of(Shape::Account, "S3cret@word").is_none());
        assert!(of(Shape::Place, "/S3cret").is_none());
        assert!(of(Shape::Place, "/").is_some());
        assert!(of(Shape::Set, "S3cret").is_none());
        assert_eq!(hidden(&Value::String("S3cret".into())), "(set, not shown)");
    }
}
