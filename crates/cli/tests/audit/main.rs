//! `writeback admin audit verify`, as whoever watches the trail runs it: the real program, its exit
//! codes and its words, for people and for machines.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too")]

use std::process::Command;

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use writeback_audit::activity;
use writeback_store::{Actor, AuditRecord, AuditStore};
use writeback_store_sqlite::SqliteStore;

const WHOLE: i32 = 0;
const TAMPERED: i32 = 1;
const NOT_CHECKED: i32 = 2;

struct Installation {
    dir: TempDir,
}

impl Installation {
    /// With some records, signed and copied.
    async fn new() -> Self {
        let it = Self {
            dir: TempDir::new().unwrap(),
        };
        let config = format!(
            "public_url = \"http://localhost:1\"\ndatabase = \"{}\"\n[[listen]]\n\
             address = \"127.0.0.1:1\"\n[mail]\nfrom = \"a@b.test\"\nfolder = \"{}\"\n",
            it.path("cloud.db"),
            it.path("mail"),
        );
        std::fs::write(it.path("cloud.toml"), config).unwrap();
        it.admin(&["init", "--name", "Company"], 0);
        it.keep(20).await;
        it.admin(&["audit", "checkpoint"], 0);
        it
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    async fn keep(&self, records: u32) {
        let store = SqliteStore::open(&self.dir.path().join("cloud.db"))
            .await
            .unwrap();
        for number in 0..records {
            let record = AuditRecord {
                tenant: None,
                at: Timestamp::UNIX_EPOCH,
                actor: Actor::Cloud,
                activity: activity::SIGN_IN,
                user: None,
                correlation: None,
                address: None,
                result: "success".to_owned(),
                detail: format!("number {number}"),
            };
            store.audit(&record).await.unwrap();
        }
    }

    /// Somebody with the database's file in their hands.
    async fn tamper(&self, sql: &'static str) {
        use sqlx::{ConnectOptions, Executor, sqlite::SqliteConnectOptions};
        let file = self.path("cloud.db");
        let options = SqliteConnectOptions::new().filename(file);
        let mut hand = options.connect().await.unwrap();
        hand.execute("DROP TRIGGER audit_is_not_changed")
            .await
            .unwrap();
        let done = hand.execute(sql).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{sql}");
    }

    /// What `writeback admin` prints, given that it ends with this code.
    fn admin(&self, arguments: &[&str], code: i32) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_writeback"))
            .arg("admin")
            .args(arguments)
            .args(["--config", &self.path("cloud.toml")])
            .env_remove("WRITEBACK_TENANT")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        let ended = output.status.code();
        assert_eq!(ended, Some(code), "{arguments:?}: {said}{errors}");
        said
    }

    /// The same question for people and for machines.
    fn verify(&self, arguments: &[&str], code: i32) -> (String, Value) {
        let arguments = [&["audit", "verify"], arguments].concat();
        let said = self.admin(&arguments, code);
        let json = self.admin(&[&arguments[..], &["--json"]].concat(), code);
        (said, serde_json::from_str(&json).unwrap())
    }
}

#[tokio::test]
async fn a_trail_that_nobody_touched_is_whole() {
    let it = Installation::new().await;
    let (said, json) = it.verify(&[], WHOLE);
    assert!(said.starts_with("The audit trail is whole: "), "{said}");
    assert_eq!(
        (&json["whole"], &json["why"]),
        (&Value::Bool(true), &Value::Null)
    );
}

#[tokio::test]
async fn one_letter_is_named() {
    let it = Installation::new().await;
    it.tamper("UPDATE audit SET detail = 'number 8' WHERE detail = 'number 7'")
        .await;
    let (said, json) = it.verify(&[], TAMPERED);
    let why = json["why"].as_str().unwrap();
    assert_eq!(json["whole"], false);
    assert!(
        said.contains("was tampered with") && said.contains(why),
        "{said}{why}"
    );
    // And nothing of it is exported.
    let out = it.path("audit.jsonl");
    it.admin(&["audit", "export", "--installation", "--out", &out], 1);
}

#[tokio::test]
async fn what_cannot_be_checked_is_not_called_whole() {
    let it = Installation::new().await;
    std::fs::remove_file(it.path("cloud.audit-checkpoints")).unwrap();
    let (said, json) = it.verify(&[], NOT_CHECKED);
    assert!(said.contains("no copy in"), "{said}");
    assert_eq!(json["whole"], Value::Null);
    assert!(
        json["why"].as_str().unwrap().contains("no copy in"),
        "{json}"
    );
    // As it says: and then it is known again.
    it.admin(&["audit", "checkpoint"], 0);
    it.verify(&[], WHOLE);

    it.keep(1001).await;
    let (said, json) = it.verify(&[], NOT_CHECKED);
    assert!(said.contains("behind its last checkpoint"), "{said}");
    assert!(
        json["why"].as_str().unwrap().contains("does not sign"),
        "{json}"
    );

    std::fs::write(it.path("cloud.audit-checkpoints"), "nonsense\n").unwrap();
    let (_, json) = it.verify(&[], NOT_CHECKED);
    assert!(json["why"].as_str().unwrap().contains("line 1"), "{json}");
}

#[tokio::test]
async fn an_export_is_checked_on_any_machine() {
    let it = Installation::new().await;
    let out = it.path("audit.jsonl");
    it.admin(&["audit", "export", "--installation", "--out", &out], 0);
    let (said, json) = it.verify(&["--file", &out], WHOLE);
    assert!(said.contains("which is trusted"), "{said}");
    assert_eq!(json["whole"], true);
    let text = std::fs::read_to_string(&out).unwrap();
    std::fs::write(&out, text.replace("number 7", "number 9")).unwrap();
    let (said, json) = it.verify(&["--file", &out], TAMPERED);
    assert!(said.contains("Line "), "{said}");
    assert_eq!(json["whole"], false);
    std::fs::write(&out, text).unwrap();
    let key = "00".repeat(32);
    let (_, json) = it.verify(&["--file", &out, "--public-key", &key], NOT_CHECKED);
    assert_eq!(json["whole"], Value::Null);
}
