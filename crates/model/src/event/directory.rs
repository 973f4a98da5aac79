//! The agent and its forests: health, imports, watching for changes.

super::events! {
    IMPORT_DONE = 34105, "import-done", Info, Agent, [],
        "An import ended, or the cloud gave it to another agent.",
        ["Nothing."];
    IMPORT_FAILED = 34106, "import-failed", Error, Agent, ["agent-account", "dc-reachable", "dc-synchronized"],
        "An import failed, or was given up for a new one (warning). The cloud asks for another.",
        ["`error` says why.",
         "$ writeback admin sync status",
         "$ writeback doctor"];
    FOREST_HEALTH = 34107, "forest-health", Error, Agent, ["pdc-emulator", "agent-account", "policy-hints"],
        "A forest became ready (information), or stopped being so (error): no password can be written \
         to it.",
        ["Look up the line's `cause_event_id`: it says why.",
         "$ writeback doctor"];
    IMPORT_BEGAN = 34108, "import-began", Info, Agent, [],
        "An import began.",
        ["Nothing. 34105 or 34106 with the same `run` says how it ended."];
    WATCHING = 34109, "watching", Warning, Agent, ["dc-reachable", "agent-account"],
        "A forest or domain is watched for changes (information), or cannot be (warning); the agent \
         tries again.",
        ["Changes are still imported by the clock meanwhile.",
         "$ writeback doctor"];
    SCOPE_CHANGED = 34110, "scope-changed", Error, Agent, ["configuration"],
        "An organizational unit of the configuration was renamed or moved and is followed (warning), or \
         is not found (error): nothing of its forest is imported or written then.",
        ["Write the unit's present name into include_ous or exclude_ous."];
    ANCHORS_WRITTEN = 34111, "anchors-written", Info, Agent, [],
        "Source anchors were written to the directory.",
        ["Nothing; `refused` counts those for which a right is missing (docs/directory.md)."];
    IMPORT_INCOMPLETE = 34120, "import-incomplete", Warning, Agent, ["agent-account", "person-readable"],
        "An import could not read everything: the domain controller gives no position in its changes, or \
         objects have no readable objectGUID and were left out.",
        ["Grant the rights of docs/directory.md to the agent's account."];
    BANNED_TERMS = 34113, "banned-terms", Warning, Agent, [],
        "Rules of banned passwords hold from now on (information); or the cloud has told none yet, and \
         the built-in list holds (warning).",
        ["Nothing at first: they come with the link. If a warning stays, agent and cloud are of different versions."];
}
