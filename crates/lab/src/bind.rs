//! The independent judge: does this password open the account?

use anyhow::{Result, bail};

use crate::dc::Dc;
use crate::forest::Forest;
use crate::ldap::Ldap;

/// What a DC answered to a bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindAnswer {
    /// The password is right and the account may log on.
    Ok,
    /// Invalid credentials (49), with the number after `data` in the DC's text,
    /// e.g. `52e` wrong password, `533` disabled, `773` must change, `775` locked.
    Refused {
        /// The number, in the DC's own hexadecimal spelling.
        data_code: String,
    },
}

impl BindAnswer {
    /// Whether the bind succeeded.
    pub fn is_ok(&self) -> bool {
        *self == Self::Ok
    }
}

impl Forest {
    /// Binds over LDAPS with OpenLDAP's tools, which are not our code. Failing
    /// to reach the DC is an error, never an answer. Each wrong password counts
    /// towards the lockout threshold.
    pub fn can_bind(&self, upn_or_dn: &str, password: &str, dc: &Dc) -> Result<BindAnswer> {
        let who = Ldap {
            fqdn: dc.fqdn.clone(),
            who: upn_or_dn.to_owned(),
            password: password.to_owned(),
        };
        // Not ldapwhoami: Samba 4.17 does not know that operation. What is read
        // here is readable by everyone, so the bind alone decides.
        let ran = who.tool("ldapsearch", &["-LLL", "-b", "", "-s", "base", "1.1"], b"")?;
        match ran.code {
            0 => Ok(BindAnswer::Ok),
            49 => {
                let data = ran.stderr.split_once("data ").map(|(_, rest)| rest);
                let code = data
                    .and_then(|d| d.split([',', ' ', '\n']).next())
                    .unwrap_or_default();
                Ok(BindAnswer::Refused {
                    data_code: code.to_owned(),
                })
            }
            code => bail!(
                "{} did not judge the bind ({code}): {}",
                dc.fqdn,
                ran.stderr.trim()
            ),
        }
    }
}
