//! Settings: the default, then the file, then the environment, then a flag; what comes later counts.

mod keys;
mod span;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};
use toml::{Table, Value};

pub(crate) use keys::{
    ADMIN_TOKEN, CORS_ORIGINS, DATA_DIR, DATABASE_URL, EXPECTED_SOURCES, FEED_AGE, FEED_CLIENTS,
    GCP_AUDIENCE, GCP_KEYS_URL, GCP_SERVICE_ACCOUNT, GITHUB_API, GITHUB_APP, GITHUB_APP_KEY,
    GITHUB_SECRET, GITHUB_SECRET_PREVIOUS, GITHUB_TOKEN, INGEST_TOKEN, LISTEN, PUBLIC_READ,
    RATE_LIMIT, READ_TOKEN, RECOVER_EVERY, RECOVER_HOOKS, RETENTION, SPOOL_ALLOW_EPHEMERAL,
    SPOOL_DIR, SPOOL_MAX_BYTES, TRUSTED_PROXIES, VTID_SCHEMES, WATCH_CREDENTIALS, WATCH_ENDPOINT,
    WATCH_INTERVAL, WATCH_LOOKBACK, WATCH_METADATA_HOST, WATCH_OVERLAP, WATCH_PROJECT,
};
use keys::{KEYS, Key, Kind, RENAMED};
pub(crate) use span::Span;

/// What each setting is, and where that comes from.
#[derive(Debug)]
pub(crate) struct Config {
    settings: BTreeMap<&'static str, Setting>,
}

#[derive(Clone)]
struct Setting {
    value: String,
    origin: Origin,
}

/// Never with the value: it may be a secret.
impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from {}", self.origin)
    }
}

#[derive(Debug, Clone)]
enum Origin {
    Default,
    File(PathBuf),
    Env(&'static str),
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Env(name) => f.write_str(name),
            Self::Flag => f.write_str("flag"),
        }
    }
}

impl Config {
    /// Reads the process's environment and this file.
    pub(crate) fn load(file: Option<&Path>, flags: Vec<(&'static str, String)>) -> Result<Self> {
        let text = match file {
            None => None,
            Some(path) => Some((
                path,
                std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the configuration {}", path.display()))?,
            )),
        };
        let env = |name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => bail!("{name} is not valid UTF-8"),
        };
        Self::layered(text.as_ref().map(|(path, text)| (*path, text.as_str())), env, flags)
    }

    fn layered(
        file: Option<(&Path, &str)>,
        env: impl Fn(&'static str) -> Result<Option<String>>,
        flags: Vec<(&'static str, String)>,
    ) -> Result<Self> {
        let mut settings = BTreeMap::new();
        for key in KEYS {
            if let Some(default) = key.default {
                let value = default.to_owned();
                settings.insert(key.name, Setting { value, origin: Origin::Default });
            }
        }
        if let Some((path, text)) = file {
            for (name, value) in read_file(path, text)? {
                let origin = Origin::File(path.to_owned());
                settings.insert(name, Setting { value, origin });
            }
        }
        for key in KEYS {
            for name in key.env {
                if let Some(value) = env(name)? {
                    settings.insert(key.name, Setting { value, origin: Origin::Env(name) });
                    break;
                }
            }
        }
        for (name, value) in flags {
            settings.insert(name, Setting { value, origin: Origin::Flag });
        }
        Ok(Self { settings })
    }

    /// A setting as it was written.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(|setting| setting.value.as_str())
    }

    /// A setting that is read; the error names it and where it comes from, not its value.
    pub(crate) fn parse<T: FromStr<Err: fmt::Display>>(&self, name: &str) -> Result<Option<T>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.trim().parse().map(Some).map_err(|error: T::Err| self.invalid(name, &error))
    }

    /// The parts of a setting that commas part.
    pub(crate) fn list<T: FromStr<Err: fmt::Display>>(&self, name: &str) -> Result<Vec<T>> {
        let parts = self.get(name).unwrap_or_default().split(',').map(str::trim);
        let parsed = parts.filter(|part| !part.is_empty()).map(str::parse);
        parsed.collect::<Result<_, _>>().map_err(|error: T::Err| self.invalid(name, &error))
    }

    /// The settings beside secrets and tokens that are otherwise in the other one.
    pub(crate) fn otherwise_in(&self, other: &Self) -> impl Iterator<Item = &'static str> {
        let shown = KEYS.iter().filter(|key| key.kind != Kind::Secret).map(|key| key.name);
        shown.filter(|name| self.get(name) != other.get(name))
    }

    /// Where the embedded database and the generated secret live.
    pub(crate) fn data_dir(&self) -> &Path {
        Path::new(self.get(DATA_DIR).unwrap_or("."))
    }

    /// The address to listen on: a whole one, or a port on all addresses.
    pub(crate) fn address(&self) -> Result<SocketAddr> {
        let text = self.get(LISTEN).unwrap_or_default().trim();
        let anywhere = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
        let port = text.parse::<u16>().map(anywhere);
        port.or_else(|_| text.parse())
            .map_err(|_| self.invalid(LISTEN, &"no address such as 127.0.0.1:8080, and no port"))
    }

    /// What is wrong with a setting.
    pub(crate) fn invalid(&self, name: &str, error: &dyn fmt::Display) -> anyhow::Error {
        let origin = self.settings.get(name).map(|setting| setting.origin.to_string());
        anyhow!("{name} (from {}): {error}", origin.unwrap_or_default())
    }
}

/// As a configuration file, with where each value comes from; a secret is `***`.
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for key in KEYS {
            writeln!(f, "# {}", key.about)?;
            match self.settings.get(key.name) {
                None => writeln!(f, "# {} is not set ({})", key.name, key.env.join(" or "))?,
                Some(setting) => {
                    let shown = Value::String(shown(key.kind, &setting.value));
                    writeln!(f, "{} = {shown} # {}", key.name, setting.origin)?;
                }
            }
        }
        Ok(())
    }
}

fn shown(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Plain => value.to_owned(),
        Kind::Secret => "***".to_owned(),
        Kind::Url => match (value.find("://"), value.rfind('@')) {
            (Some(scheme), Some(at)) if scheme + 3 <= at => {
                let (start, rest) = value.split_at(scheme + 3);
                let host = rest.get(at - start.len()..).unwrap_or_default();
                format!("{start}***{host}")
            }
            _ => value.to_owned(),
        },
    }
}

/// The settings of a file; one that nobody knows is an error.
fn read_file(path: &Path, text: &str) -> Result<Vec<(&'static str, String)>> {
    let table: Table = text.parse().map_err(|error| not_toml(path, text, &error))?;
    let mut found = Vec::new();
    flatten("", &table, &mut |name, value| {
        let name = RENAMED.iter().find(|(older, _)| *older == name).map_or(name, |(_, name)| name);
        let Some(Key { name, .. }) = KEYS.iter().find(|key| key.name == name) else {
            bail!("{}: there is no setting {name}; see `config --print`", path.display());
        };
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Integer(_) | Value::Boolean(_) => value.to_string(),
            Value::Array(items) => {
                let text = |item: &Value| item.as_str().map(str::to_owned);
                let items = items.iter().map(text).collect::<Option<Vec<_>>>();
                let form = || format!("{}: {name} is not a list of texts", path.display());
                items.with_context(form)?.join(",")
            }
            Value::Float(_) | Value::Datetime(_) | Value::Table(_) => {
                bail!("{}: {name} is neither text, number, truth value nor list", path.display())
            }
        };
        found.push((*name, value));
        Ok(())
    })?;
    Ok(found)
}

/// Where a file is no TOML. What stands there is not shown, as the error itself would: it may be a
/// secret.
fn not_toml(path: &Path, text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map(|before| format!(", line {}", before.matches('\n').count() + 1));
    let said = match error.message() {
        // What a reader of values says has the value in it.
        said if said.contains("invalid value") || said.contains("invalid type") => {
            "a value that no setting has"
        }
        said => said,
    };
    anyhow!("{}{}: not valid TOML: {said}", path.display(), line.unwrap_or_default())
}

fn flatten(
    prefix: &str,
    table: &Table,
    each: &mut dyn FnMut(&str, &Value) -> Result<()>,
) -> Result<()> {
    for (name, value) in table {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Table(inner) => flatten(&name, inner, each)?,
            value => each(&name, value)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layered(
        file: &str,
        env: &[(&str, &str)],
        flags: Vec<(&'static str, String)>,
    ) -> Result<Config> {
        let env = |name: &str| {
            let set = env.iter().find(|(known, _)| *known == name);
            Ok(set.map(|(_, value)| (*value).to_owned()))
        };
        Config::layered(Some((Path::new("oasis.toml"), file)), env, flags)
    }

    #[test]
    fn what_comes_later_counts_and_says_where_it_comes_from() {
        let file = "listen = 'from-file'\ndata_dir = 'dir'\npublic_read = true\n\
                    feed.seconds = 600\ncors_origins = ['https://a', 'https://b']\n[github]\nwebhook_secret = 'hidden'\n";
        let env =
            [("PORT", "1"), ("OASIS_LISTEN", "2"), ("DATABASE_URL", "postgres://u:pw@h/d?x=@")];
        let config = layered(file, &env, vec![(DATA_DIR, "flagged".to_owned())]).unwrap();
        assert_eq!(config.get(LISTEN), Some("2"));
        assert_eq!(config.get(DATA_DIR), Some("flagged"));
        assert_eq!(config.parse::<bool>(PUBLIC_READ).unwrap(), Some(true));
        assert_eq!(config.list::<String>(CORS_ORIGINS).unwrap(), ["https://a", "https://b"]);

        assert_eq!(config.get(FEED_AGE), Some("600"), "by its older name");

        let text = config.to_string();
        for line in [
            "listen = \"2\" # OASIS_LISTEN",
            "data_dir = \"flagged\" # flag",
            "public_read = \"true\" # oasis.toml",
            "rate_limit = \"50/100\" # default",
            "github.webhook_secret = \"***\" # oasis.toml",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("hidden") && !text.contains("pw"), "{text}");
        assert!(!format!("{config:?}").contains("hidden"));
        // What is printed can be read again.
        assert!(layered(&text, &[], vec![]).is_ok());
    }

    #[test]
    fn a_broken_file_is_told_by_its_line_and_never_by_what_stands_there() {
        for (file, line) in [
            ("listen = '1'\nread_token = 'canary\n", 2),
            ("listen = '1'\n\nread_token = canary\n", 3),
            ("read_token = 'x' canary", 1),
            ("[github]\nwebhook_secret canary", 2),
            ("[github]\nwebhook_secret = \"\\canary\"", 2),
            ("[github]\nwebhook_secret = \'\'\'canary", 2),
            ("[github\nwebhook_secret = 'canary'", 1),
            ("read_token = { canary", 1),
            ("read_token = ['canary', canary]", 1),
            ("read_token = 'a'\nread_token = 'canary'", 2),
            ("read_token = 'canary'\n[read_token]", 2),
            ("read_token = 123456canary", 1),
        ] {
            let error = format!("{:?}", layered(file, &[], vec![]).unwrap_err());
            assert!(!error.contains("canary"), "{error}");
            assert!(error.contains(&format!("oasis.toml, line {line}: ")), "{file:?}: {error}");
        }
        // Numbers that are too large, and what is of no type that a setting has.
        for file in [
            "read_token = 98765432109876543210",
            "read_token = 9876543210987654321098765432109876543210",
            "read_token = -98765432109876543210",
            "read_token = 9876543210.5",
            "read_token = 9876-54-32",
            "read_token = [9876543210]",
            "read_token = ['a', 9876543210.5]",
        ] {
            let error = format!("{:?}", layered(file, &[], vec![]).unwrap_err());
            assert!(!error.contains("9876") && error.contains("oasis.toml"), "{file}: {error}");
        }
    }

    #[test]
    fn what_is_not_known_or_not_readable_is_named() {
        for (file, named) in [
            ("colour = 'red'", "colour"),
            ("[github]\nsecret = 'x'", "github.secret"),
            ("listen = 1.5", "listen"),
            ("listen = [1]", "listen"),
            ("listen", "TOML"),
        ] {
            let error = format!("{:#}", layered(file, &[], vec![]).unwrap_err());
            assert!(error.contains(named), "{error}");
        }
        let config = layered("public_read = 'maybe'", &[], vec![]).unwrap();
        let error = config.parse::<bool>(PUBLIC_READ).unwrap_err().to_string();
        assert!(error.contains("public_read (from oasis.toml)"), "{error}");
    }
}
