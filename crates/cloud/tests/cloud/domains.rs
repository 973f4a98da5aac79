//! Verifying domains, with a real DNS server.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use hickory_server::{
    Server,
    net::runtime::TokioRuntimeProvider,
    proto::rr::{
        Name, RData, Record,
        rdata::{SOA, TXT},
    },
    store::in_memory::InMemoryZoneHandler,
    zone_handler::{AxfrPolicy, Catalog, ZoneType},
};
use writeback_cloud::{AdminError, DnsServer, Proof, verification_text};
use writeback_model::DomainName;
use writeback_store::{AuditStore, DomainStore, RunStore, TenantDomain, Verification};
use writeback_sync::Profile;

use crate::setting::Setting;

/// A DNS server for the zone `example.test`.
struct Dns {
    zone: Arc<InMemoryZoneHandler<TokioRuntimeProvider>>,
    address: SocketAddr,
    _server: Server<Catalog>,
}

impl Dns {
    async fn new() -> Self {
        let origin = Name::from_ascii("example.test.").unwrap();
        let zone = InMemoryZoneHandler::empty(origin.clone(), ZoneType::Primary, AxfrPolicy::Deny);
        let (mname, rname) = (origin.clone(), origin.clone());
        let soa = SOA::new(mname, rname, 1, 60, 60, 60, 0);
        let soa = Record::from_rdata(origin.clone(), 0, RData::SOA(soa));
        zone.upsert(soa, 1).await;
        let zone = Arc::new(zone);
        let mut catalog = Catalog::new();
        catalog.upsert(origin.into(), vec![Arc::clone(&zone) as _]);
        let mut server = Server::new(catalog);
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        server.register_socket(socket);
        server.register_listener(listener, Duration::from_secs(5), 16);
        Self {
            zone,
            address,
            _server: server,
        }
    }

    fn servers(&self) -> [DnsServer; 1] {
        [DnsServer::Socket(self.address)]
    }

    /// Publishes a text, in these parts.
    async fn publish(&self, domain: &str, parts: &[&str]) {
        let name = Name::from_ascii(format!("{domain}.")).unwrap();
        let text = TXT::new(parts.iter().map(ToString::to_string).collect());
        let record = Record::from_rdata(name, 0, RData::TXT(text));
        assert!(self.zone.upsert(record, 2).await);
    }
}

fn example() -> DomainName {
    "example.test".parse().unwrap()
}

fn is_verified(domain: &TenantDomain) -> Option<Verification> {
    domain.verified.map(|(_, how)| how)
}

#[tokio::test]
async fn a_domain_is_verified_when_its_dns_holds_the_token() {
    let (setting, dns) = (Setting::new().await, Dns::new().await);
    let (admin, servers) = (setting.admin(), dns.servers());
    let verify = async || admin.verify_domain(&example(), Proof::Dns(&servers)).await;
    assert!(matches!(verify().await, Err(AdminError::NoDomain(_))));
    let added = admin.add_domain(&example()).await.unwrap();
    assert_eq!(is_verified(&added), None);
    let again = admin.add_domain(&example()).await.unwrap();
    assert_eq!(again, added, "the token stays");

    let refused = verify().await.unwrap_err().to_string();
    assert!(refused.contains("no TXT record at all"), "{refused}");
    dns.publish("example.test", &["v=spf1 -all"]).await;
    dns.publish("example.test", &["writeback-verification=0"])
        .await;
    let refused = verify().await.unwrap_err().to_string();
    assert!(
        refused.contains("\"writeback-verification=0\""),
        "{refused}"
    );
    let text = verification_text(&added);
    assert!(refused.contains(&text), "{refused}");
    // Below the domain it proves nothing about the domain.
    dns.publish("sub.example.test", &[&text]).await;
    assert!(verify().await.is_err());
    let owner = setting.store.tenant_of_domain("example.test").await;
    assert_eq!(owner.unwrap(), None);

    // A text may be cut into parts.
    dns.publish("example.test", &[&text[..20], &text[20..]])
        .await;
    let verified = verify().await.unwrap();
    assert_eq!(is_verified(&verified), Some(Verification::Dns));
    let owner = setting.store.tenant_of_domain("example.test").await;
    assert_eq!(owner.unwrap(), Some(setting.tenant.id));
    let lines = setting.store.last_audit_lines(setting.tenant.id, 9).await;
    let lines = lines.unwrap();
    assert!(
        lines[0].contains("Domain verified") && lines[0].contains("by DNS"),
        "{lines:?}"
    );
    assert!(lines[1].contains("Unverified domain added"), "{lines:?}");
    // Once more changes nothing.
    assert_eq!(verify().await.unwrap(), verified);
    let now = setting.store.last_audit_lines(setting.tenant.id, 9).await;
    assert_eq!(now.unwrap(), lines);
}

#[tokio::test]
async fn an_operator_may_verify_and_no_two_tenants_have_a_domain() {
    let setting = Setting::new().await;
    let other = setting.other_tenant().await;
    let (admin, other) = (setting.admin(), setting.admin_of(other));
    let proof = Proof::Operator("operator alice");
    for admin in [&admin, &other] {
        admin.add_domain(&example()).await.unwrap();
    }
    let verified = admin.verify_domain(&example(), proof).await.unwrap();
    assert_eq!(is_verified(&verified), Some(Verification::Operator));
    let lines = setting.store.last_audit_lines(setting.tenant.id, 1).await;
    assert!(lines.unwrap()[0].contains("by operator alice"));
    let refused = other.verify_domain(&example(), proof).await.unwrap_err();
    assert!(matches!(refused, AdminError::DomainTaken(_)), "{refused}");
    admin.remove_domain(&example()).await.unwrap();
    other.verify_domain(&example(), proof).await.unwrap();
}

#[tokio::test]
async fn a_dns_server_that_is_not_there_is_said() {
    let setting = Setting::new().await;
    let admin = setting.admin();
    admin.add_domain(&example()).await.unwrap();
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let servers = [DnsServer::Socket(nobody.local_addr().unwrap())];
    drop(nobody);
    let refused = admin.verify_domain(&example(), Proof::Dns(&servers)).await;
    assert!(matches!(refused, Err(AdminError::Dns(_))), "{refused:?}");
}

#[tokio::test]
async fn people_are_looked_at_again_when_a_domain_is_verified_or_removed() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    setting.add_user(setting.tenant.id, &agent, "ann").await;
    let (admin, tenant) = (setting.admin(), setting.tenant.id);
    let proof = Proof::Operator("operator alice");
    let syncs = async || {
        let runs = setting.store.runs(tenant, None, 99).await.unwrap();
        let by_domain = runs
            .iter()
            .filter(|run| run.started_by.contains("the domain"));
        by_domain
            .filter(|run| run.profile == Profile::FullSync)
            .count()
    };
    let run = async |wanted: usize| {
        for _ in 0..500 {
            if syncs().await == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{} synchronisations instead of {wanted}", syncs().await);
    };
    admin.add_domain(&example()).await.unwrap();
    admin.verify_domain(&example(), proof).await.unwrap();
    run(1).await;
    admin.remove_domain(&example()).await.unwrap();
    run(2).await;
    // The forest's own suffix is none that anything follows from.
    let own: DomainName = "corp.test".parse().unwrap();
    admin.add_domain(&own).await.unwrap();
    admin.verify_domain(&own, proof).await.unwrap();
    let wanted = setting.store.wanted_cycles(tenant).await.unwrap();
    assert_eq!(wanted, []);
}
