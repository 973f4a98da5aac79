//! What the portal's script seals in a real browser, the agent's key opens.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use uuid::Uuid;
use writeback_model::{Entropy, KeyId, Operation, RequestId, SourceAnchor, Target, TenantId};
use writeback_seal::{Binding, PrivateKey};
use writeback_wire::SealedSecret;

/// Debian's, which `cargo xtask test` installs.
const CHROMIUM: &str = "/usr/bin/chromium";

struct Same(u8);
impl Entropy for Same {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

fn binding() -> Result<Binding> {
    Ok(Binding {
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        request: RequestId::from_uuid(Uuid::from_u128(2)),
        operation: Operation::Reset {
            force_change: false,
        },
        target: Target {
            forest: "corp.test".parse()?,
            domain: "sub.corp.test".parse()?,
            anchor: SourceAnchor::try_from_bytes(&[7; 16])?,
        },
        expires_at: "2026-11-23T08:00:00.123Z".parse()?,
    })
}

/// Lets chromium seal a password to keys.
fn sealed_in_a_browser(
    password: &str,
    keys: &[PrivateKey],
    binding: &Binding,
    x25519: bool,
) -> Result<Vec<SealedSecret>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (tests, web) = (here.join("tests/browser"), here.join("../cloud/web"));
    let esbuild = web.join("node_modules/.bin/esbuild");
    ensure!(
        tests.join("node_modules/playwright-core").exists() && esbuild.exists(),
        "npm's packages are not there: run the tests with `cargo xtask test`"
    );
    let keys: Vec<_> = keys.iter().map(PrivateKey::public).collect();
    let given = json!({
        "esbuild": esbuild,
        "source": web.join("src/seal.ts"),
        "chromium": CHROMIUM,
        "password": password,
        "keys": keys,
        "x25519": x25519,
        "bound": {
            "tenant": binding.tenant,
            "request": binding.request,
            "operation": binding.operation.name(),
            "forest": binding.target.forest,
            "domain": binding.target.domain,
            "anchor": binding.target.anchor,
            "expires_at_ms": binding.expires_at.as_millisecond(),
        },
    });
    let node = Command::new("node")
        .args(["seal.mjs", &given.to_string()])
        .current_dir(tests)
        .output()
        .context("cannot start node: `cargo xtask test` installs it")?;
    let words = String::from_utf8_lossy(&node.stderr);
    ensure!(node.status.success(), "{words}");
    Ok(serde_json::from_slice(&node.stdout)?)
}

/// With the browser's own X25519, and with the script's where it has none.
#[test]
fn what_a_browser_seals_the_agents_keys_open_for_that_request_only() -> Result<()> {
    let keys = [3_u8, 4].map(|number| {
        let id = KeyId::from_uuid(Uuid::from_u128(u128::from(number)));
        PrivateKey::generate(id, &Same(number))
    });
    let binding = binding()?;
    let password = format!("Kata sandi 🙂 {}", "語".repeat(243));
    for x25519 in [true, false] {
        let sealed = sealed_in_a_browser(&password, &keys, &binding, x25519)?;
        ensure!(sealed.len() == 2, "one for each key: {sealed:?}");
        for (key, sealed) in keys.iter().zip(&sealed) {
            let opened = key.open(sealed, &binding)?;
            ensure!(opened.new.expose() == password && opened.current.is_none());
            let other = Binding {
                request: RequestId::from_uuid(Uuid::from_u128(9)),
                ..binding.clone()
            };
            ensure!(
                key.open(sealed, &other).is_err(),
                "opened for another request"
            );
        }
    }
    Ok(())
}
