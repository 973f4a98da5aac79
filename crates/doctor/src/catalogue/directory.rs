//! Checks of the domain controllers.

use crate::check::{
    Check,
    Component::Directory,
    Of,
    Severity::{Fault, Warning},
};

pub(super) const CONTROLLERS: Check = Check {
    id: "domain-controllers",
    title: "DNS names the domain's controllers and its PDC emulator",
    severity: Fault,
    component: Directory,
    of: Of::Domain,
    needs: &["configuration"],
    cause: "This machine's DNS does not know the domain {domain}.",
    remedy: &[
        "Use DNS servers that know the domain, usually its domain controllers:",
        "$ dig +short SRV _ldap._tcp.{domain}",
        "$ dig +short SRV _ldap._tcp.pdc._msdcs.{domain}",
        "On the domain controller whose records are missing:",
        "PS> nltest /dsregdns",
        "$ samba_dnsupdate --verbose",
    ],
    rows: &["A6", "W40"],
};

pub(super) const REACHABLE: Check = Check {
    id: "dc-reachable",
    title: "Each domain controller answers on the LDAPS port",
    severity: Fault,
    component: Directory,
    of: Of::Controller,
    needs: &["domain-controllers"],
    cause: "{host} is off, or a firewall stands between it and this machine.",
    remedy: &[
        "Let this machine reach {host}, TCP port {port}, and see that the service runs there.",
        "$ nc -vz {host} {port}",
        "PS> Test-NetConnection {host} -Port {port}",
        "PS> Get-Service NTDS",
        "$ systemctl status samba-ad-dc",
    ],
    rows: &["A6", "W40"],
};

pub(super) const CERTIFICATE: Check = Check {
    id: "dc-certificate",
    title: "Each domain controller shows a certificate that is trusted, in its time, and for its name",
    severity: Fault,
    component: Directory,
    of: Of::Controller,
    needs: &["dc-reachable"],
    cause: "The certificate of {host} is not accepted.",
    remedy: &["$ openssl s_client -connect {host}:{port} -showcerts </dev/null"],
    rows: &["A6", "W17"],
};

pub(super) const ACCOUNT: Check = Check {
    id: "agent-account",
    title: "The domain lets the agent's account in with its password",
    severity: Fault,
    component: Directory,
    of: Of::Domain,
    needs: &["password-file", "dc-certificate"],
    cause: "The domain refuses the agent's account {account}.",
    remedy: &[
        "Look at the account; then write its password into {file} again:",
        "PS> Get-ADUser \"{sam}\" -Properties Enabled,LockedOut,PasswordExpired,PasswordNeverExpires",
        "$ samba-tool user show \"{sam}\"",
        "PS> Set-ADAccountPassword \"{sam}\" -Reset",
        "$ samba-tool user setpassword \"{sam}\"",
    ],
    rows: &["A11", "W06"],
};

pub(super) const PREFERRED: Check = Check {
    id: "preferred-controllers",
    title: "Preferred domain controllers exist",
    severity: Fault,
    component: Directory,
    of: Of::Domain,
    needs: &["domain-controllers"],
    cause: "A name under preferred_controllers is no domain controller of {domain}.",
    remedy: &[
        "Correct preferred_controllers in {file}. Domain controllers that DNS knows: {controllers}.",
        "The list is for reading only: passwords always go to the PDC emulator, listed or not.",
    ],
    rows: &["A6", "A7"],
};

pub(super) const SYNCHRONIZED: Check = Check {
    id: "dc-synchronized",
    title: "Each domain controller has replicated since it started",
    severity: Warning,
    component: Directory,
    of: Of::Controller,
    needs: &["agent-account"],
    cause: "{host} says that it is not synchronised with the others yet.",
    remedy: &[
        "PS> repadmin /showrepl {host}",
        "$ samba-tool drs showrepl {host}",
    ],
    rows: &["A12", "W36"],
};

pub(super) const WRITABLE: Check = Check {
    id: "dc-writable",
    title: "Each domain controller takes writes",
    severity: Warning,
    component: Directory,
    of: Of::Controller,
    needs: &["agent-account"],
    cause: "{host} is a read-only domain controller: it can be read from, and knows fewer attributes.",
    remedy: &["Name writable controllers under preferred_controllers in {file}."],
    rows: &["A6", "W37"],
};

pub(super) const TIME: Check = Check {
    id: "dc-time",
    title: "Each domain controller's clock agrees with this machine's",
    severity: Warning,
    component: Directory,
    of: Of::Controller,
    needs: &["agent-account"],
    cause: "The clock of {host} is wrong, or this machine's is.",
    remedy: &[
        "Compare both with a third clock, and set the wrong one by NTP:",
        "PS> w32tm /query /status /computer:{host}",
        "PS> w32tm /resync /computer:{host}",
        "$ chronyc makestep",
    ],
    rows: &["A6"],
};

pub(super) const LEVEL: Check = Check {
    id: "dc-functional-level",
    title: "Each domain controller is of Windows Server 2008 R2 or later, or a Samba that equals it",
    severity: Warning,
    component: Directory,
    of: Of::Controller,
    needs: &["agent-account"],
    cause: "{host} is older than what was tried.",
    remedy: &["Replace {host} by a domain controller that is still supported by its vendor."],
    rows: &["A10"],
};

pub(super) const PDC: Check = Check {
    id: "pdc-emulator",
    title: "The PDC emulator is found and says itself that it is",
    severity: Fault,
    component: Directory,
    of: Of::Domain,
    needs: &["agent-account"],
    cause: "No domain controller says of itself that it holds the PDC emulator role.",
    remedy: &[
        "PS> netdom query fsmo",
        "PS> Move-ADDirectoryServerOperationMasterRole -OperationMasterRole PDCEmulator -Identity <server>",
        "$ samba-tool fsmo show",
        "$ samba-tool fsmo transfer --role=pdc",
    ],
    rows: &["A6", "A7", "W40"],
};

pub(super) const PDC_IN_DNS: Check = Check {
    id: "pdc-in-dns",
    title: "DNS and the directory agree on who the PDC emulator is",
    severity: Warning,
    component: Directory,
    of: Of::Domain,
    needs: &["pdc-emulator"],
    cause: "DNS names {published} as PDC emulator, and {holder} holds the role: the record was not renewed.",
    remedy: &[
        "Passwords are written nevertheless. On {holder}:",
        "PS> nltest /dsregdns",
        "$ samba_dnsupdate --verbose",
    ],
    rows: &["A6", "A7"],
};

pub(super) const POLICY_HINTS: Check = Check {
    id: "policy-hints",
    title: "The PDC emulator can hold a reset to the password history and minimum age",
    severity: Fault,
    component: Directory,
    of: Of::Domain,
    needs: &["pdc-emulator"],
    cause: "{host} does not offer the policy-hints control, so that a reset would pass by history and \
            minimum age, and the configuration does not allow that.",
    remedy: &[
        "Update the domain controller. Or accept it, for this forest, in {file}:",
        "allow_without_policy_hints = true",
    ],
    rows: &["A10", "W19"],
};

pub(super) const UNEXPIRE: Check = Check {
    id: "right-unexpire",
    title: "The agent's account may let a person go on with the password that an administrator gave",
    severity: Warning,
    component: Directory,
    of: Of::Domain,
    needs: &["pdc-emulator"],
    cause: "The right \"Unexpire Password\" on the head of the domain is not granted to {account}.",
    remedy: &[
        "PS> dsacls \"{head}\" /G \"{account}:CA;Unexpire Password\"",
        "$ samba-tool dsacl set --objectdn=\"{head}\" --action=allow --sddl=\"(OA;;CR;ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501;;{sid})\"",
    ],
    rows: &["A11", "W15", "W31", "W35"],
};
