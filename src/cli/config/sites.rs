//! `[sites.NAME]`: the sites that can be synced.

use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use super::{Config, DEPLOYMENTS, Reader, span};
use crate::cli::failure::Failure;
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::sync::{Auth, Kind, SecretSource, Site, site_url};

/// The variable that holds the token where the settings name none.
const TOKEN: &str = "JQLX_TOKEN";

/// A site, as the file describes it. The secret itself is elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SiteSettings {
    pub(crate) name: String,
    pub(crate) url: reqwest::Url,
    pub(crate) kind: Kind,
    /// Whose token it is; without it the token is sent alone.
    pub(crate) email: Option<String>,
    pub(crate) token: SecretSource,
    /// The store of the site; a relative path begins at the file's folder.
    pub(crate) store: Option<PathBuf>,
    /// Requests under way at once.
    pub(crate) concurrency: Option<usize>,
}

impl SiteSettings {
    /// The paths in it.
    pub(super) fn places(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let file = match &mut self.token {
            SecretSource::File(path) => Some(path),
            SecretSource::Variable(_) => None,
        };
        self.store.iter_mut().chain(file)
    }
}

impl SiteSettings {
    /// The site, with the secret that proves who asks.
    pub(in crate::cli) fn open(&self) -> Result<Site, Failure> {
        let token = self.token.read().map_err(|diagnostic| Failure::Error(Error::Environment(Box::new(diagnostic))))?;
        let auth = match &self.email {
            Some(user) => Auth::Basic { user: user.clone(), token },
            None => Auth::Bearer(token),
        };
        Ok(Site { url: self.url.clone(), kind: self.kind, auth })
    }
}

impl Config {
    /// The site that the arguments name, or the only one.
    pub(in crate::cli) fn site(&self, name: Option<&str>) -> Result<&SiteSettings, Failure> {
        let names: Vec<&str> = self.sites.iter().map(|site| site.name.as_str()).collect();
        let refused = |message: String, help: String| {
            Err(Failure::Error(Error::Data(Box::new(Diagnostic::error(codes::SYNC_SITE, message).help(help)))))
        };
        match (name, self.sites.as_slice()) {
            (Some(name), sites) => match sites.iter().find(|site| site.name == name) {
                Some(site) => Ok(site),
                None if names.is_empty() => refused(
                    format!("the configuration has no site `{name}`"),
                    "describe it there in a table [sites.NAME]; `jqlx sync --help` shows one".to_owned(),
                ),
                None => refused(format!("the configuration has no site `{name}`"), format!("it has {}", names.join(", "))),
            },
            (None, [site]) => Ok(site),
            (None, []) => refused(
                "the configuration has no site".to_owned(),
                "describe it there in a table [sites.NAME]; `jqlx sync --help` shows one".to_owned(),
            ),
            (None, _) => refused("the configuration has several sites".to_owned(), format!("name one of {}", names.join(", "))),
        }
    }
}

impl Reader {
    pub(super) fn sites(&mut self, table: &DeTable<'_>) -> Vec<SiteSettings> {
        let mut sites = Vec::new();
        for (name, value) in table {
            match value.get_ref() {
                DeValue::Table(settings) => sites.extend(self.site(name.get_ref(), settings, span(name))),
                _ => self.bad(
                    codes::CONFIG_WRONG_TYPE,
                    span(value),
                    "a site is a table",
                    "write [sites.NAME] and its settings below",
                ),
            }
        }
        sites
    }

    fn site(&mut self, name: &str, table: &DeTable<'_>, place: crate::diagnostic::Span) -> Option<SiteSettings> {
        let known = ["url", "kind", "email", "token_env", "token_file", "store", "concurrency"];
        // Whoever writes a secret into the file is told before it is used.
        for secret in ["token", "password", "api_token", "secret"] {
            if let Some((_, span)) = self.find(table, secret) {
                let help = "put it into a variable and name that with `token_env`, or into a file that only you can read, with \
                            `token_file`";
                self.bad(codes::CONFIG_UNKNOWN_KEY, span, "a secret does not stand in the configuration", help);
                return None;
            }
        }
        self.keys(table, &format!("sites.{name}."), &known);
        let kind = match self.choice(table, "kind", DEPLOYMENTS) {
            Some("datacenter") => Kind::DataCenter,
            _ => Kind::Cloud,
        };
        let url = self.text(table, "url").map(|(text, span)| (site_url(text), span));
        let url = match url {
            Some((Ok(url), _)) => Some(url),
            Some((Err((message, help)), span)) => {
                self.bad(codes::CONFIG_BAD_VALUE, span, message, help);
                None
            }
            None => {
                if self.find(table, "url").is_none() {
                    self.bad(codes::SYNC_SITE, place, format!("the site `{name}` has no `url`"), "it is the site's address");
                }
                None
            }
        };
        let file = self.text(table, "token_file");
        let variable = self.text(table, "token_env").map(|(name, _)| name.to_owned());
        if let (Some((_, span)), Some(_)) = (file, &variable) {
            self.bad(
                codes::CONFIG_BAD_VALUE,
                span,
                "the token is in a file or in a variable, not in both",
                "leave one of them out",
            );
        }
        let token = match file {
            Some((path, _)) => SecretSource::File(path.into()),
            None => SecretSource::Variable(variable.unwrap_or_else(|| TOKEN.to_owned())),
        };
        Some(SiteSettings {
            name: name.to_owned(),
            url: url?,
            kind,
            email: self.text(table, "email").map(|(email, _)| email.to_owned()),
            token,
            store: self.text(table, "store").map(|(store, _)| store.into()),
            concurrency: self.number(table, "concurrency", 64.0).map(|n| (n as usize).max(1)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_read() {
        let text = "[sites.main]\nurl = \"https://example.atlassian.net\"\nemail = \"a@example.org\"\ntoken_file = \"token\"\n\
                    [sites.old]\nurl = \"https://jira.example.org/jira\"\nkind = \"datacenter\"\nconcurrency = 2\n";
        let sites = Config::parse(text).unwrap().sites;
        let [main, old] = sites.as_slice() else { panic!("{sites:?}") };
        assert_eq!((main.kind, main.email.as_deref()), (Kind::Cloud, Some("a@example.org")));
        assert_eq!(main.token, SecretSource::File("token".into()));
        assert_eq!((old.kind, old.url.path(), old.concurrency), (Kind::DataCenter, "/jira", Some(2)));
        assert_eq!(old.token, SecretSource::Variable("JQLX_TOKEN".into()));
    }

    #[test]
    fn what_is_wrong_with_a_site_is_said() {
        for (text, wanted) in [
            ("[sites.a]\nkind = \"cloud\"", "The site `a` has no `url`"),
            ("[sites.a]\nurl = \"example\"", "This is no address of a site"),
            ("[sites.a]\nurl = \"http://example.org\"", "The token would go over the network in the clear"),
            ("[sites.a]\nurl = \"https://me:secret@example.org\"", "The address holds credentials"),
            ("[sites.a]\nurl = \"https://example.org\"\ntoken = \"secret\"", "A secret does not stand in the configuration"),
            ("[sites.a]\nurl = \"https://example.org\"\ntoken_env = \"A\"\ntoken_file = \"b\"", "not in both"),
            ("[sites.a]\nurl = \"https://example.org\"\nemial = \"x\"", "There is no setting `sites.a.emial`"),
            ("sites = 3", "`sites` takes a table"),
            ("[sites]\na = 3", "A site is a table"),
        ] {
            let diagnostics = Config::parse(text).expect_err(text);
            assert!(diagnostics.iter().any(|d| d.message.contains(wanted)), "{text}\n{diagnostics:?}");
            assert!(!diagnostics.iter().any(|d| format!("{d:?}").contains("me:secret")), "{text}");
        }
    }
}
