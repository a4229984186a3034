//! What the project aims at.

/// An aim, as one row of the table.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) name: &'static str,
    /// Its figure's key.
    pub(super) key: &'static str,
    pub(super) what: &'static str,
    pub(super) bound: Bound,
    pub(super) unit: &'static str,
    /// What measures it.
    pub(super) part: &'static str,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Bound {
    pub(super) fn holds(self, seen: f64) -> bool {
        match self {
            Self::AtMost(most) => seen <= most,
            Self::AtLeast(least) => seen >= least,
        }
    }
}

const fn most(
    name: &'static str,
    key: &'static str,
    what: &'static str,
    bound: f64,
    unit: &'static str,
    part: &'static str,
) -> Target {
    Target { name, key, what, bound: Bound::AtMost(bound), unit, part }
}

const fn least(
    name: &'static str,
    key: &'static str,
    what: &'static str,
    bound: f64,
    unit: &'static str,
    part: &'static str,
) -> Target {
    Target { name, key, what, bound: Bound::AtLeast(bound), unit, part }
}

/// A key without a figure is told as not measured.
#[rustfmt::skip]
pub(super) const TARGETS: &[Target] = &[
    most("T1", "T1", "verify + normalise beside HMAC-SHA-256 of the same bytes", 1.5, "×", "core"),
    least("T2", "T2.octokit", "as fast as @octokit/webhooks", 2.0, "×", "peers"),
    least("T2", "T2.gidgethub", "as fast as gidgethub", 3.0, "×", "peers"),
    least("T2", "T2.octocrab", "as fast as octocrab", 5.0, "×", "peers"),
    least("T2", "T2.go-github", "as fast as go-github", 10.0, "×", "peers"),
    most("T3", "T3.time", "a signed body of 25 MiB, whatever is in it", 250.0, "ms", "heavy"),
    most("T3", "T3.memory", "its memory beside its size", 3.0, "×", "heavy"),
    least("T4", "T4.express", "durable deliveries, 64 connections, Postgres, beside Express", 8.0, "×", "ingest"),
    least("T4", "T4.express-p50", "the median of Express beside the gateway's", 6.0, "×", "ingest"),
    least("T4", "T4.pgbench", "the same beside pgbench's single rows, without HTTP", 1.0, "×", "ingest"),
    least("T4", "T4.collector", "the same beside what cdviz-collector stores", 10.0, "×", "collector"),
    least("T5", "T5", "durable deliveries, SQLite, beside its own single rows", 5.0, "×", "ingest"),
    most("T6", "T6", "a lone delivery beside pgbench's single INSERT", 1.6, "×", "ingest"),
    most("T7", "T7", "the gateway's CPU for a delivery beside a bare axum handler's", 2.5, "×", "ingest"),
    least("T8", "T8", "deliveries into 5,000,000 rows beside few", 0.9, "×", "large"),
    most("T9", "T9.p50", "from one gateway's answer to another's feed, p50", 20.0, "ms", "replicas"),
    most("T9", "T9.p99", "the same, p99", 250.0, "ms", "replicas"),
    most("T9", "T9.deaf", "the same with every notification lost, p99", 1200.0, "ms", "replicas"),
    least("T10", "T10.delivered", "the share of 5,000 clients × 100/s that one core brings in time", 0.95, "", "fanout"),
    most("T10", "T10.p99", "the same, p99", 150.0, "ms", "fanout"),
    least("T10", "T10.nchan", "the same beside nginx with nchan", 4.5, "×", "fanout"),
    most("T10", "T10.few-p99", "1,000 clients × 100/s, p99", 10.0, "ms", "fanout"),
    most("T10", "T10.client", "an idle client", 18.0, "KiB", "fanout"),
    most("T11", "T11.page", "page 10,000 beside page 1, in 5,000,000 rows", 1.1, "×", "large"),
    most("T11", "T11.task", "a task's newest 200 beside the newest 200", 2.2, "×", "large"),
    most("T12", "T12.sqlite", "from the start to the first durable answer, SQLite", 15.0, "ms", "start"),
    most("T12", "T12.postgres", "the same, Postgres", 15.0, "ms", "start"),
    most("T12", "T12.memory", "memory at 64 connections, Postgres", 15.0, "MiB", "ingest"),
    most("T12", "T12.memory-sqlite", "the same, SQLite", 15.0, "MiB", "ingest"),
    most("T13", "T13", "Python: verify + normalise beside `hmac.digest`", 1.6, "×", "python"),
    least("T13", "T13.gidgethub", "as fast as gidgethub, from Python", 3.0, "×", "python"),
    least("T13", "T13.threads", "threads beside one, bodies over 64 KB", 1.7, "×", "python"),
    most("T14", "T14", "the gateway's program", 15.0, "MB", "size"),
];
