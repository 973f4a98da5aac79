use std::path::Path;

use super::*;

const SMALLEST: &str = r#"
cloud = "https://cloud.example.org"
[[forest]]
name = "corp.test"
user = "svc-writeback@corp.test"
password_file = "/etc/writeback/corp.test.password"
"#;

fn parse(text: &str) -> Result<AgentConfig, String> {
    AgentConfig::parse(text, Path::new("agent.toml")).map_err(|error| error.to_string())
}

#[test]
fn the_smallest_configuration_is_enough() {
    let config = parse(SMALLEST).unwrap();
    assert_eq!(config.cloud.to_string(), "https://cloud.example.org");
    assert_eq!(config.state_dir, Path::new(DEFAULT_STATE_DIR));
    let forest = &config.forests[0];
    assert_eq!(forest.served_domains(), vec!["corp.test".parse().unwrap()]);
    assert!(!forest.allow_without_policy_hints);
}

#[test]
fn a_mistake_is_named_with_file_line_and_column() {
    let text = SMALLEST.replace("user =", "usr =");
    assert_eq!(
        parse(&text).unwrap_err(),
        "agent.toml:5:1: unknown field `usr`, expected one of `name`, `domains`, `user`, \
         `password_file`, `ca_file`, `pinned_sha256`, `preferred_controllers`, `only_preferred`, \
         `allow_without_policy_hints`, `write_consistency_guid`, `include_ous`, `exclude_ous`"
    );
    assert!(parse("cloud = ").unwrap_err().starts_with("agent.toml:1:"));
    let url = SMALLEST.replace("https://cloud", "http://cloud");
    assert!(
        parse(&url).unwrap_err().starts_with("agent.toml:2:9: "),
        "{}",
        parse(&url).unwrap_err()
    );
}

#[test]
fn a_password_written_into_the_file_by_mistake_is_not_echoed() {
    let text = format!("{SMALLEST}password = \"kanari-7\"\n");
    let message = parse(&text).unwrap_err();
    assert!(message.contains("unknown field `password`"), "{message}");
    assert!(!message.contains("kanari-7"));
}

#[test]
fn fields_that_do_not_fit_together_are_refused() {
    for (extra, part) in [
        (
            "ca_file = \"/ca\"\npinned_sha256 = \"00\"",
            "exclude each other",
        ),
        ("pinned_sha256 = \"00\"", "no SHA-256 fingerprint"),
        ("only_preferred = true", "names none"),
        ("include_ous = [\"Staff\"]", "no distinguished name"),
        (
            "exclude_ous = [\"OU=Staff,DC=other,DC=test\"]",
            "none of the domains",
        ),
        ("domains = [\"a.test\", \"a.test\"]", "named twice"),
        (
            "[proxy]\nurl = \"http://p:1\"\nuser = \"a\"",
            "write both or none",
        ),
    ] {
        let message = parse(&format!("{SMALLEST}{extra}\n")).unwrap_err();
        assert!(message.contains(part), "{message}");
    }
    assert!(
        parse("cloud = \"https://c.test\"")
            .unwrap_err()
            .contains("no forest")
    );
    let twice = format!(
        "{SMALLEST}{}",
        SMALLEST
            .split_once('\n')
            .unwrap()
            .1
            .split_once('\n')
            .unwrap()
            .1
    );
    assert!(parse(&twice).unwrap_err().contains("named twice"));
}

#[test]
fn a_password_is_the_first_line_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "pa ss\r\nsecond\n").unwrap();
    assert_eq!(
        PasswordSource::File(file.clone()).read().unwrap().expose(),
        "pa ss"
    );
    std::fs::write(&file, "\n").unwrap();
    assert!(matches!(
        PasswordSource::File(file).read(),
        Err(ConfigError::PasswordEmpty(_))
    ));
    assert_eq!(
        PasswordSource::from("credential:corp".to_owned()),
        PasswordSource::Credential("corp".into())
    );
}

#[test]
fn a_fingerprint_is_read_with_or_without_colons() {
    let colons = vec!["0a"; 32].join(":");
    assert_eq!(fingerprint(&colons), Some([10; 32]));
    assert_eq!(fingerprint(&"0A".repeat(32)), Some([10; 32]));
    for bad in [
        "",
        "0a",
        &"0a".repeat(33),
        &"0g".repeat(32),
        &"é".repeat(32),
    ] {
        assert_eq!(fingerprint(bad), None, "{bad}");
    }
}
