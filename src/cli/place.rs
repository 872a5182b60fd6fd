//! Where the data is: what the arguments say, else the environment, else the configuration, else the usual place.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use super::arguments::Source;
use super::config::{Config, SiteSettings};
use super::failure::Failure;
use super::session::environment;
use crate::store::Store;

/// Where the data is.
pub(super) enum Place {
    Demo,
    Data(PathBuf),
    Store(PathBuf),
    /// A live site, and the store beside it.
    Live(Box<SiteSettings>, Option<PathBuf>),
}

/// The place that a query asks.
pub(super) fn of(source: &Source, config: &Config) -> Result<Place, Failure> {
    if source.demo {
        return Ok(Place::Demo);
    }
    if let Some(name) = &source.live {
        let site = config.site(Some(name))?;
        return Ok(Place::Live(Box::new(site.clone()), beside(source, site, config)));
    }
    if let Some(folder) = &source.data {
        return Ok(Place::Data(folder.clone()));
    }
    let named = source.store.clone().or_else(|| environment("JQLX_STORE").map(PathBuf::from));
    if let Some(folder) = named {
        return Ok(Place::Store(folder));
    }
    let of_store = source.at_version.is_some() || source.at_time.is_some();
    let data = environment("JQLX_DATA").map(PathBuf::from).filter(|_| !of_store);
    if let Some(folder) = data {
        return Ok(Place::Data(folder));
    }
    if let Some(folder) = &config.store {
        return Ok(Place::Store(folder.clone()));
    }
    if let Some(folder) = config.data.as_ref().filter(|_| !of_store) {
        return Ok(Place::Data(folder.clone()));
    }
    let usual = usual().filter(|folder| of_store || Store::is_at(folder));
    usual.map(Place::Store).ok_or_else(|| {
        let message =
            "no data: make a store with `jqlx import FILES`, give a folder with --data DIR, or --demo for the sample data";
        Failure::Usage(message.to_owned())
    })
}

/// The store beside a live site: one that is named, or else one that is there.
fn beside(source: &Source, site: &SiteSettings, config: &Config) -> Option<PathBuf> {
    let named = source.store.clone().or_else(|| environment("JQLX_STORE").map(PathBuf::from));
    let others = || [site.store.clone(), config.store.clone(), usual()].into_iter().flatten();
    named.or_else(|| others().find(|folder| Store::is_at(folder)))
}

/// The store that a command writes or keeps.
pub(super) fn store(named: Option<PathBuf>, config: &Config) -> Result<PathBuf, Failure> {
    let named = named.or_else(|| environment("JQLX_STORE").map(PathBuf::from)).or_else(|| config.store.clone());
    named.or_else(usual).ok_or_else(|| Failure::Usage("no store: name a folder with --store DIR".to_owned()))
}

/// The store in the platform's data folder.
fn usual() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.data_dir().join("jqlx").join("store"))
}
