//! `--event`: what a number in the log means.

use crate::typed::{complained, doctor, said};

fn event(number: &str) -> std::process::Output {
    // No configuration anywhere: none is needed.
    let folder = tempfile::tempdir().unwrap();
    doctor(&["--event", number], folder.path())
        .output()
        .unwrap()
}

#[test]
fn a_known_one_is_explained() {
    let output = event("33008");
    assert_eq!(output.status.code(), Some(0));
    let text = said(&output);
    assert!(text.starts_with("33008 password-policy"), "{text}");
    assert!(text.contains("What to do"), "{text}");
    assert!(text.contains("person-policy"), "{text}");
    assert!(text.contains("docs/events.md#33008"), "{text}");
}

#[test]
fn one_of_the_reference_product_names_what_is_logged_instead() {
    let output = event("31044");
    assert_eq!(output.status.code(), Some(0));
    let text = said(&output);
    assert!(text.contains("is not logged here"), "{text}");
    assert!(text.contains("31034"), "{text}");
}

#[test]
fn an_unknown_one_names_its_neighbours_and_the_list() {
    let output = event("30308");
    assert_eq!(output.status.code(), Some(64));
    let text = complained(&output);
    assert!(text.contains("there is no event 30308"), "{text}");
    assert!(text.contains("33008  password-policy"), "{text}");
    assert!(text.contains("docs/events.md"), "{text}");
    assert_eq!(event("many").status.code(), Some(64));
}
