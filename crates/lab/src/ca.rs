//! The lab's certificate authority and every certificate it issues. It lives
//! in the cache, so that a browser or a test can trust it once.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

use crate::plan::{CLOUD_NAME, CLOUD_OCTETS, FORESTS, INET_IP};
use crate::state;

/// Paths of the authority and of certificates that tests serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaFiles {
    /// Certificate of the authority (PEM).
    pub ca: PathBuf,
    /// Certificate for the cloud: `cloud.writeback.test`, `*.writeback.test`,
    /// `localhost`, 127.0.0.1, 198.51.100.1 and every cloud address.
    pub cloud_cert: PathBuf,
    /// Key of [`Self::cloud_cert`].
    pub cloud_key: PathBuf,
    /// Certificate for `dc1.corp.test` with a common name only.
    pub no_san_cert: PathBuf,
    /// Key of [`Self::no_san_cert`].
    pub no_san_key: PathBuf,
    /// Certificate for everything the cloud's is for, expired in 2021.
    pub expired_cert: PathBuf,
    /// Key of [`Self::expired_cert`].
    pub expired_key: PathBuf,
    /// Self-signed certificate for everything the cloud's is for: unknown issuer.
    pub stranger_cert: PathBuf,
    /// Key of [`Self::stranger_cert`].
    pub stranger_key: PathBuf,
}

/// The paths below the state; valid while the lab is up.
pub(crate) fn files() -> CaFiles {
    let dir = state::state().join("ca");
    let of = |name: &str| dir.join(name);
    CaFiles {
        ca: of("ca.pem"),
        cloud_cert: of("cloud.pem"),
        cloud_key: of("cloud.key"),
        no_san_cert: of("no-san.pem"),
        no_san_key: of("no-san.key"),
        expired_cert: of("expired.pem"),
        expired_key: of("expired.key"),
        stranger_cert: of("stranger.pem"),
        stranger_key: of("stranger.key"),
    }
}

/// Certificate and key of a DC.
pub(crate) fn dc_files(fqdn: &str) -> (PathBuf, PathBuf) {
    let dir = state::state().join("ca");
    (
        dir.join(format!("{fqdn}.pem")),
        dir.join(format!("{fqdn}.key")),
    )
}

/// Issues what is missing and copies all to the state.
pub(crate) fn ensure() -> Result<()> {
    let cache = state::cache_dir("ca")?;
    // The last file to be written: with it, all others are there.
    if !cache.join("stranger.pem").exists() {
        issue_all(&cache)?;
    }
    let target = state::state_dir("ca")?;
    if !target.join("stranger.pem").exists() {
        for entry in fs::read_dir(&cache)
            .context("cannot read the cached CA")?
            .flatten()
        {
            fs::copy(entry.path(), target.join(entry.file_name()))
                .context("cannot copy the cached CA")?;
        }
    }
    Ok(())
}

fn params(common_name: &str, names: Vec<String>) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(names).context("a certificate's names")?;
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
    Ok(params)
}

fn cloud_names() -> Vec<String> {
    let names = [
        CLOUD_NAME,
        "*.writeback.test",
        "localhost",
        "127.0.0.1",
        INET_IP,
    ];
    let addresses = CLOUD_OCTETS.map(|n| format!("198.51.100.{n}"));
    names
        .map(str::to_owned)
        .into_iter()
        .chain(addresses)
        .collect()
}

fn issue_all(dir: &Path) -> Result<()> {
    let ca_key = KeyPair::generate().context("cannot make a key")?;
    let mut ca = params("Writeback lab CA", Vec::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_cert = ca.self_signed(&ca_key).context("cannot sign the CA")?;
    state::write(&dir.join("ca.pem"), 0o644, ca_cert.pem().as_bytes())?;
    state::write(
        &dir.join("ca.key"),
        0o600,
        ca_key.serialize_pem().as_bytes(),
    )?;
    let issuer = Issuer::new(ca, ca_key);

    for forest in FORESTS {
        for dc in forest.dcs {
            let fqdn = format!("{}.{}", dc.name, forest.domain);
            // As Windows does it: the DC's own name and its domain's.
            let dc = params(&fqdn, vec![fqdn.clone(), forest.domain.to_owned()])?;
            issue(dir, &fqdn, dc, Some(&issuer))?;
        }
    }
    issue(
        dir,
        "cloud",
        params(CLOUD_NAME, cloud_names())?,
        Some(&issuer),
    )?;
    issue(
        dir,
        "no-san",
        params("dc1.corp.test", Vec::new())?,
        Some(&issuer),
    )?;
    let mut expired = params(CLOUD_NAME, cloud_names())?;
    expired.not_after = date_time_ymd(2021, 1, 1);
    issue(dir, "expired", expired, Some(&issuer))?;
    issue(dir, "stranger", params(CLOUD_NAME, cloud_names())?, None)
}

fn issue(
    dir: &Path,
    name: &str,
    mut params: CertificateParams,
    issuer: Option<&Issuer<'_, KeyPair>>,
) -> Result<()> {
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = issuer.is_some();
    let key = KeyPair::generate().context("cannot make a key")?;
    let certificate = match issuer {
        Some(issuer) => params.signed_by(&key, issuer),
        None => params.self_signed(&key),
    }
    .with_context(|| format!("cannot sign {name}"))?;
    state::write(
        &dir.join(format!("{name}.key")),
        0o600,
        key.serialize_pem().as_bytes(),
    )?;
    state::write(
        &dir.join(format!("{name}.pem")),
        0o644,
        certificate.pem().as_bytes(),
    )
}
