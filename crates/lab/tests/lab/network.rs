//! The company's network: what passes and what does not.

use std::time::Duration;

use writeback_lab::{INTERNET, Proxy, run};

use crate::lab;

/// Whether a TCP connection from `netns` succeeds; tells refused from dropped by nothing.
fn connects(netns: &str, ip: &str, port: u16) -> bool {
    let script = format!("exec 3<>/dev/tcp/{ip}/{port}");
    let mut command = lab().command_in(netns, "timeout");
    run(command.args(["2", "bash", "-c", &script]), b"")
        .unwrap()
        .code
        == 0
}

struct Server(std::process::Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Something that accepts connections in a namespace.
fn listen(netns: &str, ip: &str, port: u16) -> Server {
    let script = format!(
        "import socket\ns=socket.create_server(('{ip}',{port}))\nwhile True:\n c,_=s.accept(); c.sendall(b'hello\\n')"
    );
    let child = lab()
        .command_in(netns, "python3")
        .args(["-c", &script])
        .spawn()
        .unwrap();
    let server = Server(child);
    for _ in 0..50 {
        if connects(netns, ip, port) {
            return server;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nothing listens on {ip}:{port}");
}

#[test]
fn only_443_leaves_the_company() {
    let slot = lab().cloud_slot().unwrap();
    let _https = listen(INTERNET, &slot.ip, 443);
    let _http = listen(INTERNET, &slot.ip, 80);
    assert!(connects("wb-agent1", &slot.ip, 443));
    assert!(connects("wb-office", &slot.ip, 443));
    assert!(!connects("wb-agent1", &slot.ip, 80));
    assert!(!connects("wb-agent1", "198.51.100.1", 2525));
    assert!(!connects("wb-agent-proxied", &slot.ip, 443));
    assert!(connects(INTERNET, "198.51.100.1", 2525));
}

#[test]
fn nothing_enters_the_company() {
    let lab = lab();
    let _listener = listen("wb-agent1", "10.77.9.11", 4430);
    assert!(connects("wb-office", "10.77.9.11", 4430));
    // Even when the internet knew the way in.
    let mut route = lab.command_in(INTERNET, "ip");
    route.args(["route", "replace", "10.77.0.0/16", "via", "198.51.100.2"]);
    assert_eq!(run(&mut route, b"").unwrap().code, 0);
    let reached: Vec<_> = [
        ("10.77.9.11", 4430),
        ("10.77.1.11", 636),
        ("10.77.0.1", 53),
        ("10.77.0.1", 3128),
        ("198.51.100.2", 53),
    ]
    .into_iter()
    .filter(|(ip, port)| connects(INTERNET, ip, *port))
    .collect();
    let mut route = lab.command_in(INTERNET, "ip");
    route.args(["route", "del", "10.77.0.0/16", "via", "198.51.100.2"]);
    assert_eq!(run(&mut route, b"").unwrap().code, 0);
    assert_eq!(reached, []);
}

/// What a proxy answers to CONNECT, and what comes through it.
fn connect(proxy: &Proxy, target: &str, credentials: Option<&str>) -> String {
    use base64::Engine as _;
    let (host, port) = proxy
        .url
        .strip_prefix("http://")
        .unwrap()
        .split_once(':')
        .unwrap();
    let authorization = credentials.map_or_else(String::new, |pair| {
        let value = base64::engine::general_purpose::STANDARD.encode(pair);
        format!("Proxy-Authorization: Basic {value}\\r\\n")
    });
    let script = format!(
        "exec 3<>/dev/tcp/{host}/{port}; printf 'CONNECT {target} HTTP/1.1\\r\\nHost: {target}\\r\\n{authorization}\\r\\n' >&3; timeout 2 cat <&3"
    );
    let mut command = lab().command_in("wb-agent-proxied", "bash");
    run(command.args(["-c", &script]), b"").unwrap().stdout
}

#[test]
fn proxies_open_the_way_to_443_only_and_check_credentials() {
    let lab = lab();
    let slot = lab.cloud_slot().unwrap();
    let _server = listen(INTERNET, &slot.ip, 443);
    let https = format!("{}:443", slot.host_name);
    let open = connect(&lab.proxy_open(), &https, None);
    assert!(
        open.starts_with("HTTP/1.1 200") && open.contains("hello"),
        "{open}"
    );
    assert!(connect(&lab.proxy_open(), "198.51.100.1:2525", None).starts_with("HTTP/1.1 403"));

    let basic = lab.proxy_basic();
    let (user, password) = basic.credentials.clone().unwrap();
    let right = connect(&basic, &https, Some(&format!("{user}:{password}")));
    assert!(
        right.starts_with("HTTP/1.1 200") && right.contains("hello"),
        "{right}"
    );
    for wrong in [None, Some("agent:wrong"), Some("other:Proxy+Pass/1")] {
        let answer = connect(&basic, &https, wrong);
        assert!(answer.starts_with("HTTP/1.1 407"), "{wrong:?}: {answer}");
    }
}

#[test]
fn names_are_resolved_in_the_company() {
    let lab = lab();
    let lookup = |name: &str| {
        let mut command = lab.command_in("wb-agent2", "getent");
        run(command.args(["ahostsv4", name]), b"").unwrap().stdout
    };
    assert!(lookup("cloud.writeback.test").starts_with("198.51.100.10 "));
    assert!(lookup("c42.writeback.test").starts_with("198.51.100.42 "));
    assert!(lookup("dc2.corp.test").starts_with("10.77.1.12 "));
    assert!(lookup("fab1.fabrikam.test").starts_with("10.77.2.11 "));
    assert!(lookup("leg1.legacy.test").starts_with("10.77.3.11 "));
    assert_eq!(lookup("c9.writeback.test"), "");
}

#[test]
fn mail_arrives_for_its_recipient() {
    let lab = lab();
    let to = format!("{}@mail.example", hex::encode(rand::random::<[u8; 6]>()));
    for starttls in ["False", "True"] {
        let script = format!(
            "import smtplib, ssl, email.message as m\n\
             e=m.EmailMessage(); e['Subject']='Kode é {starttls}'; e['From']='a@cloud.test'; e['To']='{to}'\n\
             e.set_content('code 123456 ✓')\n\
             s=smtplib.SMTP('198.51.100.1',2525)\n\
             if {starttls}: s.starttls(context=ssl.create_default_context(cafile='{ca}'))\n\
             s.send_message(e); s.quit()",
            ca = lab.ca().ca.display()
        );
        let ran = run(
            lab.command_in(INTERNET, "python3").args(["-c", &script]),
            b"",
        )
        .unwrap();
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let subject = format!("é {starttls}");
        let mail = lab
            .mailbox(&to)
            .wait_for_subject(&subject, Duration::from_secs(5))
            .unwrap();
        assert!(mail.text.contains("123456 ✓"), "{mail:?}");
    }
    assert_eq!(lab.mailbox(&to).all().unwrap().len(), 2);
    assert!(lab.mailbox("other@mail.example").all().unwrap().is_empty());
}
