//! Who asks, and the secret that proves it. A secret is never shown: not in a message, not in a debug print.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use reqwest::RequestBuilder;

use crate::diagnostic::{Diagnostic, codes};

/// A text that nobody sees.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// A variable of the environment.
    Variable(String),
    /// A file that only its owner can read.
    File(PathBuf),
}

impl SecretSource {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// `jqlx::rest::no_secret`: there is none, others can read it, or it cannot be one.
    pub fn read(&self) -> Result<Secret, Diagnostic> {
        let refused = |message: String, help: &str| {
            let help = Some(help.to_owned()).filter(|help| !help.is_empty());
            Err(Diagnostic::error(codes::REST_NO_SECRET, message).maybe_help(help))
        };
        let (text, place) = match self {
            Self::Variable(name) => match std::env::var(name) {
                Ok(text) => (text, format!("the variable {name}")),
                Err(std::env::VarError::NotPresent) => {
                    return refused(format!("the variable {name} has no token"), "set it, or name a file with `token_file`");
                }
                Err(std::env::VarError::NotUnicode(_)) => return refused(format!("the variable {name} is no text"), ""),
            },
            Self::File(path) => {
                let place = format!("the file {}", path.display());
                if let Some(reason) = open_to_others(path) {
                    return refused(format!("{place} is not taken: {reason}"), "`chmod 600` makes it yours alone");
                }
                match fs::read_to_string(path) {
                    Ok(text) => (text, place),
                    Err(error) => return refused(format!("{place} cannot be read: {error}"), ""),
                }
            }
        };
        let text = text.trim();
        if text.is_empty() {
            return refused(format!("{place} is empty"), "it holds the token and nothing else");
        }
        if !text.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) {
            return refused(
                format!("{place} holds something else than a token"),
                "a token is one word of letters, digits and signs",
            );
        }
        Ok(Secret(text.to_owned()))
    }
}

/// Why a file is no place for a secret.
#[cfg(unix)]
fn open_to_others(path: &std::path::Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| format!("others can read or write it (its mode is {mode:o})"))
}

/// Elsewhere the folder that it is in decides.
#[cfg(not(unix))]
fn open_to_others(_path: &std::path::Path) -> Option<String> {
    None
}

/// How a request says who asks.
#[derive(Clone, Debug)]
pub enum Auth {
    /// Name and token, as Jira Cloud takes them.
    Basic {
        /// The e-mail address of the account.
        user: String,
        /// Its API token.
        token: Secret,
    },
    /// A token alone: OAuth, or a personal access token of Data Center.
    Bearer(Secret),
}

impl Auth {
    /// Adds it to a request, marked so that it is not shown.
    pub(super) fn on(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Basic { user, token } => request.basic_auth(user, Some(&token.0)),
            Self::Bearer(token) => request.bearer_auth(&token.0),
        }
    }

    /// A text of the server's, which may have repeated the secret.
    pub(super) fn without_secret(&self, text: &str) -> String {
        let (Self::Basic { token, .. } | Self::Bearer(token)) = self;
        text.replace(&token.0, "[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let auth = Auth::Basic { user: "a@example.org".into(), token: Secret("s3cr3t".into()) };
        assert!(!format!("{auth:?} {:?}", Auth::Bearer(Secret("s3cr3t".into()))).contains("s3cr3t"));
        assert_eq!(auth.without_secret("no such token: s3cr3t"), "no such token: [secret]");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let source = SecretSource::File(path.clone());
        assert!(source.read().unwrap_err().message.contains("cannot be read"));
        fs::write(&path, "s3cr3t\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = source.read().unwrap_err();
        assert!(refused.message.contains("its mode is 640") && !format!("{refused:?}").contains("s3cr3t"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(source.read().unwrap(), Secret("s3cr3t".into()));
        fs::write(&path, "two words").unwrap();
        assert!(!source.read().unwrap_err().message.contains("two words"));
        fs::write(&path, "\n").unwrap();
        assert!(source.read().unwrap_err().message.contains("is empty"));
    }
}
