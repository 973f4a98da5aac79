//! Checks of this machine.

use crate::check::{Check, Component::Machine, Of, Severity::Fault};

pub(super) const CONFIGURATION: Check = Check {
    id: "configuration",
    title: "The agent's configuration can be read and its parts fit together",
    severity: Fault,
    component: Machine,
    of: Of::Agent,
    needs: &[],
    cause: "The configuration file is missing, cannot be read, or has a mistake in it.",
    remedy: &[
        "Correct the place that the error names. docs/configuration.md has every setting.",
        "$ sudoedit \"{file}\"",
        "Then start the agent again.",
    ],
    rows: &["A11", "W26"],
};

pub(super) const PASSWORD_FILE: Check = Check {
    id: "password-file",
    title: "The password of the agent's account can be read",
    severity: Fault,
    component: Machine,
    of: Of::Forest,
    needs: &["configuration"],
    cause: "The file that password_file names is missing or empty, or this user may not read it.",
    remedy: &[
        "Write the password into the first line of the file, for the agent's user (USER) alone:",
        "$ install -m 0600 -o USER /dev/stdin \"{file}\"",
        "Run the doctor as the agent's user, or as root.",
    ],
    rows: &["A11"],
};

pub(super) const STATE_FOLDER: Check = Check {
    id: "state-folder",
    title: "The folder of the agent's keys and journal is there and private",
    severity: Fault,
    component: Machine,
    of: Of::Agent,
    needs: &["configuration"],
    cause: "The folder that state_dir names cannot be read, or others may read the keys in it.",
    remedy: &["$ chown -R USER: \"{folder}\"", "$ chmod 0700 \"{folder}\""],
    rows: &["A11", "W26"],
};

pub(super) const SWITCH: Check = Check {
    id: "agent-enabled",
    title: "Writeback is switched on on this machine",
    severity: Fault,
    component: Machine,
    of: Of::Agent,
    needs: &["state-folder"],
    cause: "Somebody switched writeback off on this machine: its agent takes no request.",
    remedy: &["$ writeback agent writeback enable --config {file}"],
    rows: &["A16"],
};

pub(super) const ENROLMENT: Check = Check {
    id: "enrolment",
    title: "This agent is enrolled at the cloud that the configuration names",
    severity: Fault,
    component: Machine,
    of: Of::Agent,
    needs: &["state-folder"],
    cause: "The agent never enrolled, or at another cloud than the configuration names.",
    remedy: &[
        "Make a token on the cloud's machine and spend it here:",
        "$ writeback admin enrolment create --config cloud.toml",
        "$ writeback agent enroll --cloud {cloud} --config {file} --token wbenrol.…",
    ],
    rows: &["A11", "A16", "W25", "W26"],
};
