//! `--watch`: what changed is told once, and Ctrl-C ends it with the last state.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;

use crate::typed::doctor;

fn watch(arguments: &[&str], folder: &std::path::Path) -> (Child, BufReader<ChildStdout>) {
    let config = folder.join("agent.toml");
    let config = config.to_str().unwrap();
    let mut all = vec!["--watch", "1", "--config", config];
    all.extend(arguments);
    let mut child = doctor(&all, folder).stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

fn line(out: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    line
}

fn ctrl_c(child: &mut Child) -> Option<i32> {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    child.wait().unwrap().code()
}

#[test]
fn changes_are_told_once_and_the_last_state_is_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut out) = watch(&["--only", "configuration"], folder.path());
    assert!(line(&mut out).contains("looking every 1 s; Ctrl-C ends"));
    let red = line(&mut out);
    assert!(red.contains("✗ configuration"), "{red}");
    let count = line(&mut out);
    assert!(count.contains("1 fault"), "{count}");
    // Whatever was looked at meanwhile, the next line is the change.
    let config = "cloud = \"https://localhost:9\"\nstate_dir = \"state\"\n[[forest]]\n\
                  name = \"corp.invalid\"\nuser = \"a@corp.invalid\"\npassword_file = \"none\"\n";
    let new = folder.path().join("new.toml");
    std::fs::write(&new, config).unwrap();
    // In one step: a look in between would see half a file.
    std::fs::rename(&new, folder.path().join("agent.toml")).unwrap();
    let green = line(&mut out);
    assert!(
        green.contains("✓ configuration: fine again (fault since "),
        "{green}"
    );
    assert!(line(&mut out).contains("1 fine"));
    assert_eq!(ctrl_c(&mut child), Some(0));
}

#[test]
fn for_machines_each_change_is_an_object_on_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut out) = watch(&["--json", "--only", "configuration"], folder.path());
    let change: Value = serde_json::from_str(&line(&mut out)).unwrap();
    assert_eq!(change["check"], "configuration");
    assert_eq!(change["verdict"], "fault");
    assert_eq!(change["before"], Value::Null);
    assert_eq!(change["exit_code"], 2);
    assert_eq!(ctrl_c(&mut child), Some(2));
}
