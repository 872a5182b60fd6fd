//! What a site says of itself.

use super::{Client, Kind, Request, RestError};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::source::jira::live;

/// What a site says of itself.
pub(crate) struct Server {
    /// Its address, as it calls itself.
    pub(crate) name: String,
    /// Its clock, in UTC microseconds.
    pub(crate) time: i64,
    is_cloud: Option<bool>,
}

/// Asks a site.
pub(crate) async fn ask(client: &Client, kind: Kind) -> Result<Server, RestError> {
    let answer = client.ask(&Request::get(kind.platform("serverInfo"))).await?;
    let said = answer.body["baseUrl"].as_str().unwrap_or(client.base().as_str());
    let time = live::instant(&answer.body["serverTime"]).or(answer.time);
    let time = time.unwrap_or_else(|| jiff::Timestamp::now().as_microsecond());
    let is_cloud = answer.body["deploymentType"].as_str().map(|kind| kind.eq_ignore_ascii_case("cloud"));
    Ok(Server { is_cloud, name: said.trim_end_matches('/').to_lowercase(), time })
}

impl Server {
    /// Refuses a site that has another API than was said.
    pub(crate) fn check(&self, kind: Kind) -> Result<(), Error> {
        let kind = match (self.is_cloud, kind) {
            (Some(true), Kind::DataCenter) => "cloud",
            (Some(false), Kind::Cloud) => "datacenter",
            _ => return Ok(()),
        };
        let message = format!("the site {} has another API than its settings say", self.name);
        Err(Error::Data(Box::new(Diagnostic::error(codes::SYNC_SITE, message).help(format!("write kind = \"{kind}\"")))))
    }
}
