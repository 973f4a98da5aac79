//! Why a request changed nothing: the events of [`Cause`](crate::Cause), in `cause_event_id` beside
//! the event of the refusal, or in `event_id` of their own.

super::events! {
    POLICY_HINTS_UNSUPPORTED = 6329, "policy-hints-unsupported", Warning, Both, ["policy-hints"],
        "The domain controller does not offer the control by which a reset is held to password history \
         and minimum age, and the forest's setting does not allow resets without.",
        ["Update the domain controller; or set allow_without_policy_hints for the forest and accept that \
          history is not enforced.",
         "$ writeback doctor --only policy-hints"];
    INTERNAL = 32000, "internal", Warning, Both, [],
        "Something went wrong inside the software before anything was written.",
        ["Look at the lines just before it with the same `request`. If they do not help, report it, with a bundle:",
         "$ writeback doctor --bundle <file.tar.gz>"];
    SEAL_KEY_UNKNOWN = 32004, "seal-key-unknown", Warning, Both, ["enrolment"],
        "The agent could not open a sealed password: it was sealed to a key that this agent does not have.",
        ["Trying again helps when the key was renewed meanwhile.",
         "If it stays, the state folder was replaced or restored: enrol the agent anew.",
         "$ writeback agent enroll --replace"];
    SEAL_BROKEN = 32010, "seal-broken", Warning, Both, [],
        "A sealed password was damaged on the way, or belongs to another request.",
        ["Once: trying again helps.",
         "Again and again: something changes what browsers and cloud, or cloud and agent, say to each \
          other; look for what opens TLS on the way.",
         "$ writeback doctor --only cloud-certificate"];
    DIRECTORY_REFUSED = 33001, "directory-refused", Warning, Both, ["pdc-emulator", "dc-writable"],
        "The domain controller said something that has no name here; `cause` has its codes.",
        ["Look up the codes, and the directory service's own log on the domain controller at that time."];
    OBJECT_NOT_FOUND = 33002, "object-not-found", Warning, Both, ["person-found"],
        "The directory has no such account any more: it was deleted since the last import.",
        ["If it exists, see whether the agent's account may read it, and ask for a full import.",
         "$ writeback admin sync run full-import"];
    ANCHOR_NOT_UNIQUE = 33003, "anchor-not-unique", Warning, Both, ["person-found"],
        "More than one account carries the same source anchor.",
        ["Give each its own, or clear it on the copy. `writeback admin sync problems` names them."];
    ACCESS_DENIED = 33004, "access-denied", Warning, Both, ["right-reset", "rights-inherited", "person-not-protected"],
        "The agent's account lacks a right on this very account, or the account is an administrator's, \
         which is never written to.",
        ["An administrator's account: nothing; it is so by design.",
         "Any other: grant the right where docs/directory.md says, and see that the account inherits it.",
         "$ writeback doctor --user <name>"];
    ACCOUNT_DISABLED = 33005, "account-disabled", Warning, Both, ["person-enabled"],
        "The account is disabled in the directory.",
        ["Enable it, if the person should have it."];
    ACCOUNT_LOCKED = 33006, "account-locked", Warning, Both, ["person-enabled"],
        "The account is locked after failed sign-ins.",
        ["Unlock it, or wait until the domain does."];
    WRONG_CURRENT_PASSWORD = 33007, "wrong-current-password", Warning, Both, [],
        "The current password that was given for a change is wrong.",
        ["Nothing. Many of one person may be somebody who guesses."];
    PASSWORD_POLICY = 33008, "password-policy", Warning, Both, ["person-policy", "person-password-age"],
        "The new password was refused: length, complexity, history, minimum age, a name in it, a banned \
         password or a filter of the domain controller. `cause` says which.",
        ["Nothing where it is the password: the person read why.",
         "Where nobody gets any password through, see what the policy asks for:",
         "$ writeback doctor --user <name>"];
    AGENT_CREDENTIALS_REFUSED = 33009, "agent-credentials-refused", Warning, Both, ["agent-account", "password-file"],
        "The directory no longer takes the agent's own account: its password was changed, or it is \
         disabled, expired or locked.",
        ["Put the right password into the forest's password_file; enable or unlock the account.",
         "$ writeback doctor --only agent-account"];
    ACCOUNT_EXPIRED = 34001, "account-expired", Warning, Both, ["person-enabled"],
        "The account itself, not its password, has expired.",
        ["Give it a later date, if the person should have it."];
    CANNOT_CHANGE_PASSWORD = 34002, "cannot-change-password", Warning, Both, ["person-may-change"],
        "The account is marked \"User cannot change password\".",
        ["Take the mark away, if the person should choose a password."];
    OUT_OF_SCOPE = 34003, "out-of-scope", Warning, Both, ["person-found"],
        "The agent's configuration does not let it act on this account.",
        ["Widen include_ous or narrow exclude_ous of the forest, if the person should be served."];
    PDC_EMULATOR_UNREACHABLE = 34004, "pdc-emulator-unreachable", Warning, Both, ["pdc-emulator", "dc-reachable", "domain-controllers"],
        "The domain controller that holds the PDC emulator role cannot be reached.",
        ["See that it runs, that DNS names it, and that LDAPS to it is let through.",
         "$ writeback doctor"];
    CERTIFICATE_REFUSED = 34005, "certificate-refused", Warning, Both, ["dc-certificate"],
        "The domain controller's certificate is not trusted, out of its time, or does not name it.",
        ["Renew the certificate, or name its authority under ca_file of the forest.",
         "$ writeback doctor --only dc-certificate"];
    DIRECTORY_BUSY = 34006, "directory-busy", Warning, Both, ["dc-reachable"],
        "The domain controller is busy or shutting down.",
        ["Nothing once. If it stays, look at the domain controller's load."];
    NOT_STARTED_IN_TIME = 34007, "not-started-in-time", Warning, Both, ["cloud-link", "cloud-clock"],
        "No agent began the request in time. It never ran.",
        ["See that an agent of the forest is connected, and how good its link is.",
         "$ writeback admin agent list",
         "$ writeback doctor --only cloud-link"];
    FOREST_NOT_SERVED = 34008, "forest-not-served", Warning, Both, ["configuration"],
        "The agent does not serve the forest or domain that the request is for.",
        ["Add the domain to domains of the forest in the agent's configuration."];
    WRITEBACK_DISABLED = 34009, "writeback-disabled", Warning, Both, [],
        "Writeback is switched off for the tenant or the forest.",
        ["Switch it on, if it should be.",
         "$ writeback admin writeback enable"];
}
