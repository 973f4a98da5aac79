//! How the domain is called in user names: `CORP\alice`, `alice@corp.example`.

use ldap3_proto::proto::LdapSearchScope;

use crate::{
    controller::Controller, error::AdError, filter::Filter, refusal::Refusal, search::Search,
};

impl Controller {
    /// The NetBIOS name of the domain: `nETBIOSName` of its crossRef. `None` if there is none
    /// to be read.
    pub async fn netbios_name(&self) -> Result<Option<String>, AdError> {
        let head = self.root_dse().domain_head.clone();
        let filter = Filter::all_of(&[
            Filter::equal("objectClass", b"crossRef"),
            Filter::equal("nCName", head.as_bytes()),
        ]);
        let found = self
            .partitions(LdapSearchScope::OneLevel, filter, "nETBIOSName")
            .await?;
        Ok(found.into_iter().next())
    }

    /// Suffixes of user principal names that the forest allows besides its domains' names:
    /// `uPNSuffixes` of the partitions container.
    pub async fn upn_suffixes(&self) -> Result<Vec<String>, AdError> {
        let any = Filter::present("objectClass");
        let found = self
            .partitions(LdapSearchScope::Base, any, "uPNSuffixes")
            .await?;
        Ok(found
            .into_iter()
            .map(|suffix| suffix.to_lowercase())
            .collect())
    }

    async fn partitions(
        &self,
        scope: LdapSearchScope,
        filter: Filter,
        wanted: &'static str,
    ) -> Result<Vec<String>, AdError> {
        const OPERATION: &str = "read partitions";
        let base = format!("CN=Partitions,{}", self.root_dse().configuration);
        let reply = self.reading(|kept| {
            let (base, scope, filter) = (base.clone(), scope.clone(), filter.clone());
            async move {
                let attributes = &[wanted];
                let search = Search {
                    base: &base,
                    scope,
                    filter,
                    attributes,
                    at_most: 0,
                    controls: Vec::new(),
                };
                kept.connection.search(OPERATION, search).await
            }
        });
        let reply = reply.await?;
        let refusal = Refusal::of(reply.result);
        if refusal.code != 0 {
            let host = self.host().to_owned();
            return Err(AdError::Refused {
                host,
                operation: OPERATION,
                source: refusal,
            });
        }
        Ok(reply
            .entries
            .iter()
            .flat_map(|entry| entry.texts(wanted))
            .collect())
    }
}
