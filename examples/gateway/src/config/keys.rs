//! Every setting there is.

/// A setting: how the file and the environment name it.
#[derive(Debug)]
pub(crate) struct Key {
    /// In the file; a dot parts a table from its key.
    pub(crate) name: &'static str,
    /// In the environment; the first that is set counts.
    pub(crate) env: &'static [&'static str],
    pub(crate) default: Option<&'static str>,
    pub(crate) kind: Kind,
    pub(crate) about: &'static str,
}

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    /// Never shown.
    Secret,
    /// A URL whose password is never shown.
    Url,
}

pub(crate) const LISTEN: &str = "listen";
pub(crate) const DATABASE_URL: &str = "database_url";
pub(crate) const DATA_DIR: &str = "data_dir";
pub(crate) const GITHUB_SECRET: &str = "github.webhook_secret";
pub(crate) const GITHUB_SECRET_PREVIOUS: &str = "github.webhook_secret_previous";
pub(crate) const GITHUB_API: &str = "github.api_url";
pub(crate) const GITHUB_TOKEN: &str = "github.token";
pub(crate) const GITHUB_APP: &str = "github.app_id";
pub(crate) const GITHUB_APP_KEY: &str = "github.app_private_key_file";
pub(crate) const RECOVER_HOOKS: &str = "recover.hooks";
pub(crate) const RECOVER_EVERY: &str = "recover.every";
pub(crate) const INGEST_TOKEN: &str = "ingest_token";
pub(crate) const READ_TOKEN: &str = "read_token";
pub(crate) const ADMIN_TOKEN: &str = "admin_token";
pub(crate) const VTID_SCHEMES: &str = "vtid_schemes";
pub(crate) const PUBLIC_READ: &str = "public_read";
pub(crate) const GCP_AUDIENCE: &str = "gcp.audience";
pub(crate) const GCP_SERVICE_ACCOUNT: &str = "gcp.service_account";
pub(crate) const GCP_KEYS_URL: &str = "gcp.keys_url";
pub(crate) const FEED_CLIENTS: &str = "feed.clients";
pub(crate) const FEED_AGE: &str = "feed.age";
pub(crate) const EXPECTED_SOURCES: &str = "expected_sources";
pub(crate) const SPOOL_DIR: &str = "spool.dir";
pub(crate) const SPOOL_MAX_BYTES: &str = "spool.max_bytes";
pub(crate) const SPOOL_ALLOW_EPHEMERAL: &str = "spool.allow_ephemeral";
pub(crate) const RETENTION: &str = "retention";
pub(crate) const WATCH_PROJECT: &str = "watch.gcp.project";
pub(crate) const WATCH_CREDENTIALS: &str = "watch.gcp.credentials";
pub(crate) const WATCH_INTERVAL: &str = "watch.gcp.interval";
pub(crate) const WATCH_OVERLAP: &str = "watch.gcp.overlap";
pub(crate) const WATCH_LOOKBACK: &str = "watch.gcp.lookback";
pub(crate) const WATCH_ENDPOINT: &str = "watch.gcp.endpoint";
pub(crate) const WATCH_METADATA_HOST: &str = "watch.gcp.metadata_host";
pub(crate) const CORS_ORIGINS: &str = "cors_origins";
pub(crate) const RATE_LIMIT: &str = "rate_limit";
pub(crate) const TRUSTED_PROXIES: &str = "trusted_proxies";

/// What settings were called before, in the file; their environment's older names are with them.
pub(crate) const RENAMED: &[(&str, &str)] = &[("feed.seconds", FEED_AGE)];

/// All of them, in the order in which they are shown.
pub(crate) const KEYS: &[Key] = &[
    Key {
        name: LISTEN,
        env: &["OASIS_LISTEN", "PORT"],
        default: Some("127.0.0.1:8080"),
        kind: Kind::Plain,
        about: "address and port; a port alone is one on all addresses, as Cloud Run sets PORT",
    },
    Key {
        name: DATABASE_URL,
        env: &["DATABASE_URL", "SUPABASE_DB_URL"],
        default: None,
        kind: Kind::Url,
        about: "the database, sqlite:PATH or postgres://…; without it oasis.db in the data directory",
    },
    Key {
        name: DATA_DIR,
        env: &["OASIS_DATA_DIR"],
        default: Some("./oasis-data"),
        kind: Kind::Plain,
        about: "where the embedded database and the generated secret live",
    },
    Key {
        name: GITHUB_SECRET,
        env: &["GITHUB_WEBHOOK_SECRET"],
        default: None,
        kind: Kind::Secret,
        about: "the secret of GitHub's webhooks; on loopback one is made",
    },
    Key {
        name: GITHUB_SECRET_PREVIOUS,
        env: &["GITHUB_WEBHOOK_SECRET_PREVIOUS"],
        default: None,
        kind: Kind::Secret,
        about: "verifies too, while the secret is rotated",
    },
    Key {
        name: GITHUB_API,
        env: &["GITHUB_API_URL"],
        default: Some("https://api.github.com"),
        kind: Kind::Plain,
        about: "where recover asks GitHub; of a server of your own https://HOST/api/v3",
    },
    Key {
        name: GITHUB_TOKEN,
        env: &["GITHUB_TOKEN"],
        default: None,
        kind: Kind::Secret,
        about: "recover asks with it; it must be allowed to read (and, to redeliver, write) webhooks",
    },
    Key {
        name: GITHUB_APP,
        env: &["GITHUB_APP_ID"],
        default: None,
        kind: Kind::Plain,
        about: "the id of the GitHub App whose hook recover asks about",
    },
    Key {
        name: GITHUB_APP_KEY,
        env: &["GITHUB_APP_PRIVATE_KEY_FILE"],
        default: None,
        kind: Kind::Plain,
        about: "the file with that app's private key (PEM)",
    },
    Key {
        name: RECOVER_HOOKS,
        env: &["OASIS_RECOVER_HOOKS"],
        default: None,
        kind: Kind::Plain,
        about: "webhooks whose deliveries serve compares with GitHub's list and fetches, such as acme/shop, acme#42, app",
    },
    Key {
        name: RECOVER_EVERY,
        env: &["OASIS_RECOVER_EVERY"],
        default: Some("6h"),
        kind: Kind::Plain,
        about: "how often it does that; GitHub forgets after three days",
    },
    Key {
        name: GCP_AUDIENCE,
        env: &["OASIS_PUBSUB_AUDIENCE"],
        default: None,
        kind: Kind::Plain,
        about: "the audience of the tokens that Google pushes with; with it /webhooks/gcp is served",
    },
    Key {
        name: GCP_SERVICE_ACCOUNT,
        env: &["OASIS_PUBSUB_SERVICE_ACCOUNT"],
        default: None,
        kind: Kind::Plain,
        about: "the e-mail address of the service account that Google pushes as",
    },
    Key {
        name: GCP_KEYS_URL,
        env: &["OASIS_GOOGLE_KEYS_URL"],
        default: None,
        kind: Kind::Plain,
        about: "where the keys of those tokens are, if not at Google; who answers there can sign",
    },
    Key {
        name: SPOOL_DIR,
        env: &["OASIS_SPOOL_DIR"],
        default: None,
        kind: Kind::Plain,
        about: "where verified deliveries wait, durably, while the ledger is away; without it they get 503",
    },
    Key {
        name: SPOOL_MAX_BYTES,
        env: &["OASIS_SPOOL_MAX_BYTES"],
        default: Some("1073741824"),
        kind: Kind::Plain,
        about: "how many bytes may wait there; beyond it deliveries get 503",
    },
    Key {
        name: SPOOL_ALLOW_EPHEMERAL,
        env: &["OASIS_SPOOL_ALLOW_EPHEMERAL"],
        default: Some("false"),
        kind: Kind::Plain,
        about: "the spool may be where what waits is lost with the machine or the container",
    },
    Key {
        name: RETENTION,
        env: &["OASIS_RETENTION"],
        default: None,
        kind: Kind::Plain,
        about: "events that were recorded longer ago are removed, such as 90d; without it all stay",
    },
    Key {
        name: WATCH_PROJECT,
        env: &["OASIS_WATCH_GCP_PROJECT"],
        default: None,
        kind: Kind::Plain,
        about: "projects whose deployments to Cloud Run are looked for in their logs, separated by commas",
    },
    Key {
        name: WATCH_CREDENTIALS,
        env: &["OASIS_WATCH_GCP_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"],
        default: None,
        kind: Kind::Plain,
        about: "the key file of the service account that reads them; without it the machine's own account",
    },
    Key {
        name: WATCH_INTERVAL,
        env: &["OASIS_WATCH_GCP_INTERVAL"],
        default: Some("30s"),
        kind: Kind::Plain,
        about: "how often is looked",
    },
    Key {
        name: WATCH_OVERLAP,
        env: &["OASIS_WATCH_GCP_OVERLAP"],
        default: Some("10m"),
        kind: Kind::Plain,
        about: "how late a log entry may appear and still be found",
    },
    Key {
        name: WATCH_LOOKBACK,
        env: &["OASIS_WATCH_GCP_LOOKBACK"],
        default: Some("24h"),
        kind: Kind::Plain,
        about: "how far back the very first look at a project goes",
    },
    Key {
        name: WATCH_ENDPOINT,
        env: &["OASIS_WATCH_GCP_ENDPOINT"],
        default: Some("https://logging.googleapis.com"),
        kind: Kind::Plain,
        about: "where Cloud Logging is",
    },
    Key {
        name: WATCH_METADATA_HOST,
        env: &["GCE_METADATA_HOST"],
        default: Some("metadata.google.internal"),
        kind: Kind::Plain,
        about: "where the machine's metadata server is",
    },
    Key {
        name: INGEST_TOKEN,
        env: &["OASIS_INGEST_TOKEN"],
        default: None,
        kind: Kind::Secret,
        about: "tokens that let their holders bring events, separated by commas; on loopback one is made",
    },
    Key {
        name: READ_TOKEN,
        env: &["OASIS_READ_TOKEN"],
        default: None,
        kind: Kind::Secret,
        about: "tokens that let their holders read, separated by commas",
    },
    Key {
        name: ADMIN_TOKEN,
        env: &["OASIS_ADMIN_TOKEN"],
        default: None,
        kind: Kind::Secret,
        about: "tokens that let their holders see /metrics, and read; without one read tokens do",
    },
    Key {
        name: PUBLIC_READ,
        env: &["OASIS_PUBLIC_READ"],
        default: Some("false"),
        kind: Kind::Plain,
        about: "everybody may read, also where the address is not loopback",
    },
    Key {
        name: VTID_SCHEMES,
        env: &["OASIS_VTID_SCHEMES"],
        default: Some("canonical, numbered(VTID)"),
        kind: Kind::Plain,
        about: "how task ids are spelled, the first scheme that finds one counts",
    },
    Key {
        name: FEED_CLIENTS,
        env: &["OASIS_FEED_CLIENTS"],
        default: Some("5000"),
        kind: Kind::Plain,
        about: "how many feeds are open at most",
    },
    Key {
        name: FEED_AGE,
        env: &["OASIS_FEED_AGE", "OASIS_FEED_SECONDS"],
        default: Some("30m"),
        kind: Kind::Plain,
        about: "how long a feed stays open at most; its client comes back and misses nothing",
    },
    Key {
        name: EXPECTED_SOURCES,
        env: &["OASIS_EXPECTED_SOURCES"],
        default: None,
        kind: Kind::Plain,
        about: "sources that make /readyz red when they are silent for longer, such as github.actions=24h",
    },
    Key {
        name: CORS_ORIGINS,
        env: &["OASIS_CORS_ORIGINS"],
        default: None,
        kind: Kind::Plain,
        about: "origins whose pages may read, exactly as a browser sends them, separated by commas",
    },
    Key {
        name: RATE_LIMIT,
        env: &["OASIS_RATE_LIMIT"],
        default: Some("50/100"),
        kind: Kind::Plain,
        about: "requests per second for each reader, and how many at once; off for no limit",
    },
    Key {
        name: TRUSTED_PROXIES,
        env: &["OASIS_TRUSTED_PROXIES"],
        default: None,
        kind: Kind::Plain,
        about: "networks whose X-Forwarded-For is believed, as CIDRs separated by commas",
    },
];
