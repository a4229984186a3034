//! What the core's values look like in JSON; the routes' own answers describe themselves.

use serde::Serialize;
use utoipa::ToSchema;

/// An event of the ledger.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a description: the core's own type is what is sent")]
pub(crate) struct Event {
    #[schema(format = "uuid")]
    id: String,
    /// Its place in the ledger: dense, in the order of commit.
    #[schema(minimum = 1)]
    position: u64,
    /// When it happened at its source.
    #[schema(format = DateTime)]
    ts: String,
    #[schema(format = DateTime)]
    recorded_at: String,
    /// The task's id, or `UNSET`.
    vtid: String,
    layer: String,
    module: String,
    source: String,
    kind: String,
    #[schema(inline)]
    status: Status,
    #[schema(pattern = "^[A-Z]+(-[A-Z]+)+$")]
    title: String,
    #[schema(required = true)]
    r#ref: Option<String>,
    /// An http or https URL.
    #[schema(required = true)]
    link: Option<String>,
    #[schema(value_type = Object)]
    meta: (),
    #[schema(required = true)]
    delivery_id: Option<String>,
}

/// How a thing stands; the list is complete.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "a description: the core's own type is what is sent")]
pub(crate) enum Status {
    Queued,
    InProgress,
    Success,
    Failure,
    Cancelled,
    Info,
    Warning,
    Error,
}

/// Whether an agent is there, by its own interval.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "a description: the core's own type is what is sent")]
pub(crate) enum AgentState {
    Online,
    Late,
    Offline,
}

/// An event that a client brings: the ledger's own shape. What else stands in it becomes `meta`; the
/// older shape `{service, event, tenant, status, notes, git_sha, rid, metadata}` is taken too.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a description: the core reads the bytes")]
pub(crate) struct NewEvent {
    #[schema(pattern = "^[!-~]{1,128}$")]
    kind: String,
    #[schema(required = false, pattern = "^([a-z0-9_-]{1,30}(\\.[a-z0-9_-]{1,30}){0,3})?$")]
    source: Option<String>,
    #[schema(required = false, pattern = "^([A-Z]{2,8}-[A-Z]{2,8}-[0-9]{4,6}|UNSET)?$")]
    vtid: Option<String>,
    #[schema(required = false, inline)]
    status: Option<Status>,
    #[schema(required = false, pattern = "^[A-Z]{0,16}$")]
    layer: Option<String>,
    #[schema(required = false, pattern = "^[!-~]{0,128}$")]
    module: Option<String>,
    #[schema(required = false, pattern = "^([A-Z]{1,20}(-[A-Z]{1,20}){2})?$")]
    title: Option<String>,
    #[schema(
        required = false,
        format = DateTime,
        pattern = "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\\.[0-9]{1,9})?(Z|[+-][01][0-9]:[0-5][0-9])$"
    )]
    ts: Option<String>,
    #[schema(required = false, pattern = "^[!-~]{0,512}$")]
    delivery_id: Option<String>,
}

/// The sign of life of an agent; what else stands in it becomes `meta`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a description: the core reads the bytes")]
pub(crate) struct NewHeartbeat {
    #[schema(pattern = "^[!-~]{1,128}$")]
    agent: String,
    #[schema(pattern = "^[!-~]{1,128}$")]
    role: String,
    #[schema(required = false, pattern = "^([A-Z]{2,8}-[A-Z]{2,8}-[0-9]{4,6}|UNSET)?$")]
    vtid: Option<String>,
    /// `offline` says that it is the last one.
    #[schema(required = false, inline)]
    status: Option<Health>,
    /// How long until its next one.
    #[schema(required = false, minimum = 1, maximum = 86_400)]
    interval_seconds: Option<u64>,
}

/// How an agent is: a status, or a word of health that comes to one.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "a description: the core reads the bytes")]
pub(crate) enum Health {
    Status(#[schema(inline)] Status),
    Word(#[schema(inline)] HealthWord),
}

/// The words of health; the list is complete.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "a description: the core reads the bytes")]
pub(crate) enum HealthWord {
    Healthy,
    Ok,
    Online,
    Idle,
    Busy,
    Working,
    Running,
    Starting,
    Stopping,
    Degraded,
    Blocked,
    Unhealthy,
    Down,
    Offline,
}
