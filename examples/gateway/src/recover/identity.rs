//! As whom GitHub is asked.

use std::fmt;

use anyhow::{Context, Result, anyhow, bail};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::header::HeaderValue;
use serde::Serialize;

use super::hook::Hook;
use crate::config::{Config, GITHUB_APP, GITHUB_APP_KEY, GITHUB_TOKEN};

/// A token, or an app that makes one for each request.
pub(super) enum Identity {
    Token(HeaderValue),
    App { id: String, key: EncodingKey },
}

/// How long an app's token is good for, in seconds; GitHub takes up to ten minutes.
const LIFE: i64 = 300;
/// How far GitHub's clock may be behind, in seconds.
const SKEW: i64 = 60;

/// What an app says to be believed.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
}

impl Identity {
    /// What is configured for this kind of hook.
    pub(super) fn configured(config: &Config, hook: &Hook) -> Result<Self> {
        match hook {
            Hook::Repository { .. } | Hook::Organisation { .. } => {
                let Some(token) = config.get(GITHUB_TOKEN) else {
                    bail!(
                        "GITHUB_TOKEN is not set: make a token that may read the webhooks of {hook} \
                         (fine-grained: \"Webhooks\"; classic: admin:repo_hook or admin:org_hook)"
                    );
                };
                Ok(Self::Token(bearer(token.trim())?))
            }
            Hook::App => {
                let (Some(id), Some(file)) = (config.get(GITHUB_APP), config.get(GITHUB_APP_KEY))
                else {
                    bail!(
                        "GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE are needed: GitHub tells an \
                         app's deliveries to the app alone"
                    );
                };
                let pem = std::fs::read(file).with_context(|| format!("cannot read {file}"))?;
                // What is wrong with the key is not said: it would be a part of it.
                let key = EncodingKey::from_rsa_pem(&pem)
                    .map_err(|_| anyhow!("{file} holds no RSA key in PEM"))?;
                Ok(Self::App { id: id.trim().to_owned(), key })
            }
        }
    }

    /// The value of `Authorization`.
    pub(super) fn authorization(&self) -> Result<HeaderValue> {
        match self {
            Self::Token(bearer) => Ok(bearer.clone()),
            Self::App { id, key } => {
                let now = oasis_axum::now().unix_millis() / 1000;
                let claims = Claims { iss: id, iat: now - SKEW, exp: now + LIFE };
                let token = encode(&Header::new(Algorithm::RS256), &claims, key);
                bearer(&token.map_err(|_| anyhow!("the app's key can't sign"))?)
            }
        }
    }
}

fn bearer(token: &str) -> Result<HeaderValue> {
    let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
    let mut bearer =
        bearer.map_err(|_| anyhow!("{GITHUB_TOKEN} is no token: no header can carry it"))?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(***)")
    }
}
