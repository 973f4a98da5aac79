//! Forms are taken from our own pages only.

use http::{HeaderMap, header::ORIGIN};

use crate::config::PublicUrl;

/// Whether a form came from a page of ours, as far as the browser tells.
///
/// A browser names the page's origin with every form that it posts. Where the header is absent
/// the caller is no current browser, and there is nobody whose cookie could be misused.
pub fn is_ours(headers: &HeaderMap, url: &PublicUrl) -> bool {
    let same_site = headers
        .get("sec-fetch-site")
        .is_none_or(|value| value == "same-origin" || value == "none");
    let same_origin = headers
        .get(ORIGIN)
        .is_none_or(|value| value.as_bytes() == url.origin().as_bytes());
    same_site && same_origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(origin: Option<&'static str>, site: Option<&'static str>) -> bool {
        let url = PublicUrl::try_from("https://reset.example.org".to_owned()).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        is_ours(&headers, &url)
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        assert!(ask(Some("https://reset.example.org"), Some("same-origin")));
        assert!(ask(None, None));
        assert!(!ask(Some("https://evil.example"), None));
        assert!(!ask(Some("null"), None));
        assert!(!ask(Some("https://reset.example.org:444"), None));
        assert!(!ask(None, Some("cross-site")));
    }
}
