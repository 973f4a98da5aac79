//! Checks of the cloud's own machine.

use crate::check::{
    Check,
    Component::Installation,
    Of,
    Severity::{Fault, Warning},
};

pub(super) const CONFIGURATION: Check = Check {
    id: "cloud-configuration",
    title: "The cloud's configuration can be read and its parts fit together",
    severity: Fault,
    component: Installation,
    of: Of::Installation,
    needs: &[],
    cause: "The configuration file is missing, cannot be read, or has a mistake in it.",
    remedy: &[
        "Correct the place that the error names. docs/configuration.md has every setting.",
        "$ sudoedit \"{file}\"",
        "Then start the cloud again.",
    ],
    rows: &[],
};

pub(super) const DATABASE: Check = Check {
    id: "database",
    title: "The database is there, can be read and written, and its tables are of this version",
    severity: Fault,
    component: Installation,
    of: Of::Installation,
    needs: &["cloud-configuration"],
    cause: "The database {database} cannot be opened, or it cannot be written.",
    remedy: &[
        "Run this as the cloud's user or as root, and see whose the file and its folder are:",
        "$ ls -l \"{database}\"",
        "If the file is damaged, docs/backup.md says how to put the last backup in its place.",
    ],
    rows: &["S17"],
};

pub(super) const ROOM: Check = Check {
    id: "database-room",
    title: "There is room on the database's disk",
    severity: Fault,
    component: Installation,
    of: Of::Installation,
    needs: &["cloud-configuration"],
    cause: "The disk of the database is full, or nearly: what cannot be kept is not done.",
    remedy: &[
        "Make room on the disk that holds it, or put it on a larger one:",
        "$ df -h \"{folder}\"",
    ],
    rows: &[],
};

pub(super) const CLOCK: Check = Check {
    id: "machine-clock",
    title: "This machine's clock is not behind what the database has seen",
    severity: Warning,
    component: Installation,
    of: Of::Installation,
    needs: &["database"],
    cause: "This machine's clock was set back, or was wrong before: codes and tokens end at the wrong time.",
    remedy: &[
        "$ timedatectl set-ntp true",
        "$ timedatectl timesync-status",
    ],
    rows: &[],
};

pub(super) const RUNS: Check = Check {
    id: "cloud-runs",
    title: "The cloud runs: something listens at every address of its configuration",
    severity: Fault,
    component: Installation,
    of: Of::Installation,
    needs: &["cloud-configuration"],
    cause: "Nothing listens at {address}: the cloud does not run, or with another configuration.",
    remedy: &[
        "Start it, and if it ends at once, its last words say why:",
        "$ writeback cloud --config \"{file}\"",
    ],
    rows: &["A14", "S17"],
};

pub(super) const CERTIFICATE: Check = Check {
    id: "own-certificate",
    title: "The cloud's own certificate can be read and is in its time",
    severity: Fault,
    component: Installation,
    of: Of::Installation,
    needs: &["cloud-configuration"],
    cause: "The certificate in {certificate} is not valid now, and browsers and agents refuse it.",
    remedy: &[
        "Renew it, put it and its key in place of the files that the configuration names, and start",
        "the cloud again:",
        "$ openssl x509 -noout -dates -in \"{certificate}\"",
    ],
    rows: &["A14"],
};

pub(super) const MAIL: Check = Check {
    id: "mail-server",
    title: "Mails can be handed over: the server answers, and takes the sign-in that is configured",
    severity: Fault,
    component: Installation,
    of: Of::Installation,
    needs: &["cloud-configuration"],
    cause: "The mail server does not take mails from this machine: nobody gets a code.",
    remedy: &[
        "Correct smtp and password_file under [mail] in {file}, or mend the server:",
        "$ nc -vz {host} {port}",
    ],
    rows: &["S10", "S12"],
};

pub(super) const AUDIT_KEY: Check = Check {
    id: "audit-key",
    title: "The key that signs the audit trail is there and private",
    severity: Fault,
    component: Installation,
    of: Of::Installation,
    needs: &["cloud-configuration"],
    cause: "The key that signs the audit trail cannot be used.",
    remedy: &[
        "Put the key back from the backup, for the cloud's user alone; a cloud that never ran makes",
        "one when it starts. docs/audit.md says what becomes of a trail whose key is lost.",
        "$ chmod 0600 \"{key}\"",
    ],
    rows: &[],
};
