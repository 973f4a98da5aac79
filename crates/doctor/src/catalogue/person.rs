//! Checks of one person's account, and of the agent's rights on that very object.

use crate::check::{
    Check,
    Component::Person,
    Of,
    Severity::{Fault, Warning},
};

pub(super) const FOUND: Check = Check {
    id: "person-found",
    title: "The name belongs to one account of the forests that are served",
    severity: Fault,
    component: Person,
    of: Of::Person,
    needs: &["pdc-emulator"],
    cause: "No account that the agent can see has that name.",
    remedy: &[
        "Check the spelling. An account that exists all the same is hidden from {account}:",
        "PS> Get-ADUser -Filter \"UserPrincipalName -eq '{user}'\"",
        "$ samba-tool user list | grep -i '{user}'",
    ],
    rows: &["A12", "W11", "W23"],
};

pub(super) const READABLE: Check = Check {
    id: "person-readable",
    title: "The agent's account can read what decides whether the password may be written",
    severity: Fault,
    component: Person,
    of: Of::Person,
    needs: &["person-found"],
    cause: "The agent's account may not read {attribute} of this account.",
    remedy: &[
        "PS> dsacls \"{head}\" /I:S /G \"{account}:GR;;user\"",
        "$ samba-tool dsacl set --objectdn=\"{head}\" --action=allow --sddl=\"(OA;CIIO;RP;;bf967aba-0de6-11d0-a285-00aa003049e2;{sid})\"",
    ],
    rows: &["A11", "W15"],
};

pub(super) const INHERITANCE: Check = Check {
    id: "rights-inherited",
    title: "The account inherits the rights that were granted above it",
    severity: Fault,
    component: Person,
    of: Of::Person,
    needs: &["person-found"],
    cause: "Inheritance is switched off on this account, so that no right granted above reaches it.",
    remedy: &[
        "Switch it on again: Active Directory Users and Computers, View > Advanced Features, the",
        "account's Properties > Security > Advanced > Enable inheritance. Or:",
        "PS> dsacls \"{dn}\" /P:N",
        "$ samba-tool dsacl set --objectdn=\"{dn}\" --action=allow --sddl=\"(OA;;CR;00299570-246d-11d0-a768-00aa006e0529;;{sid})(OA;;WP;28630ebf-41d5-11d1-a9c1-0000f80367c1;;{sid})(OA;;WP;bf967a0a-0de6-11d0-a285-00aa003049e2;;{sid})(A;;RP;;;{sid})\"",
    ],
    rows: &["A11", "W30"],
};

pub(super) const ORDINARY: Check = Check {
    id: "person-not-protected",
    title: "The account is an ordinary one that the agent writes to",
    severity: Fault,
    component: Person,
    of: Of::Person,
    needs: &["person-readable"],
    cause: "The account is protected: {protection}. The agent never writes to such accounts.",
    remedy: &[
        "This is by design. Administrators set each other's passwords with the directory's own tools.",
        "Where somebody is no administrator any more, take what is left of it away, then enable",
        "inheritance on the account:",
        "PS> Set-ADUser \"{dn}\" -Clear adminCount",
        "PS> dsacls \"{dn}\" /P:N",
        "$ samba-tool user edit \"{sam}\"   # remove the line adminCount",
    ],
    rows: &["A11", "W14"],
};

pub(super) const RESET: Check = Check {
    id: "right-reset",
    title: "The agent's account may reset this password",
    severity: Fault,
    component: Person,
    of: Of::Person,
    needs: &["rights-inherited"],
    cause: "The right \"Reset Password\" on this account is not granted to {account}.",
    remedy: &[
        "PS> dsacls \"{head}\" /I:S /G \"{account}:CA;Reset Password;user\"",
        "$ samba-tool dsacl set --objectdn=\"{head}\" --action=allow --sddl=\"(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;bf967aba-0de6-11d0-a285-00aa003049e2;{sid})\"",
    ],
    rows: &["A11", "W10", "W15", "W35"],
};

pub(super) const UNLOCK: Check = Check {
    id: "right-unlock",
    title: "The agent's account may unlock this account",
    severity: Fault,
    component: Person,
    of: Of::Person,
    needs: &["rights-inherited"],
    cause: "Writing lockoutTime of this account is not granted to {account}.",
    remedy: &[
        "PS> dsacls \"{head}\" /I:S /G \"{account}:WP;lockoutTime;user\"",
        "$ samba-tool dsacl set --objectdn=\"{head}\" --action=allow --sddl=\"(OA;CIIO;WP;28630ebf-41d5-11d1-a9c1-0000f80367c1;bf967aba-0de6-11d0-a285-00aa003049e2;{sid})\"",
    ],
    rows: &["A11", "W10", "W15"],
};

pub(super) const FORCE_CHANGE: Check = Check {
    id: "right-force-change",
    title: "The agent's account may make this person change the password at the next sign-in",
    severity: Fault,
    component: Person,
    of: Of::Person,
    needs: &["rights-inherited"],
    cause: "Writing pwdLastSet of this account is not granted to {account}.",
    remedy: &[
        "PS> dsacls \"{head}\" /I:S /G \"{account}:WP;pwdLastSet;user\"",
        "$ samba-tool dsacl set --objectdn=\"{head}\" --action=allow --sddl=\"(OA;CIIO;WP;bf967a0a-0de6-11d0-a285-00aa003049e2;bf967aba-0de6-11d0-a285-00aa003049e2;{sid})\"",
    ],
    rows: &["A11", "W10", "W15"],
};

pub(super) const ENABLED: Check = Check {
    id: "person-enabled",
    title: "The account is enabled, has not expired and is not locked",
    severity: Fault,
    component: Person,
    of: Of::Person,
    needs: &["person-readable"],
    cause: "The account cannot be used: {state}.",
    remedy: &[
        "PS> Enable-ADAccount \"{dn}\"",
        "PS> Clear-ADAccountExpiration \"{dn}\"",
        "PS> Unlock-ADAccount \"{dn}\"",
        "$ samba-tool user enable \"{sam}\"",
        "$ samba-tool user setexpiry \"{sam}\" --noexpiry",
        "$ samba-tool user unlock \"{sam}\"",
    ],
    rows: &["A12", "W24"],
};

pub(super) const MAY_CHANGE: Check = Check {
    id: "person-may-change",
    title: "The account is not marked \"User cannot change password\"",
    severity: Warning,
    component: Person,
    of: Of::Person,
    needs: &["person-found"],
    cause: "The account is marked \"User cannot change password\": it can be reset and not changed.",
    remedy: &[
        "PS> Set-ADUser \"{dn}\" -CannotChangePassword $false",
        "$ samba-tool dsacl delete --objectdn=\"{dn}\" --sddl=\"(OD;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)(OD;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;PS)\"",
    ],
    rows: &["A12", "W20"],
};

pub(super) const POLICY: Check = Check {
    id: "person-policy",
    title: "The password policy that holds for the account can be read",
    severity: Warning,
    component: Person,
    of: Of::Person,
    needs: &["person-readable"],
    cause: "The password settings object {settings} holds for the account, and the agent's account \
            may not read it: what it forbids is only seen when the domain controller refuses.",
    remedy: &[
        "PS> dsacls \"CN=Password Settings Container,CN=System,{head}\" /I:T /G \"{account}:GR\"",
        "$ samba-tool dsacl set --objectdn=\"CN=Password Settings Container,CN=System,{head}\" --action=allow --sddl=\"(A;CI;RP;;;{sid})\"",
    ],
    rows: &["A12", "W18", "S18"],
};

pub(super) const AGE: Check = Check {
    id: "person-password-age",
    title: "The password is old enough to be replaced",
    severity: Warning,
    component: Person,
    of: Of::Person,
    needs: &["person-readable"],
    cause: "The password was set {set}, and its minimum age ends {until}: until then a reset by the \
            person is refused.",
    remedy: &[
        "Wait until then, or set the password as an administrator:",
        "PS> Set-ADAccountPassword \"{dn}\" -Reset",
        "$ samba-tool user setpassword \"{sam}\"",
    ],
    rows: &["A12", "W18", "W32"],
};

pub(super) const ROUND_TRIP: Check = Check {
    id: "round-trip",
    title: "The password of a test account is replaced through the whole way, and opens the account",
    severity: Fault,
    component: Person,
    of: Of::TestAccount,
    needs: &[
        "agent-enabled",
        "cloud-link",
        "agent-running",
        "policy-hints",
        "person-found",
        "person-not-protected",
        "right-reset",
        "person-enabled",
    ],
    cause: "The cloud does not take {user} for a test account, or its reset was refused.",
    remedy: &[
        "On the cloud's machine, give an account that nobody works with, and see what is against its reset:",
        "$ writeback admin user test-account \"{user}\" --config cloud.toml",
        "$ writeback admin explain \"{user}\" --config cloud.toml",
        "Then look again:",
        "$ writeback doctor --test-user \"{user}\"",
    ],
    rows: &["A12", "A16"],
};
