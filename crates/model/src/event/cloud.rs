//! What the cloud sees.

super::events! {
    EXPORT_STOPPED = 116, "export-stopped", Error, Cloud, [],
        "The deletion guard stopped an export before the first removal: more people would disappear \
         than it allows.",
        ["See who, and approve it only if it is meant.",
         "$ writeback admin sync removals",
         "docs/synchronisation.md says how the guard counts."];
    AGENT_ENROLLED = 31005, "agent-enrolled", Info, Cloud, ["enrolment"],
        "An agent enrolled: it has a key that the cloud knows.",
        ["Nothing, if you did it. If nobody did it, revoke the agent.",
         "$ writeback admin agent list"];
    AGENT_CONNECTED = 34201, "agent-connected", Info, Cloud, [],
        "An agent is connected.",
        ["Nothing."];
    AGENT_DISCONNECTED = 34202, "agent-disconnected", Info, Cloud, ["cloud-link"],
        "An agent's link ended; `why` says how.",
        ["Nothing once. Many: look at the agent's own log for 32014 and 31034, and run the doctor there."];
    AGENT_COPIED = 34203, "agent-copied", Error, Cloud, ["state-folder"],
        "A second machine called with the keys of an agent and was sent away.",
        ["If you copied or restored the agent's state folder, enrol the copy anew with --replace.",
         "If nobody did it, the keys were stolen: revoke the agent and enrol it anew.",
         "$ writeback admin agent revoke <agent>"];
    TRAIL_TAMPERED = 34204, "trail-tampered", Error, Cloud, [],
        "The audit trail does not hold up, or the key that signs it was gone and a new one was made.",
        ["Find out who had access to the database and to the key. `verify` names the first line that is wrong:",
         "$ writeback admin audit verify"];
    STORE_FAILED = 34205, "store-failed", Error, Cloud, [],
        "The cloud's database could not be read or written; what was to be kept may be missing.",
        ["`error` says why. Look at free space and the rights of the database's folder."];
    MAIL_FAILED = 34206, "mail-failed", Error, Cloud, [],
        "A mail could not be sent (error), or not yet and is tried again (warning).",
        ["`error` is the mail server's answer. Look at `[mail]` in the cloud's configuration and at the server."];
    MAIL_LIMITED = 34207, "mail-limited", Warning, Cloud, [],
        "A mail was not sent, because there were too many to its address or for the tenant.",
        ["Nothing once. Many may be somebody who makes people's mailboxes full.",
         "$ writeback admin limits show"];
    AGENT_REFUSED = 34208, "agent-refused", Warning, Cloud, ["cloud-accepts-agent", "enrolment"],
        "An agent called and was sent away; `why` says for what.",
        ["`its first frame was no hello`: nothing; a doctor looked whether the way is open.",
         "Otherwise run the doctor on the agent's machine.",
         "$ writeback admin agent list"];
    AGENT_INVALID = 34209, "agent-invalid", Error, Cloud, ["cloud-link"],
        "An agent said something that cannot be understood or is not for it to say, or could not be told \
         something.",
        ["See that agent and cloud are of matching versions.",
         "$ writeback admin agent list"];
    IMPORT_TROUBLE = 34210, "import-trouble", Warning, Cloud, ["agent-account", "dc-reachable"],
        "An import failed, or was given to another agent.",
        ["Look at the agent's own log for 34106, and at the runs.",
         "$ writeback admin sync history"];
    RUN_WAITS = 34211, "run-waits", Warning, Cloud, [],
        "A run could not begin, because another one of its forest is under way.",
        ["Nothing; it comes next. If it stays, see which one does not end.",
         "$ writeback admin sync status"];
    CYCLE_FAILED = 34212, "cycle-failed", Error, Cloud, [],
        "A cycle of synchronisation ended in disorder: the software has a mistake.",
        ["The next cycle begins anew. Report it, with the lines around it."];
    TRAIL_UNATTENDED = 34213, "trail-unattended", Error, Cloud, [],
        "The audit trail could not be looked after (error), or old records were left because the clock may \
         be wrong (warning).",
        ["`error` says why; see that the clock is right.",
         "$ timedatectl",
         "$ writeback admin audit verify"];
    CLOUD_CUT_SHORT = 34214, "cloud-cut-short", Warning, Cloud, [],
        "The cloud stopped before everything was finished; the rest is settled after its next start.",
        ["Nothing. A service manager that waits longer leaves more time for it."];
    SIGN_IN_UNANSWERED = 34215, "sign-in-unanswered", Warning, Cloud, ["pdc-emulator", "cloud-link"],
        "A password at a sign-in was not shown to its directory, or what that made of it is not known.",
        ["See that an agent of the forest is connected and reaches the directory.",
         "$ writeback admin agent list"];
    PAGE_FAILED = 34216, "page-failed", Error, Cloud, [],
        "A page could not be made: the software has a mistake.",
        ["Report it, with the line."];
    NEWS_GIVEN_UP = 34217, "news-given-up", Error, Cloud, [],
        "A mail that tells how a request ended was tried for three days and is given up.",
        ["See to the mail server, or to the person's addresses in the directory."];
    STORE_UNWRITABLE = 34218, "store-unwritable", Error, Cloud, [],
        "Nothing can be kept, so nobody can reset a password: the disk of the database is full or read-only.",
        ["Make room, or mount it writable; nothing needs to be restarted (docs/backup.md)."];
    STORE_WRITABLE = 34219, "store-writable", Info, Cloud, [],
        "The database can be written again; what waited for it goes on by itself.",
        ["Nothing."];
}
