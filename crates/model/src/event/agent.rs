//! The agent's life and its link to the cloud.

super::events! {
    AGENT_STARTED = 31015, "agent-started", Info, Agent, [],
        "The agent is ready.",
        ["Nothing."];
    AGENT_STOPPED = 31016, "agent-stopped", Warning, Both, ["cloud-link"],
        "The agent stopped (information; a warning where something was not done yet and is resolved \
         after the next start). In `cause_event_id`, or logged by the cloud: no agent of the forest is \
         connected, and requests fail.",
        ["Start an agent of the forest, and see that it connects.",
         "$ writeback admin agent list",
         "$ systemctl status writeback-agent"];
    KEY_MADE = 31018, "key-made", Info, Agent, [],
        "The agent made a new sealing key and told the cloud.",
        ["Nothing."];
    LINK_UP = 31019, "link-up", Info, Agent, [],
        "The link to the cloud stands.",
        ["Nothing."];
    LINK_FAILED = 31034, "link-failed", Warning, Agent, ["cloud-link", "cloud-certificate", "proxy", "cloud-reachable", "cloud-name"],
        "The link to the cloud cannot be opened; the agent tries again and again.",
        ["`error` says why. The doctor goes the same way step by step and says where it ends:",
         "$ writeback doctor"];
    STATE_UNWRITABLE = 32005, "state-unwritable", Error, Both, ["state-folder"],
        "The journal or a key file of the agent cannot be written. Nothing is written to the directory \
         that was not noted first.",
        ["Free space on the disk of the state folder, and see that it belongs to the agent's user.",
         "$ writeback doctor --only state-folder"];
    STATE_WRITABLE = 34117, "state-writable", Info, Agent, [],
        "The journal can be written again, and has everything.",
        ["Nothing."];
    CLOUD_INVALID = 32008, "cloud-invalid", Error, Agent, ["cloud-link"],
        "The cloud said something that the agent does not understand, or the agent something that \
         cannot be sent.",
        ["See that agent and cloud are of matching versions.",
         "$ writeback --version"];
    LINK_LOST = 32014, "link-lost", Warning, Agent, ["cloud-link"],
        "The link to the cloud was lost and is opened again; or an answer over it came too late, and the \
         request was not begun.",
        ["Nothing once. Many: something on the way drops connections; `why` says how each ended.",
         "$ writeback doctor --watch"];
    CLOCK_SKEWED = 34112, "clock-skewed", Warning, Agent, ["cloud-clock"],
        "This machine's clock differs from the cloud's, whose time is used towards it; or is right again \
         (information).",
        ["Set the clock by NTP.",
         "$ timedatectl set-ntp true"];
    JOURNAL_TORN = 34118, "journal-torn", Warning, Agent, ["state-folder"],
        "The last line of the journal was not written to its end, as after a power cut, and was cut off: \
         it never counted.",
        ["Nothing. Where no power was cut, look at the disk of the state folder."];
    UPLOAD_RETRIED = 34119, "upload-retried", Warning, Agent, ["cloud-reachable", "proxy"],
        "An upload of an import to the cloud failed and is tried again.",
        ["Nothing once. If it stays, `error` says why; a proxy may limit how long bodies are.",
         "$ writeback doctor --only proxy"];
    COPIED = 34116, "copied", Error, Agent, ["state-folder", "enrolment"],
        "This agent's state folder was copied to another machine, or restored from a backup.",
        ["If you did it, enrol the copy anew with --replace.",
         "If nobody did it, the keys were stolen: revoke the agent and enrol it anew.",
         "$ writeback admin agent revoke <agent>"];
    AGENT_DISABLED = 34121, "agent-disabled", Warning, Agent, ["agent-enabled"],
        "Writeback is switched off on the agent's machine: it takes no request.",
        ["Switch it on there, if it should be:",
         "$ writeback agent writeback enable"];
    AGENT_ENABLED = 34122, "agent-enabled", Info, Agent, ["agent-enabled"],
        "Writeback was switched on on the agent's machine.",
        ["Nothing."];
}
