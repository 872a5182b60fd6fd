//! Why a request has no answer.

use std::time::Duration;

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::error::Error;

/// A request that has no answer, however often it was tried.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{request}: {trouble}")]
pub struct RestError {
    /// Method and path.
    pub request: String,
    /// What happened the last time.
    pub trouble: Trouble,
    /// How often it was tried.
    pub tries: u32,
}

/// What can happen to one try.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The client cannot be made.
    #[error("{0}")]
    Setup(String),
    /// There is no connection.
    #[error("the site cannot be reached: {0}")]
    Unreachable(String),
    /// The answer did not come in time.
    #[error("there was no whole answer in time")]
    Slow,
    /// The connection ended within the answer.
    #[error("the connection ended within the answer: {0}")]
    Cut(String),
    /// The answer is larger than what is taken.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// The answer is not what an API answers.
    #[error("the answer is no JSON: {0}")]
    NotJson(String),
    /// The answer is JSON of another shape than is documented.
    #[error("the answer has {0}")]
    Strange(String),
    /// The site sends elsewhere.
    #[error("the site sends to {0}")]
    Redirected(String),
    /// The site refused.
    #[error("status {status}{}", in_brackets(.said))]
    Status {
        /// The HTTP status.
        status: u16,
        /// What the site said about it; may be empty.
        said: String,
        /// How long it asked to wait.
        wait: Option<Duration>,
    },
}

fn in_brackets(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

impl Trouble {
    /// What a try came to. Addresses are left out, since they are in the request.
    pub(super) fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() && !error.is_connect() {
            return Self::Slow;
        }
        let reason = chain(&error);
        match error.is_connect() || error.is_builder() {
            true => Self::Unreachable(reason),
            false => Self::Cut(reason),
        }
    }

    /// The status, where there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the site asks for fewer requests.
    pub(super) fn is_limit(&self) -> bool {
        matches!(self, Self::Status { status: 429, .. } | Self::Status { status: 503, wait: Some(_), .. })
    }
}

impl RestError {
    pub(crate) fn new(request: impl Into<String>, trouble: Trouble) -> Self {
        Self { request: request.into(), trouble, tries: 1 }
    }

    /// Whether it is for want of a right, or because the site does not have what is asked.
    pub(crate) fn is_denied(&self) -> bool {
        matches!(self.trouble.status(), Some(401 | 403 | 404 | 410))
    }

    /// Whether what was asked for is not there, or not for us to see.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self.trouble.status(), Some(404 | 410))
    }

    /// Its code.
    pub fn code(&self) -> Code {
        match &self.trouble {
            Trouble::Setup(_) | Trouble::Unreachable(_) => codes::REST_UNREACHABLE,
            Trouble::Slow | Trouble::Cut(_) => codes::REST_CUT,
            Trouble::TooLarge(_) | Trouble::NotJson(_) | Trouble::Strange(_) => codes::REST_BAD_ANSWER,
            Trouble::Redirected(_) => codes::REST_REDIRECTED,
            Trouble::Status { status, .. } => match status {
                401 => codes::REST_UNAUTHORIZED,
                403 => codes::REST_FORBIDDEN,
                404 => codes::REST_NOT_FOUND,
                410 => codes::REST_GONE,
                429 => codes::REST_LIMITED,
                500.. => codes::REST_SERVER,
                _ => codes::REST_REFUSED,
            },
        }
    }

    /// The error as a diagnostic.
    pub fn diagnostic(&self) -> Diagnostic {
        let tries = if self.tries > 1 { format!(", after {} tries", self.tries) } else { String::new() };
        let message = format!("{}: {}{tries}", self.request, self.trouble);
        Diagnostic::error(self.code(), message).maybe_help(self.help())
    }

    fn help(&self) -> Option<String> {
        let help = match &self.trouble {
            Trouble::Redirected(to) if to.is_empty() => "the site's `url` in the configuration is not that of its API".to_owned(),
            Trouble::Redirected(to) => {
                format!("if {to} is the site, put it into the configuration; credentials are not sent where a redirect leads")
            }
            Trouble::Status { status: 401, .. } => {
                "the token is wrong or has expired, or belongs to another account than `email`".to_owned()
            }
            Trouble::Status { status: 403, .. } => "the account may not do this".to_owned(),
            Trouble::Status { status: 429 | 503, wait: Some(wait), .. } => {
                format!("the site asks to come again in {} s; what was fetched is kept", wait.as_secs())
            }
            Trouble::Status { status: 429 | 500.., .. } | Trouble::Slow | Trouble::Cut(_) | Trouble::Unreachable(_) => {
                "try again later; what was fetched is kept, and the next sync goes on from there".to_owned()
            }
            _ => return None,
        };
        Some(help)
    }
}

impl From<RestError> for Error {
    fn from(error: RestError) -> Self {
        Error::Environment(Box::new(error.diagnostic()))
    }
}

/// An error with its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

/// Characters of a server's text that a message holds.
const SHOWN: usize = 300;

fn shortened(text: &str) -> String {
    let one_line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain: String = one_line.chars().filter(|c| !c.is_control()).collect();
    match plain.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &plain[..end]),
        None => plain,
    }
}

/// What Jira says of an error, in any of the shapes in which it says it.
pub(super) fn said(body: &[u8]) -> String {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return String::new() };
    let mut parts: Vec<String> = Vec::new();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    parts.extend(body.get("errorMessages").and_then(Value::as_array).into_iter().flatten().filter_map(text));
    let errors = body.get("errors").and_then(Value::as_object);
    parts.extend(errors.into_iter().flatten().filter_map(|(field, what)| Some(format!("{field}: {}", what.as_str()?))));
    parts.extend(["errorMessage", "message", "error"].into_iter().filter_map(|name| body.get(name).and_then(text)));
    shortened(&parts.join("; "))
}

pub(super) fn not_json(body: &[u8], error: &serde_json::Error) -> String {
    let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
    match start {
        None => "it is empty".to_owned(),
        Some(b'<') => "it is a web page".to_owned(),
        Some(_) => shortened(&error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_read_in_every_shape() {
        assert_eq!(said(br#"{"errorMessages":["No.","Never."],"errors":{"jql":"bad"}}"#), "No.; Never.; jql: bad");
        assert_eq!(said(br#"{"message":"Client must be authenticated","status-code":401}"#), "Client must be authenticated");
        assert_eq!(said(b"<html>"), "");
        assert_eq!(said(br#"{"errorMessages":"no list"}"#), "");
        let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(1000));
        assert_eq!(said(long.as_bytes()).len(), SHOWN + 3);
    }

    #[test]
    fn every_status_has_a_code() {
        let code = |status| RestError::new("GET x", Trouble::Status { status, said: String::new(), wait: None }).code().name;
        assert_eq!(
            [400, 401, 403, 404, 410, 429, 500, 503].map(code),
            [
                "jqlx::rest::refused",
                "jqlx::rest::unauthorized",
                "jqlx::rest::forbidden",
                "jqlx::rest::not_found",
                "jqlx::rest::gone",
                "jqlx::rest::limited",
                "jqlx::rest::server",
                "jqlx::rest::server"
            ]
        );
    }
}
