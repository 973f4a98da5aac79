//! What the agent's account may do to one object, found out without writing.

use crate::{
    controller::Controller,
    descriptor::{Descriptor, ExtendedRight},
    error::AdError,
    rootdse::NO_SUCH_OBJECT,
    search::{Ask, Search},
    sid::Sid,
};

/// Everyone, and the account itself: an account that may not change its own password has the
/// right denied to both (MS-ADTS, "User cannot change password").
const EVERYONE: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
const ITSELF: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0];

/// Who the agent's account is to a controller: its own identifier first, then its groups'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(pub Vec<Sid>);

impl Token {
    /// The account's own identifier.
    pub fn own(&self) -> Option<&Sid> {
        self.0.first()
    }
}

/// What the agent's account may do to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// The object's access control list; `None` where it may not be read.
    pub descriptor: Option<Descriptor>,
    /// `allowedAttributesEffective`: the attributes that the account may write, as the
    /// directory itself computes it.
    pub writable: Vec<String>,
}

impl Rights {
    /// Whether an extended right is granted; `None` where that cannot be seen.
    pub fn grants(&self, right: ExtendedRight, token: &Token) -> Option<bool> {
        Some(self.descriptor.as_ref()?.grants(right, &token.0))
    }

    /// Whether an attribute may be written.
    pub fn may_write(&self, attribute: &str) -> bool {
        self.writable
            .iter()
            .any(|it| it.eq_ignore_ascii_case(attribute))
    }

    /// Whether inheritance is switched off; `None` where that cannot be seen.
    pub fn inherits_nothing(&self) -> Option<bool> {
        self.descriptor.as_ref().map(Descriptor::protected)
    }

    /// Whether the account is marked "User cannot change password"; `None` where that cannot be
    /// seen.
    pub fn cannot_change_password(&self) -> Option<bool> {
        let descriptor = self.descriptor.as_ref()?;
        let denied = |who: &[u8]| {
            Sid::try_from_bytes(who)
                .is_some_and(|who| descriptor.denies(ExtendedRight::CHANGE_PASSWORD, &who))
        };
        Some(denied(&EVERYONE) && denied(&ITSELF))
    }
}

impl Controller {
    /// Who the agent's account is to this controller (`tokenGroups` of the root DSE).
    pub async fn own_token(&self) -> Result<Token, AdError> {
        let kept = self.kept();
        let search = Search::object("", &["tokenGroups"]);
        let reply = kept.connection.search("read own token", search).await?;
        let entry = self.only(reply, "read own token")?;
        let sids: Option<Vec<Sid>> = entry
            .iter()
            .flat_map(|entry| entry.all("tokenGroups"))
            .map(|bytes| Sid::try_from_bytes(bytes))
            .collect();
        match sids {
            Some(sids) if !sids.is_empty() => Ok(Token(sids)),
            _ => Err(self.missing("tokenGroups")),
        }
    }

    /// What the agent's account may do to the object of that name. `None` if there is no such
    /// object, or none that it may see.
    pub async fn rights(&self, dn: &str) -> Result<Option<Rights>, AdError> {
        let kept = self.kept();
        let mut search = Search::object(dn, &["nTSecurityDescriptor"]);
        search.controls = vec![Ask::AccessList];
        // The list alone, since the control changes what is given of everything else.
        let (list, effective) = tokio::try_join!(
            kept.connection.search("read access list", search),
            kept.connection.search(
                "read own rights",
                Search::object(dn, &["allowedAttributesEffective"])
            ),
        )?;
        let Some(effective) = self.only(effective, "read own rights")? else {
            return Ok(None);
        };
        let list = match crate::refusal::Refusal::of(list.result.clone()).code {
            NO_SUCH_OBJECT => None,
            _ => self.only(list, "read access list")?,
        };
        Ok(Some(Rights {
            descriptor: list
                .and_then(|entry| Descriptor::try_from_bytes(entry.bytes("nTSecurityDescriptor")?)),
            writable: effective.texts("allowedAttributesEffective"),
        }))
    }
}
