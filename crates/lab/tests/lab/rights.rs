//! The agent's account may do what it has to, and nothing else.

use std::io::Write as _;

use base64::Engine as _;
use writeback_lab::{BindAnswer, Forest, Ran, UserSpec, run};

use crate::lab;

/// Runs an LDAP tool as the agent, from the first agent's host.
fn as_agent(forest: &Forest, program: &str, args: &[&str], input: &str) -> Ran {
    let lab = lab();
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    secret.write_all(forest.agent_password.as_bytes()).unwrap();
    let uri = format!("ldaps://{}", forest.first_dc().unwrap().fqdn);
    let mut command = lab.command_in("wb-agent1", program);
    command
        .args(["-x", "-H", &uri, "-D", &forest.agent_upn, "-y"])
        .arg(secret.path())
        .args(args);
    command
        .env("LDAPTLS_CACERT", &forest.ca_pem)
        .env("LDAPTLS_REQCERT", "demand");
    run(&mut command, input.as_bytes()).unwrap()
}

fn replace(dn: &str, attribute: &str, value: &[u8]) -> String {
    let b64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    format!(
        "dn:: {}\nchangetype: modify\nreplace: {attribute}\n{attribute}:: {}\n-\n",
        b64(dn.as_bytes()),
        b64(value)
    )
}

fn quoted(password: &str) -> Vec<u8> {
    format!("\"{password}\"")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[test]
fn policy_hints_are_offered_where_the_lab_says_so() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    for forest in lab.forests() {
        let args = ["-LLL", "-b", "", "-s", "base", "supportedControl"];
        let ran = as_agent(forest, "ldapsearch", &args, "");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let offered = ran.stdout.contains("1.2.840.113556.1.4.2239");
        assert_eq!(
            offered,
            forest.first_dc().unwrap().has_hints,
            "{}",
            forest.domain
        );
        assert_eq!(offered, forest.domain != "legacy.test");
    }
}

#[test]
fn the_agent_resets_and_unlocks_but_writes_nothing_else() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    for forest in lab.forests() {
        let _policy = forest.policy_shared().unwrap();
        let dc = forest.first_dc().unwrap();
        let user = forest
            .create_user(UserSpec {
                locked: true,
                ..UserSpec::default()
            })
            .unwrap();
        let modify = |record: &str| as_agent(forest, "ldapmodify", &[], record);

        let reset = modify(&replace(&user.dn, "unicodePwd", &quoted("New-Password-77")));
        assert_eq!(reset.code, 0, "{}", reset.stderr);
        let unlock = modify(&replace(&user.dn, "lockoutTime", b"0"));
        assert_eq!(unlock.code, 0, "{}", unlock.stderr);
        let answer = forest.can_bind(&user.upn, "New-Password-77", dc).unwrap();
        assert_eq!(answer, BindAnswer::Ok);

        let renamed = modify(&replace(&user.dn, "displayName", b"Someone else"));
        assert_eq!(renamed.code, 50, "{}", renamed.stderr);

        let args = [
            "-LLL",
            "-b",
            &user.dn,
            "-s",
            "base",
            "allowedAttributesEffective",
        ];
        let allowed = as_agent(forest, "ldapsearch", &args, "").stdout;
        let mut names: Vec<_> = allowed
            .lines()
            .filter_map(|l| l.strip_prefix("allowedAttributesEffective: "))
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["lockoutTime", "pwdLastSet"], "{}", forest.domain);
        forest.delete_user(&user).unwrap();
    }
}

#[test]
fn without_inheritance_the_agent_has_no_rights() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let forest = lab.forest("corp.test").unwrap();
    let spec = UserSpec {
        no_inheritance: true,
        ..UserSpec::default()
    };
    let user = forest.create_user(spec).unwrap();
    let record = replace(&user.dn, "unicodePwd", &quoted("New-Password-77"));
    let reset = as_agent(forest, "ldapmodify", &[], &record);
    assert_eq!(reset.code, 50, "{}", reset.stderr);
    forest.delete_user(&user).unwrap();
}

#[test]
fn who_cannot_change_the_password_is_refused_by_the_dc() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let forest = lab.forest("corp.test").unwrap();
    let _policy = forest.policy_shared().unwrap();
    for cannot_change in [false, true] {
        let spec = UserSpec {
            cannot_change,
            ..UserSpec::default()
        };
        let user = forest.create_user(spec).unwrap();
        let dc = forest.first_dc().unwrap();
        let value =
            |password: &str| base64::engine::general_purpose::STANDARD.encode(quoted(password));
        let dn = base64::engine::general_purpose::STANDARD.encode(&user.dn);
        let record = format!(
            "dn:: {dn}\nchangetype: modify\ndelete: unicodePwd\nunicodePwd:: {}\n-\n\
             add: unicodePwd\nunicodePwd:: {}\n-\n",
            value(&user.password),
            value("Changed-By-Me-1")
        );
        let mut secret = tempfile::NamedTempFile::new().unwrap();
        secret.write_all(user.password.as_bytes()).unwrap();
        let mut command = std::process::Command::new("ldapmodify");
        let uri = format!("ldaps://{}", dc.fqdn);
        command
            .args(["-x", "-H", &uri, "-D", &user.upn, "-y"])
            .arg(secret.path());
        command.env("LDAPTLS_CACERT", &forest.ca_pem);
        let ran = run(&mut command, record.as_bytes()).unwrap();
        assert_eq!(ran.code == 0, !cannot_change, "{} {}", ran.code, ran.stderr);
        forest.delete_user(&user).unwrap();
    }
}

#[test]
fn dirsync_shows_the_agent_everything_but_secrets_where_it_replicates() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    for forest in lab.forests() {
        let user = forest.create_user(UserSpec::default()).unwrap();
        forest.delete_user(&user).unwrap();
        let dirsync = |filter: &str, attributes: &[&str]| {
            let fixed = [
                "-LLL",
                "-o",
                "ldif-wrap=no",
                "-b",
                &forest.base_dn,
                "-E",
                "!dirSync=0/0",
                filter,
            ];
            as_agent(forest, "ldapsearch", &[&fixed, attributes].concat(), "")
        };
        let gone = format!("(&(objectClass=user)(sAMAccountName={}))", user.sam);
        let ran = dirsync(&gone, &["isDeleted"]);
        if !forest.agent_replicates {
            assert_eq!(ran.code, 50, "{}: {}", forest.domain, ran.stderr);
            continue;
        }
        assert_eq!(ran.code, 0, "{}: {}", forest.domain, ran.stderr);
        assert!(ran.stdout.contains("\nisDeleted: TRUE\n"), "{}", ran.stdout);

        let secrets = dirsync("(sAMAccountName=alice)", &["name", "unicodePwd"]);
        assert!(secrets.stdout.contains("\nname:"), "{}", secrets.stdout);
        assert!(!secrets.stdout.contains("unicodePwd"), "{}", secrets.stdout);
    }
}
