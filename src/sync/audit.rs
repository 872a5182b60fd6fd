//! The audit log. It comes newest first, so it is read in a window whose end is fixed: what is written meanwhile moves nothing.

use serde_json::{Value, json};

use super::Kind;
use super::api::{Api, taken};
use super::spool::Spool;
use crate::error::Error;
use crate::source::rest::{Request, RestError, Trouble};

/// Records of a page.
const PAGE: usize = 1000;

/// Keeps the records of a period, in UTC microseconds; without a beginning, all that the site still has. Where the account may
/// not see them, why.
pub(super) async fn fetch(api: &Api, spool: &mut Spool, from: Option<i64>, to: i64) -> Result<Option<RestError>, Error> {
    let (path, list) = match api.kind {
        Kind::Cloud => (api.platform("auditing/record"), "records"),
        Kind::DataCenter => ("rest/auditing/1.0/events".to_owned(), "entities"),
    };
    let window = Request::get(path).with("limit", PAGE).with("to", written(to));
    let window = match from {
        Some(from) => window.with("from", written(from)),
        None => window,
    };
    let mut next: Option<(&'static str, String)> = None;
    loop {
        let request = match &next {
            Some((name, value)) => window.clone().with(name, value),
            None => window.clone(),
        };
        let mut answer = match api.ask(&request).await {
            Ok(answer) => answer,
            Err(error) if error.is_denied() => return Ok(Some(error)),
            Err(error) => return Err(error.into()),
        };
        let Value::Array(records) = taken(&mut answer, list) else {
            return Err(RestError::new(request.name(), Trouble::Strange("no list of records".into())).into());
        };
        records.iter().try_for_each(|record| spool.record(record))?;
        let following = match api.kind {
            Kind::Cloud => {
                let end = answer["offset"].as_u64().unwrap_or_default() + records.len() as u64;
                (answer["total"].as_u64().is_some_and(|total| end < total)).then(|| ("offset", end.to_string()))
            }
            Kind::DataCenter => {
                let paging = &answer["pagingInfo"];
                let cursor = paging["nextPageCursor"].as_str().map(|cursor| ("pageCursor", cursor.to_owned()));
                let offset = || paging["nextPageOffset"].as_u64().map(|offset| ("offset", offset.to_string()));
                cursor.or_else(offset).filter(|_| paging["lastPage"] != json!(true))
            }
        };
        // A page without records has no next one, and a cursor that comes again leads in a circle.
        if records.is_empty() || following.is_none() || following == next {
            return Ok(None);
        }
        next = following;
    }
}

/// An instant as both APIs read it.
fn written(time: i64) -> String {
    let time = jiff::Timestamp::from_microsecond(time).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
