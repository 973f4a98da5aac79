//! Bringing a mail on its way: to a real SMTP server, or into a folder.

use std::{sync::Arc, time::Duration};

use lettre::{
    Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::authentication::Credentials,
};

use super::message::MailText;
use crate::config::{ConfigError, MailConfig};
use writeback_model::event;

/// How long a mail server may take for one step.
const SMTP_TIMEOUT: Duration = Duration::from_secs(15);

/// How often a mail is tried, and how long apart: a code is worth nothing after ten minutes.
const TRIES: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(2),
    Duration::from_secs(15),
];

/// Sends mails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    transport: Arc<Transport>,
}

enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

/// Why a mail was not sent. Names no address: they are people's.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The directory holds an address that is none.
    #[error("a recovery address in the directory is no mail address")]
    Address(#[source] lettre::address::AddressError),
    /// The mail could not be put together.
    #[error("the mail could not be written")]
    Message(#[source] lettre::error::Error),
    /// The server did not take it.
    #[error("the mail server did not take the mail")]
    Smtp(#[source] lettre::transport::smtp::Error),
    /// The server could not be reached, or did not let the cloud in.
    #[error("the mail server was not greeted")]
    Greeting(#[source] lettre::transport::smtp::Error),
    /// The server is there and would take nothing.
    #[error("the mail server answers, and is not ready to take mails")]
    Unwilling,
    /// The folder did not take it.
    #[error("the mail folder did not take the mail")]
    Folder(#[source] lettre::transport::file::Error),
}

impl Mailer {
    /// A mailer as the configuration wants it.
    pub fn new(config: &MailConfig) -> Result<Self, ConfigError> {
        let wrong = |field, why: String| ConfigError::Value { field, why };
        let from = config.from.parse().map_err(|error| {
            wrong(
                "mail.from",
                format!("{:?} is no sender: {error}", config.from),
            )
        })?;
        let transport = match (&config.smtp, &config.folder) {
            (Some(url), _) => Transport::Smtp(smtp(url, config)?),
            (None, Some(folder)) => {
                std::fs::create_dir_all(folder).map_err(|error| {
                    wrong(
                        "mail.folder",
                        format!("{} cannot be made: {error}", folder.display()),
                    )
                })?;
                Transport::Folder(AsyncFileTransport::new(folder))
            }
            (None, None) => return Err(wrong("mail", "set smtp or folder".to_owned())),
        };
        Ok(Self {
            from,
            transport: Arc::new(transport),
        })
    }

    /// Greets the server as before a mail, with TLS and sign-in as configured, and sends none.
    pub async fn greet(&self) -> Result<(), MailError> {
        let Transport::Smtp(smtp) = &*self.transport else {
            return Ok(());
        };
        match smtp.test_connection().await.map_err(MailError::Greeting)? {
            true => Ok(()),
            false => Err(MailError::Unwilling),
        }
    }

    /// Sends one mail to each address, in the background: nobody waits for a mail server, and
    /// how long one takes must not tell whether somebody goes by a name.
    pub fn send_soon(&self, addresses: Vec<String>, text: MailText) {
        let mailer = self.clone();
        tokio::spawn(async move {
            for address in addresses {
                if let Err(error) = mailer.send_with_tries(&address, &text).await {
                    tracing::error!(
                        event_id = event::MAIL_FAILED,
                        error = &error as &dyn std::error::Error,
                        "a mail could not be sent; the person can ask for another code"
                    );
                }
            }
        });
    }

    async fn send_with_tries(&self, address: &str, text: &MailText) -> Result<(), MailError> {
        let mut last = Ok(());
        for pause in TRIES {
            tokio::time::sleep(pause).await;
            last = self.send(address, text).await;
            match &last {
                Ok(()) => return last,
                Err(error) if error.stays() => return last,
                Err(error) => {
                    tracing::warn!(
                        event_id = event::MAIL_FAILED,
                        error = error as &dyn std::error::Error,
                        "a mail is tried again"
                    );
                }
            }
        }
        last
    }

    /// Sends one mail, once.
    pub async fn send(&self, address: &str, text: &MailText) -> Result<(), MailError> {
        let address: Address = address.parse().map_err(MailError::Address)?;
        let mut head = Message::builder();
        if let Some(id) = &text.id {
            let id = format!("<{id}@{}>", self.from.email.domain());
            head = head.message_id(Some(id));
        }
        let message = head
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(text.subject.clone())
            // Keeps out-of-office answers from coming back.
            .raw_header(lettre::message::header::HeaderValue::new(
                lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(MultiPart::alternative_plain_html(
                text.text.clone(),
                text.html.clone(),
            ))
            .map_err(MailError::Message)?;
        match &*self.transport {
            Transport::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(MailError::Smtp),
            Transport::Folder(folder) => folder
                .send(message)
                .await
                .map(drop)
                .map_err(MailError::Folder),
        }
    }
}

impl MailError {
    /// Whether it does not pass by itself: what is wrong is the mail itself, or the server said so.
    pub fn stays(&self) -> bool {
        match self {
            Self::Address(_) | Self::Message(_) => true,
            Self::Smtp(error) => error.is_permanent(),
            Self::Folder(_) | Self::Greeting(_) | Self::Unwilling => false,
        }
    }
}

fn smtp(url: &str, config: &MailConfig) -> Result<AsyncSmtpTransport<Tokio1Executor>, ConfigError> {
    let wrong = |why: String| ConfigError::Value {
        field: "mail.smtp",
        why,
    };
    let uri: http::Uri = url
        .parse()
        .map_err(|error| wrong(format!("not an address: {error}")))?;
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|error| {
            wrong(format!(
                "write it as smtps://host, smtp://host:25?tls=required or smtp://host:25: {error}"
            ))
        })?
        .timeout(Some(SMTP_TIMEOUT));
    let Some(password_file) = &config.password_file else {
        return Ok(builder.build());
    };
    let user = uri
        .authority()
        .and_then(|authority| authority.as_str().rsplit_once('@'))
        .map(|(user, _)| user.to_owned())
        .ok_or_else(|| wrong("a password_file needs a user: smtps://user@host".to_owned()))?;
    let password = std::fs::read_to_string(password_file).map_err(|error| ConfigError::Value {
        field: "mail.password_file",
        why: format!("{} cannot be read: {error}", password_file.display()),
    })?;
    Ok(builder
        .credentials(Credentials::new(user, password.trim_end().to_owned()))
        .build())
}
