//! How the domain is called.

use crate::support::site;

#[tokio::test]
async fn the_domain_has_its_names() {
    let site = site("corp.test");
    let reader = site.directory.reader().await.unwrap();
    assert_eq!(
        reader.netbios_name().await.unwrap().as_deref(),
        Some("CORP")
    );
    assert_eq!(reader.upn_suffixes().await.unwrap(), Vec::<String>::new());
}
