//! Somebody with a browser: keeps cookies, follows redirects, fills in forms as they stand.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use reqwest::{Client, StatusCode};
use scraper::{Html, Selector};
use writeback_lab::CloudSlot;

use crate::sealing::Answer;

/// How long a browser waits for a page.
const PAGE_WITHIN: Duration = Duration::from_secs(60);

/// How often the page's script prepares and sends before it says that it could not.
const TRIES: usize = 3;

/// A page as it came.
#[derive(Clone, Debug)]
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// The path it was found at, after all redirects.
    pub path: String,
    /// The HTML.
    pub html: String,
}

impl Page {
    /// The page's words, without its markup.
    pub fn text(&self) -> String {
        let html = Html::parse_document(&self.html);
        let Ok(body) = Selector::parse("main") else {
            return String::new();
        };
        let words: Vec<&str> = html
            .select(&body)
            .flat_map(|element| element.text())
            .flat_map(str::split_whitespace)
            .collect();
        words.join(" ")
    }

    /// The heading.
    pub fn heading(&self) -> String {
        let html = Html::parse_document(&self.html);
        let Ok(heading) = Selector::parse("h1") else {
            return String::new();
        };
        html.select(&heading)
            .next()
            .map(|h1| h1.text().collect::<String>())
            .unwrap_or_default()
    }

    /// The first form of the page that has a field of that name: where it goes, and what it
    /// holds already.
    fn form_with(&self, field: &str) -> Result<(String, Vec<(String, String)>)> {
        let html = Html::parse_document(&self.html);
        let form = Selector::parse("form").map_err(|error| anyhow::anyhow!("{error}"))?;
        let input = Selector::parse("input[name]").map_err(|error| anyhow::anyhow!("{error}"))?;
        for form in html.select(&form) {
            let values: Vec<(String, String)> = form
                .select(&input)
                .map(|input| {
                    let attribute = |name| input.attr(name).unwrap_or_default().to_owned();
                    (attribute("name"), attribute("value"))
                })
                .collect();
            if values.iter().any(|(name, _)| name == field) {
                let action = form.attr("action").unwrap_or(&self.path).to_owned();
                return Ok((action, values));
            }
        }
        anyhow::bail!("{} has no form with {field}:\n{}", self.path, self.text())
    }
}

/// Somebody with a browser.
pub struct Person {
    client: Client,
    url: String,
}

impl Person {
    /// A browser of its own, which trusts the lab's certificates besides and finds the cloud
    /// from either side of the firewall.
    pub fn new(url: &str, slot: &CloudSlot, ca: &Path) -> Result<Self> {
        let pem = std::fs::read(ca).with_context(|| format!("cannot read {}", ca.display()))?;
        let address = format!("{}:443", slot.ip).parse()?;
        let client = Client::builder()
            .tls_certs_only([reqwest::Certificate::from_pem(&pem)?])
            .cookie_store(true)
            .resolve(&slot.host_name, address)
            .no_proxy()
            .tcp_nodelay(true)
            .timeout(PAGE_WITHIN)
            .build()?;
        Ok(Self {
            client,
            url: url.to_owned(),
        })
    }

    /// Calls the API, with a token where there is one: the status and the answer, null where
    /// there is none.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&serde_json::Value>,
    ) -> Result<(u16, serde_json::Value)> {
        let url = format!("{}/api/v1{path}", self.url);
        let mut call = self.client.request(method.parse()?, url);
        if let Some(token) = token {
            call = call.bearer_auth(token);
        }
        if let Some(body) = body {
            call = call
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let answer = call.send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        let body = if text.is_empty() {
            serde_json::Value::Null
        } else {
            serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))?
        };
        Ok((status, body))
    }

    /// Goes to a page.
    pub async fn get(&self, path: &str) -> Result<Page> {
        page(
            self.client
                .get(format!("{}{path}", self.url))
                .send()
                .await?,
        )
        .await
    }

    /// Fills in the form of `page` that has the first field, and sends it.
    pub async fn fill(&self, page_now: &Page, fields: &[(&str, &str)]) -> Result<Page> {
        let (first, _) = fields.first().context("no field to fill in")?;
        let (action, mut values) = page_now.form_with(first)?;
        for (name, text) in fields {
            let value = values.iter_mut().find(|(known, _)| known == name);
            value
                .with_context(|| format!("the form has no field {name}"))?
                .1 = (*text).to_owned();
        }
        self.post(&action, &values).await
    }

    /// Sends a form as it is given.
    pub async fn post(&self, path: &str, values: &[(String, String)]) -> Result<Page> {
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .header("Origin", &self.url)
            .form(values);
        page(request.send().await?).await
    }

    /// Types a user name on the first page. The page that asks for the code, or what else came.
    pub async fn says_name(&self, name: &str) -> Result<Page> {
        let start = self.get("/").await?;
        self.fill(&start, &[("name", name)]).await
    }

    /// Types the code. The page that asks for the password, or what else came.
    pub async fn gives_code(&self, page_now: &Page, code: &str) -> Result<Page> {
        self.fill(page_now, &[("code", code)]).await
    }

    /// Types the new password twice, and waits with the page until the outcome is known.
    pub async fn sets_password(&self, page_now: &Page, password: &str) -> Result<Page> {
        let page = self.sends_password(page_now, password).await?;
        self.until_known(page).await
    }

    /// Types the new password twice and sends it, as the page's script does: sealed, and again
    /// where the ticket or the agents' keys hold no longer.
    pub async fn sends_password(&self, page_now: &Page, password: &str) -> Result<Page> {
        let (action, fields) = page_now.form_with("last")?;
        for _ in 0..TRIES {
            let path = format!("{action}/prepare");
            let prepared = match self.script_asks(&path, &fields).await? {
                Answer::Prepared(prepared) => prepared,
                other => return self.told(page_now, other).await,
            };
            let mut sent = fields.clone();
            sent.extend(prepared.seal(password)?);
            match self.script_asks(&action, &sent).await {
                Ok(Answer::PrepareAgain {}) => {}
                Ok(other) => return self.told(page_now, other).await,
                // It may have arrived: only the next page knows.
                Err(_) => return self.get("/reset/outcome").await,
            }
        }
        let problem = "The password could not be sent".to_owned();
        self.told(page_now, Answer::Problem(problem)).await
    }

    /// Asks for the account to be unlocked instead; gives what came at once.
    pub async fn unlocks(&self, page_now: &Page) -> Result<Page> {
        let values = ["token", "last"].map(|name| {
            let marker = format!("name=\"{name}\" value=\"");
            let rest = page_now.html.split_once(&marker).map(|(_, rest)| rest);
            let value = rest.and_then(|rest| rest.split('"').next());
            (name.to_owned(), value.unwrap_or_default().to_owned())
        });
        self.post("/reset/unlock", &values).await
    }

    /// Sends the new password as no page of ours does: readable.
    pub async fn sends_in_clear(&self, page_now: &Page, password: &str) -> Result<Page> {
        let (action, mut fields) = page_now.form_with("last")?;
        for name in ["new", "again"] {
            fields.push((name.to_owned(), password.to_owned()));
        }
        self.post(&action, &fields).await
    }

    async fn script_asks(&self, path: &str, fields: &[(String, String)]) -> Result<Answer> {
        let call = self.client.post(format!("{}{path}", self.url));
        let call = call.header("Origin", &self.url).form(fields);
        let answer = page(call.send().await?).await?;
        if answer.html.starts_with("<!doctype") {
            return Ok(Answer::Page(answer));
        }
        serde_json::from_str(&answer.html)
            .with_context(|| format!("{path} answered {}", answer.html))
    }

    /// What the person sees then: another page, or this one with what was wrong.
    async fn told(&self, page_now: &Page, answer: Answer) -> Result<Page> {
        match answer {
            Answer::Go(path) => self.get(&path).await,
            Answer::Page(page) => Ok(page),
            Answer::Problem(problem) => Ok(Page {
                status: StatusCode::BAD_REQUEST,
                html: format!("<main><p role=\"alert\">{problem}</p></main>"),
                ..page_now.clone()
            }),
            Answer::Prepared(_) | Answer::PrepareAgain {} => {
                anyhow::bail!("{} was answered with {answer:?}", page_now.path)
            }
        }
    }

    /// Waits as the page does while the outcome is not known.
    pub async fn until_known(&self, mut page: Page) -> Result<Page> {
        for _ in 0..240 {
            if !page.html.contains("http-equiv=\"refresh\"") {
                return Ok(page);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            page = self.get("/reset/outcome").await?;
        }
        Ok(page)
    }

    /// From the user name to the page that asks for the new password, reading the code from the
    /// mailbox.
    pub async fn verified(&self, name: &str, mailbox: &writeback_lab::Mailbox) -> Result<Page> {
        let seen = mailbox.all()?.len();
        let page = self.says_name(name).await?;
        ensure!(page.status.is_success(), "{}: {}", page.status, page.text());
        let code = code_after(mailbox, seen).await?;
        let page = self.gives_code(&page, &code).await?;
        ensure!(
            page.path == "/reset/password",
            "the code was not taken: {}",
            page.text()
        );
        Ok(page)
    }
}

/// The first code that comes after the first `seen` mails; other news may come between.
async fn code_after(mailbox: &writeback_lab::Mailbox, seen: usize) -> Result<String> {
    for _ in 0..300 {
        let mails = mailbox.all()?;
        let codes = mails.iter().skip(seen).find_map(|mail| code_in(&mail.text));
        if let Some(code) = codes {
            return Ok(code);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("no mail with a code came")
}

/// The six digits of a code, which stand alone and may have a space in their middle.
pub fn code_in(text: &str) -> Option<String> {
    text.lines()
        .map(|line| line.replace(' ', ""))
        .find_map(|line| {
            let line = line.trim();
            (line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| line.to_owned())
        })
}

async fn page(response: reqwest::Response) -> Result<Page> {
    let status = response.status();
    let path = response.url().path().to_owned();
    Ok(Page {
        status,
        path,
        html: response.text().await?,
    })
}
