//! Identifiers: one type per thing that has one, so that they cannot be mixed up.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Clock, Entropy};

/// A version 7 UUID: sorted by the time it was made, to a millisecond.
fn uuid_v7(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier, made of the time and of chance.
            pub fn new(clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
                Self(uuid_v7(clock.now(), entropy))
            }

            /// Takes an identifier that was made elsewhere.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself, as the store and the sealing need it.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id! {
    /// An organisation: everything belongs to exactly one.
    TenantId
}
impl TenantId {
    /// No tenant: a name that is no tenant's takes the same way as any other, under this. Only
    /// ways through the portal and what is counted are kept under it.
    pub const NOBODY: Self = Self(Uuid::nil());
}

id! {
    /// One installed agent, from its enrolment on.
    AgentId
}
impl AgentId {
    /// No agent: of a request that was claimed, but a restored database does not know by whom.
    pub const NOT_KNOWN: Self = Self(Uuid::nil());
}

id! {
    /// An enrolment token's public half: names it without giving it away.
    EnrolmentId
}
id! {
    /// A person as the cloud knows them.
    UserId
}
id! {
    /// A group. That of a synchronised group is its `objectGUID`; a group of the cloud has one of
    /// its own.
    GroupId
}
id! {
    /// One wish to do something to one account. It is executed at most once.
    RequestId
}
id! {
    /// One full import of a forest.
    ImportId
}
id! {
    /// One run of a run profile: an import, a synchronisation or an export of one forest.
    RunId
}
id! {
    /// A sealing key of an agent.
    KeyId
}
id! {
    /// A sign-in session: names it without opening it.
    SignInSessionId
}
id! {
    /// One try to sign in.
    SignInId
}
id! {
    /// One copy of the cloud's database.
    BackupId
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            Timestamp::from_millisecond(1_790_000_000_123).unwrap()
        }
    }
    impl Entropy for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xA5);
        }
    }

    #[test]
    fn an_id_carries_its_time_and_survives_text() {
        let id = RequestId::new(&Fixed, &Fixed);
        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(id.to_string().parse::<RequestId>().unwrap(), id);
        let (seconds, nanos) = id.uuid().get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos / 1_000_000), (1_790_000_000, 123));
    }
}
