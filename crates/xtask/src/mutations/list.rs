//! The rules that are left out, one at a time.

/// Lines of one file that are replaced.
pub(super) struct Edit {
    /// The file, from the repository's root.
    pub(super) file: &'static str,
    /// What stands there, exactly once.
    pub(super) from: &'static str,
    pub(super) to: &'static str,
}

/// A rule that is left out, and a run that has to notice.
pub(super) struct Mutation {
    pub(super) name: &'static str,
    /// What is left out.
    pub(super) without: &'static str,
    pub(super) edits: &'static [Edit],
    /// The kinds of faults in which it matters.
    pub(super) only: &'static str,
    pub(super) requests: u32,
    pub(super) seed: u64,
}

const WRITE: &str = "crates/agent/src/executor/write.rs";
const DECIDE: &str = "crates/agent/src/resolve/decide.rs";
const LOOK: &str = "crates/agent/src/resolve/look.rs";
const RESOLVE: &str = "crates/agent/src/resolve/mod.rs";
const DISPATCH: &str = "crates/relay/src/dispatch.rs";
const ROWS: &str = "crates/store-sqlite/src/requests.rs";

const COMPARE_AND_SET: &str =
    "AND state = 'pending' AND expires_at > ?2\",\n        )\n        .bind(agent.uuid())";

pub(super) const MUTATIONS: &[Mutation] = &[
    Mutation {
        name: "claim-without-comparing",
        without: "the compare-and-set of a claim: whoever claims is granted",
        edits: &[Edit {
            file: ROWS,
            from: COMPARE_AND_SET,
            to: "\",\n        )\n        .bind(agent.uuid())",
        }],
        only: "agent-paused,link-delayed,link-stalled,link-sends-lost,link-answers-lost",
        requests: 60,
        seed: 33,
    },
    Mutation {
        name: "offer-after-claim",
        without: "that a claimed request goes to no other agent",
        edits: &[
            Edit {
                file: DISPATCH,
                from: "            if *stage.borrow_and_update() != Stage::Offered {",
                to: "            if matches!(*stage.borrow_and_update(), Stage::Ended(_)) {",
            },
            Edit {
                file: ROWS,
                from: COMPARE_AND_SET,
                to: "AND state <> 'done'\",\n        )\n        .bind(agent.uuid())",
            },
        ],
        only: "agent-paused,agent-killed,agent-killed-writing,write-late,ldap-answers-lost",
        requests: 60,
        seed: 31,
    },
    Mutation {
        name: "journal-after-write",
        without: "the intent before the write",
        edits: &[
            Edit {
                file: WRITE,
                from: "        if let Err(cause) = self.note(&intent).await {\n            return \
                       self.ended(cause.into(), None);\n        }\n        if tokio::time",
                to: "        if tokio::time",
            },
            Edit {
                file: WRITE,
                from: "        self.core.uplink.mention(ToCloud::Begun {\n            request: \
                       self.request,\n            begun: intent.begun.clone(),\n        });\n",
                to: "",
            },
            Edit {
                file: WRITE,
                from: "        match self.send(reset).await {\n            Ok(forced) => {",
                to: "        let sent = self.send(reset).await;\n        if let Err(cause) = \
                     self.note(&intent).await {\n            return self.ended(cause.into(), \
                     None);\n        }\n        match sent {\n            Ok(forced) => {",
            },
        ],
        only: "agent-killed-writing,write-late-agent-killed",
        requests: 24,
        seed: 30,
    },
    Mutation {
        name: "no-quiet-time",
        without: "the quiet time before an unchanged version is believed",
        edits: &[Edit {
            file: DECIDE,
            from: "QUIET: SignedDuration = SignedDuration::from_secs(45);",
            to: "QUIET: SignedDuration = SignedDuration::from_secs(0);",
        }],
        only: "write-late,write-late-agent-killed",
        requests: 24,
        seed: 34,
    },
    Mutation {
        name: "agents-own-clock",
        without: "that only the domain controller's clock counts: the agent's, an hour ahead, does, too",
        edits: &[
            Edit {
                file: LOOK,
                from: "directory_time: receipt.dc_now,",
                to: "directory_time: receipt.dc_now + jiff::SignedDuration::from_hours(1),",
            },
            Edit {
                file: RESOLVE,
                from: "*first.get_or_insert(look.directory_time)",
                to: "*first.get_or_insert(intent.begun.directory_time)",
            },
        ],
        only: "write-late,write-late-agent-killed",
        requests: 24,
        seed: 34,
    },
];
