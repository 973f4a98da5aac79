//! The agent's configuration: what may be shown of it, by a list.

use std::{
    fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};
use writeback_agent::config::DEFAULT_STATE_DIR;

use super::shape::{Shape, hidden, host, is_name, shown};

/// Every setting that may be shown, by section and name. What is not here is not even named.
const SHOWN: [(&str, &str, Shape); 18] = [
    ("", "cloud", Shape::Address),
    ("", "state_dir", Shape::Place),
    ("", "ca_file", Shape::Place),
    ("proxy", "url", Shape::Address),
    ("proxy", "user", Shape::Set),
    ("proxy", "password_file", Shape::Set),
    ("forest", "name", Shape::Names),
    ("forest", "domains", Shape::Names),
    ("forest", "user", Shape::Account),
    ("forest", "password_file", Shape::Set),
    ("forest", "ca_file", Shape::Place),
    ("forest", "pinned_sha256", Shape::Set),
    ("forest", "preferred_controllers", Shape::Names),
    ("forest", "only_preferred", Shape::Switch),
    ("forest", "allow_without_policy_hints", Shape::Switch),
    ("forest", "write_consistency_guid", Shape::Switch),
    ("forest", "include_ous", Shape::Set),
    ("forest", "exclude_ous", Shape::Set),
];

/// The configuration as it is written, whether the agent could use it or not.
pub(super) struct Written {
    text: String,
    table: Option<Table>,
    problem: Option<String>,
}

impl Written {
    /// Reads the file; that it cannot be is told by what is shown.
    pub(super) fn read(file: &Path) -> Self {
        match fs::read_to_string(file) {
            Ok(text) => Self::of(text),
            Err(error) => Self {
                text: String::new(),
                table: None,
                problem: Some(format!("The file cannot be read: {}.\n", error.kind())),
            },
        }
    }

    fn of(text: String) -> Self {
        let table = text.parse::<Table>();
        let problem = table.as_ref().err().map(|error| {
            let at = error.span().map_or(0, |it| it.start);
            let line = text.get(..at).unwrap_or("").matches('\n').count() + 1;
            format!("The file is no TOML; the mistake is on line {line}.\n")
        });
        Self {
            table: table.ok(),
            text,
            problem,
        }
    }

    /// All of it that may be shown.
    pub(super) fn shown(&self) -> String {
        let mut text = self.problem.clone().unwrap_or_default();
        for (section, table) in self.sections() {
            if !section.is_empty() {
                text.push_str(&format!("\n[{section}]\n"));
            }
            let mut unknown = 0;
            for (key, value) in table {
                let listed = SHOWN.iter().find(|it| (it.0, it.1) == (section, key));
                match listed {
                    Some((.., shape)) => {
                        let shown = shown(*shape, value, &self.domains());
                        let value = shown.unwrap_or_else(|| hidden(value));
                        text.push_str(&format!("{key} = {value}\n"));
                    }
                    None if is_section(section, key, value) => {}
                    None => unknown += 1,
                }
            }
            if unknown > 0 {
                text.push_str(&format!(
                    "({unknown} settings that are not known, not shown)\n"
                ));
            }
        }
        text
    }

    /// Every text in the file that is not shown: none of it may be anywhere else.
    pub(super) fn not_shown(&self) -> Vec<String> {
        let Some(table) = &self.table else {
            let apart = |c: char| c.is_whitespace() || "\"'=[]{},#".contains(c);
            let known = |it: &&str| SHOWN.iter().any(|(_, key, _)| key == it);
            let parts = self.text.split(apart).filter(|it| !known(it));
            return parts.map(str::to_owned).collect();
        };
        let mut texts = Vec::new();
        let shown = self.shown();
        collect(&Value::Table(table.clone()), &mut texts);
        texts.retain(|it| !shown.contains(&format!("{it:?}")));
        texts
    }

    /// The files that passwords are read from.
    pub(super) fn password_files(&self) -> Vec<PathBuf> {
        let sections = self.sections().into_iter();
        let named = sections.filter_map(|(_, table)| table.get("password_file")?.as_str());
        let of_credential = |name: &str| {
            let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
            Some(Path::new(&folder).join(name))
        };
        named
            .filter_map(|it| match it.strip_prefix("credential:") {
                Some(name) => of_credential(name),
                None => Some(PathBuf::from(it)),
            })
            .collect()
    }

    /// The folder of keys and journal.
    pub(super) fn state_dir(&self) -> PathBuf {
        let table = self.table.as_ref();
        let named = table.and_then(|it| it.get("state_dir")?.as_str());
        PathBuf::from(named.unwrap_or(DEFAULT_STATE_DIR))
    }

    /// The hosts that the agent asks for, and the domains in which there are others.
    pub(super) fn hosts(&self) -> Vec<String> {
        let urls = self.sections().into_iter().filter_map(|(section, table)| {
            let key = if section.is_empty() { "cloud" } else { "url" };
            host(table.get(key)?.as_str()?).map(str::to_owned)
        });
        urls.chain(self.domains()).collect()
    }

    fn domains(&self) -> Vec<String> {
        let mut domains = Vec::new();
        for (section, table) in self.sections() {
            if section == "forest" {
                let more = table.get("domains").and_then(Value::as_array);
                let more = more.into_iter().flatten();
                let names = table.get("name").into_iter().chain(more);
                let names = names.filter_map(Value::as_str).filter(|it| is_name(it));
                domains.extend(names.map(str::to_owned));
            }
        }
        domains
    }

    fn sections(&self) -> Vec<(&'static str, &Table)> {
        let Some(table) = &self.table else {
            return Vec::new();
        };
        let proxy = table.get("proxy").and_then(Value::as_table);
        let forests = table.get("forest").and_then(Value::as_array);
        let forests = forests.into_iter().flatten().filter_map(Value::as_table);
        let top = std::iter::once(("", table));
        top.chain(proxy.map(|it| ("proxy", it)))
            .chain(forests.map(|it| ("forest", it)))
            .collect()
    }
}

fn is_section(section: &str, key: &str, value: &Value) -> bool {
    section.is_empty()
        && (key == "proxy" && value.is_table() || key == "forest" && value.is_array())
}

fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|it| collect(it, into)),
        Value::Table(table) => {
            for (key, value) in table {
                let known = ["proxy", "forest"].contains(&key.as_str())
                    || SHOWN.iter().any(|(_, it, _)| it == key);
                if !known {
                    into.push(key.clone());
                }
                collect(value, into);
            }
        }
        Value::Boolean(_) => {}
        other => into.push(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "cloud = \"https://reset.example.org\"\nS3cret-key = \"S3cret-value\"\n\
        [proxy]\nurl = \"http://me:S3cret@proxy.corp.test\"\nuser = \"S3cret\"\n\
        [[forest]]\nname = \"corp.test\"\nuser = \"svc@corp.test\"\npassword_file = \"S3cret-file\"\n\
        include_ous = [\"OU=S3cret\"]\nonly_preferred = true\n";

    #[test]
    fn only_what_is_on_the_list_is_shown() {
        let shown = Written::of(TEXT.to_owned()).shown();
        assert!(!shown.contains("S3cret"), "{shown}");
        assert_eq!(
            shown,
            "cloud = \"https://reset.example.org\"\n(1 settings that are not known, not shown)\n\
             \n[proxy]\nurl = (set, not shown)\nuser = (set, not shown)\n\
             \n[forest]\ninclude_ous = (set, 1 of them, not shown)\nname = \"corp.test\"\n\
             only_preferred = true\npassword_file = (set, not shown)\nuser = \"svc@corp.test\"\n"
        );
    }

    #[test]
    fn what_is_not_shown_is_known_as_such() {
        let hidden = Written::of(TEXT.to_owned()).not_shown();
        for secret in [
            "S3cret-key",
            "S3cret-value",
            "S3cret",
            "S3cret-file",
            "OU=S3cret",
        ] {
            assert!(hidden.iter().any(|it| it == secret), "{secret}: {hidden:?}");
        }
        assert!(!hidden.iter().any(|it| it == "https://reset.example.org"));
        assert!(!hidden.iter().any(|it| it == "svc@corp.test"));
    }

    #[test]
    fn what_is_no_toml_is_not_shown_at_all() {
        let written = Written::of("cloud = \"x\"\npassword = S3cret\n".to_owned());
        assert_eq!(
            written.shown(),
            "The file is no TOML; the mistake is on line 2.\n"
        );
        assert!(written.not_shown().iter().any(|it| it == "S3cret"));
    }
}
