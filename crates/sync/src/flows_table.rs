//! Flows as a table: each target with its sources.

use std::fmt;

use serde::{
    Deserializer, Serializer,
    de::{MapAccess, Visitor},
    ser::SerializeMap,
};

use crate::Flow;

pub(crate) fn serialize<S: Serializer>(flows: &[Flow], to: S) -> Result<S::Ok, S::Error> {
    let mut table = to.serialize_map(Some(flows.len()))?;
    for flow in flows {
        table.serialize_entry(&flow.target, &flow.sources)?;
    }
    table.end()
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Flow>, D::Error> {
    struct Flows;

    impl<'de> Visitor<'de> for Flows {
        type Value = Vec<Flow>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table of targets and their sources")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Vec<Flow>, A::Error> {
            let mut flows = Vec::new();
            while let Some((target, sources)) = table.next_entry()? {
                flows.push(Flow { target, sources });
            }
            // Their order means nothing, and a table need not keep it.
            flows.sort_by_key(|flow: &Flow| flow.target);
            Ok(flows)
        }
    }

    from.deserialize_map(Flows)
}
