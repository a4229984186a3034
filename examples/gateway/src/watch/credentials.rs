//! Tokens for Google's APIs: of the machine's own service account, or of one whose key is in a
//! file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, redirect};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::confided;
use crate::fault::Fault;

/// What a token is for.
const SCOPE: &str = "https://www.googleapis.com/auth/logging.read";
/// How long a server may take to give one.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(60);

/// Gives tokens, each as long as it is good.
pub(super) struct Credentials {
    client: Client,
    origin: Origin,
    /// Held while one is fetched, so that all who wait get the same.
    kept: Mutex<Option<Kept>>,
}

/// Where tokens come from.
enum Origin {
    /// From the metadata server of the machine, at this host.
    Metadata(String),
    /// From Google, for the key in this file, which is read again each time: a new key needs no
    /// restart.
    KeyFile(PathBuf),
}

struct Kept {
    bearer: HeaderValue,
    good_until: Instant,
}

impl Credentials {
    /// Those of the account whose key is in this file.
    pub(super) fn of_key_file(path: &Path) -> Result<Self> {
        KeyFile::read(path)?.assertion(0)?;
        // A redirect would take the assertion elsewhere.
        let client = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none());
        Ok(Self::new(client.build()?, Origin::KeyFile(path.to_owned())))
    }

    /// Those of the machine that this runs on; the metadata server is at this host.
    pub(super) fn of_this_machine(host: &str) -> Result<Self> {
        let client = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none());
        // It is reached directly or not at all.
        Ok(Self::new(client.no_proxy().build()?, Origin::Metadata(host.to_owned())))
    }

    fn new(client: Client, origin: Origin) -> Self {
        Self { client, origin, kept: Mutex::new(None) }
    }

    /// The value of `Authorization`.
    pub(super) async fn bearer(&self) -> Result<HeaderValue, Fault> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Instant::now() < kept.good_until) {
            return Ok(kept.bearer.clone());
        }
        let fetched = self.fetch().await?;
        Ok(kept.insert(fetched).bearer.clone())
    }

    /// Fetches a new one the next time: this one was refused before its time.
    pub(super) async fn refused(&self, bearer: &HeaderValue) {
        let mut kept = self.kept.lock().await;
        kept.take_if(|kept| kept.bearer == *bearer);
    }

    async fn fetch(&self) -> Result<Kept, Fault> {
        let asked = Instant::now();
        let (whom, request) = self.request().map_err(Fault::Never)?;
        let response = request.send().await.map_err(|error| Fault::cut(whom, error))?;
        if !response.status().is_success() {
            return Err(Fault::answered(whom, response).await);
        }
        let body = response.bytes().await.map_err(|error| Fault::cut(whom, error))?;
        // The error would show what stands there.
        let Grant { access_token, expires_in } = serde_json::from_slice(&body).map_err(|_| {
            Fault::later(anyhow!("{whom} answered with something that is no token"))
        })?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {access_token}"))
            .map_err(|_| Fault::later(anyhow!("{whom} gave a token that no header can carry")))?;
        bearer.set_sensitive(true);
        let good_for = Duration::from_secs(expires_in);
        let good_for = good_for.saturating_sub(MARGIN.min(good_for / 2));
        Ok(Kept { bearer, good_until: asked + good_for })
    }

    /// The request for a token, and whom it goes to.
    fn request(&self) -> Result<(&'static str, RequestBuilder)> {
        match &self.origin {
            Origin::Metadata(host) => {
                let url = format!(
                    "http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
                );
                let request = self.client.get(url).query(&[("scopes", SCOPE)]);
                Ok(("the metadata server", request.header("metadata-flavor", "Google")))
            }
            Origin::KeyFile(path) => {
                let key = KeyFile::read(path)?;
                let assertion = key.assertion(oasis_axum::now().unix_millis() / 1000)?;
                let body = format!(
                    "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}"
                );
                let form = HeaderValue::from_static("application/x-www-form-urlencoded");
                let request = self.client.post(key.token_uri).header(CONTENT_TYPE, form).body(body);
                Ok(("Google's token server", request))
            }
        }
    }
}

#[derive(Deserialize)]
struct Grant {
    access_token: String,
    /// In seconds.
    expires_in: u64,
}

/// The key of a service account, as Google's console gives it.
#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    of_type: String,
    #[serde(default)]
    client_email: String,
    #[serde(default)]
    private_key: String,
    #[serde(default)]
    private_key_id: String,
    #[serde(default = "google_tokens")]
    token_uri: String,
}

fn google_tokens() -> String {
    "https://oauth2.googleapis.com/token".to_owned()
}

/// What the holder of a key says to get a token (RFC 7523).
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

/// How long an assertion is good for, in seconds; Google takes up to an hour.
const ASSERTION: i64 = 600;

impl KeyFile {
    fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read(path);
        let text = text.with_context(|| format!("cannot read the key file {}", path.display()))?;
        // The error would show a part of the file.
        let key: Self = serde_json::from_slice(&text)
            .map_err(|_| anyhow!("{} is no key file of Google's", path.display()))?;
        if key.of_type != "service_account" {
            bail!(
                "{} is of the type {:?}; a service_account is needed",
                path.display(),
                key.of_type
            );
        }
        confided::check("token_uri", &key.token_uri)?;
        Ok(key)
    }

    fn assertion(&self, now: i64) -> Result<String> {
        let header = Header {
            kid: Some(self.private_key_id.clone()).filter(|id| !id.is_empty()),
            ..Header::new(Algorithm::RS256)
        };
        let (iss, aud) = (&*self.client_email, &*self.token_uri);
        let claims = Claims { iss, scope: SCOPE, aud, iat: now, exp: now + ASSERTION };
        // What is wrong with the key is not said: it would be a part of it.
        EncodingKey::from_rsa_pem(self.private_key.as_bytes())
            .and_then(|key| encode(&header, &claims, &key))
            .map_err(|_| anyhow!("the key file's private_key is no RSA key in PEM"))
    }
}
