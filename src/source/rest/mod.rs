//! A REST API over HTTP: requests that are repeated where that helps, slowed where the server asks for it, and that end in a
//! clear failure otherwise.

mod body;
mod failure;
mod pace;
mod retry;
pub(crate) mod search;
mod secret;
pub(crate) mod server;

use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, Response, StatusCode, Url};
use serde_json::Value;

pub use failure::{RestError, Trouble};
pub use secret::{Auth, Secret, SecretSource};

use pace::Pace;

/// Whose API a site has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Jira Cloud, version 3.
    Cloud,
    /// Jira Data Center or Server, version 2.
    DataCenter,
}

impl Kind {
    /// The path of a part of the platform's API.
    pub(crate) fn platform(self, rest: &str) -> String {
        match self {
            Self::Cloud => format!("rest/api/3/{rest}"),
            Self::DataCenter => format!("rest/api/2/{rest}"),
        }
    }
}

/// A site, and as whom to ask it.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its address.
    pub url: Url,
    /// Its API.
    pub kind: Kind,
    /// Who asks.
    pub auth: Auth,
}

/// How patient a client is, and how much it takes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Requests under way at once; fewer where the server asks for it.
    pub concurrency: usize,
    /// How often a request is tried.
    pub tries: u32,
    /// The wait after the first failure; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest wait that a server may ask for.
    pub longest_wait: Duration,
    /// To connect.
    pub connect: Duration,
    /// Without a byte of an answer.
    pub silence: Duration,
    /// For a whole answer.
    pub whole: Duration,
    /// Bytes of an answer, unpacked.
    pub answer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 4,
            tries: 6,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(15 * 60),
            connect: Duration::from_secs(15),
            silence: Duration::from_secs(60),
            whole: Duration::from_secs(300),
            answer: 256 << 20,
        }
    }
}

/// One request, without the address of the site and without secrets.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Request {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), query: Vec::new(), body: None }
    }

    /// A question that is asked with a body. It changes nothing at the server, so it may be repeated.
    pub(crate) fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, path: path.into(), query: Vec::new(), body: Some(body) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// What to call it in a message.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Path and query.
    pub(crate) fn address(&self) -> String {
        let mut address = self.path.clone();
        for (at, (name, value)) in self.query.iter().enumerate() {
            address.push(if at == 0 { '?' } else { '&' });
            address.push_str(name);
            address.push('=');
            address.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
        }
        address
    }
}

/// A part of a path: an id or a key, which may hold anything.
pub(crate) fn segment(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// What an answer said besides its body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) body: Value,
    /// The server's clock, in UTC microseconds.
    pub(crate) time: Option<i64>,
}

/// A client of one site.
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    auth: Auth,
    limits: Limits,
    pace: Pace,
}

impl Client {
    pub(crate) fn new(base: Url, auth: Auth, limits: Limits) -> Result<Self, RestError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("jqlx/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            // A redirect would carry the question, and maybe the secret, to where nobody sent it.
            .redirect(Policy::none())
            .connect_timeout(limits.connect)
            .read_timeout(limits.silence)
            .timeout(limits.whole);
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| RestError::new("the client", Trouble::Setup(failure::chain(&error))))?;
        let pace = Pace::new(limits.concurrency.max(1));
        Ok(Self { http, base, auth, limits, pace })
    }

    /// The site.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// Requests that may be under way at once.
    pub(crate) fn concurrency(&self) -> usize {
        self.limits.concurrency.max(1)
    }

    /// Asks until there is an answer, or no hope of one.
    pub(crate) async fn ask(&self, request: &Request) -> Result<Answer, RestError> {
        let mut tried = 0;
        loop {
            tried += 1;
            let slot = self.pace.enter().await;
            let trouble = match self.once(request).await {
                Ok(answer) => {
                    self.pace.went_well();
                    return Ok(answer);
                }
                Err(trouble) => trouble,
            };
            drop(slot);
            let wait = match retry::wait(&trouble, tried, &self.limits) {
                Some(wait) if tried < self.limits.tries => wait,
                _ => return Err(RestError { request: request.name(), trouble, tries: tried }),
            };
            if trouble.is_limit() {
                // All requests wait: another one would only prolong it.
                self.pace.slow_down(wait);
            } else {
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn once(&self, request: &Request) -> Result<Answer, Trouble> {
        let url = self.url(&request.path);
        let mut builder = self.http.request(request.method.clone(), url).query(&request.query);
        builder = self.auth.on(builder);
        if request.path.starts_with("rest/servicedeskapi/") {
            builder = builder.header("X-ExperimentalApi", "opt-in");
        }
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = builder.send().await.map_err(Trouble::of)?;
        self.read(response).await
    }

    /// The address of a path below the site's, which may have a path of its own.
    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }

    async fn read(&self, response: Response) -> Result<Answer, Trouble> {
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_redirection() {
            let to = headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            return Err(Trouble::Redirected(self.host_of(to)));
        }
        if status.is_success() && retry::is_near_limit(&headers) {
            self.pace.ease();
        }
        let bytes = match body::read(response, self.limits.answer).await {
            Ok(bytes) => bytes,
            // What an error says of itself is not needed to know what it is.
            Err(_) if !status.is_success() => Vec::new(),
            Err(trouble) => return Err(trouble),
        };
        if status == StatusCode::NO_CONTENT {
            return Ok(Answer { body: Value::Null, time: retry::clock(&headers) });
        }
        if !status.is_success() {
            let said = self.auth.without_secret(&failure::said(&bytes));
            return Err(Trouble::Status { status: status.as_u16(), said, wait: retry::asked_wait(&headers) });
        }
        let body = serde_json::from_slice(&bytes).map_err(|error| Trouble::NotJson(failure::not_json(&bytes, &error)))?;
        Ok(Answer { body, time: retry::clock(&headers) })
    }

    fn host_of(&self, location: &str) -> String {
        let url = self.base.join(location).ok();
        url.as_ref().and_then(|url| Some(format!("{}://{}", url.scheme(), url.host_str()?))).unwrap_or_default()
    }
}

/// Whether an address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
