//! Checks of the way to the cloud.

use crate::check::{
    Check,
    Component::Cloud,
    Of,
    Severity::{Fault, Warning},
};

pub(super) const NAME: Check = Check {
    id: "cloud-name",
    title: "The name of the cloud, or of the proxy to it, has an address",
    severity: Fault,
    component: Cloud,
    of: Of::Agent,
    needs: &["configuration"],
    cause: "This machine's DNS does not know {host}.",
    remedy: &[
        "Check the spelling in the configuration, then this machine's DNS servers:",
        "$ getent hosts {host}",
        "$ cat /etc/resolv.conf",
    ],
    rows: &["A14"],
};

pub(super) const REACHABLE: Check = Check {
    id: "cloud-reachable",
    title: "TCP to the cloud, or to the proxy, is let through",
    severity: Fault,
    component: Cloud,
    of: Of::Agent,
    needs: &["cloud-name"],
    cause: "A firewall does not let this machine out to {host} port {port}, or nothing listens there.",
    remedy: &[
        "Let this machine out to {host}, TCP port {port}. Nothing else is needed, and nothing inbound.",
        "$ nc -vz {host} {port}",
    ],
    rows: &["A14", "W01", "W08"],
};

pub(super) const PROXY: Check = Check {
    id: "proxy",
    title: "The proxy opens a tunnel to the cloud",
    severity: Fault,
    component: Cloud,
    of: Of::Agent,
    needs: &["cloud-reachable"],
    cause: "The proxy did not open the tunnel.",
    remedy: &[
        "Let the proxy pass CONNECT to {cloud}; if it asks for a sign-in, only Basic is supported:",
        "set user and password_file under [proxy] in {file}.",
    ],
    rows: &["A14", "W42"],
};

pub(super) const CERTIFICATE: Check = Check {
    id: "cloud-certificate",
    title: "The cloud shows a certificate that is trusted, in its time, and for its name",
    severity: Fault,
    component: Cloud,
    of: Of::Agent,
    needs: &["proxy"],
    cause: "The certificate that is shown for {host} is not accepted.",
    remedy: &["$ openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null"],
    rows: &["A14", "W02", "W03", "W27"],
};

pub(super) const CLOCK: Check = Check {
    id: "cloud-clock",
    title: "This machine's clock agrees with the cloud's",
    severity: Warning,
    component: Cloud,
    of: Of::Agent,
    needs: &["cloud-certificate"],
    cause: "This machine's clock is wrong, or the cloud's is.",
    remedy: &[
        "$ timedatectl set-ntp true",
        "$ timedatectl timesync-status",
    ],
    rows: &["A14", "W27"],
};

pub(super) const IDLE_HOLD: Check = Check {
    id: "idle-hold",
    title: "Silent connections to the cloud are kept for three minutes",
    severity: Warning,
    component: Cloud,
    of: Of::Agent,
    needs: &["cloud-certificate"],
    cause: "Something on the way forgets connections on which nothing is said. The link to the cloud \
            is never silent for so long, so that it does no harm by itself; what is shorter than 15 \
            seconds does.",
    remedy: &[
        "In the firewall, NAT, proxy or load balancer before {host} port {port}, set the time after \
         which idle TCP connections are dropped to 180 seconds or more.",
    ],
    rows: &["A15", "W01"],
};

pub(super) const ACCEPTS_AGENT: Check = Check {
    id: "cloud-accepts-agent",
    title: "The cloud knows this agent's key and gives it a token",
    severity: Fault,
    component: Cloud,
    of: Of::Agent,
    needs: &["enrolment", "cloud-certificate"],
    cause: "The cloud does not accept this agent: it was revoked, or its tenant is gone.",
    remedy: &[
        "Look at the agent on the cloud's machine, and enrol it again if it was revoked:",
        "$ writeback admin agent list --config cloud.toml",
        "$ writeback admin enrolment create --config cloud.toml",
        "$ writeback agent enroll --replace --cloud {cloud} --config {file} --token wbenrol.…",
    ],
    rows: &["A16", "W08", "W25"],
};

pub(super) const LINK: Check = Check {
    id: "cloud-link",
    title: "A WebSocket to the cloud opens",
    severity: Fault,
    component: Cloud,
    of: Of::Agent,
    needs: &["cloud-accepts-agent"],
    cause: "Something on the way lets HTTPS pass and WebSockets not.",
    remedy: &[
        "Let proxies and load balancers before {host} pass `Upgrade: websocket` on /agent/v1/link.",
    ],
    rows: &["A13", "A14", "A15", "W01", "W41"],
};

pub(super) const RUNNING: Check = Check {
    id: "agent-running",
    title: "The agent runs, and the cloud seals passwords to a key that is kept here",
    severity: Fault,
    component: Cloud,
    of: Of::Agent,
    needs: &["cloud-link"],
    cause: "The cloud has no link of this agent: it does not run, or cannot keep its link.",
    remedy: &[
        "$ systemctl start writeback-agent",
        "If it runs, its log says why it is not connected:",
        "$ journalctl -u writeback-agent -n 50",
    ],
    rows: &["A16", "W25", "W26"],
};
