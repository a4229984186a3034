//! What is said of each route.

use utoipa::ToSchema;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat, Type,
};
use utoipa::openapi::{Content, ResponseBuilder, Schema};

use super::operation::{ADMIN, Described, GOOGLE, INGEST, READ, SESSION, number, text, word};
use super::schemas;
use crate::agents::{Agent, Beaten};
use crate::console::session::{Offer, Standing};
use crate::health::{Live, Ready};
use crate::ingest::Receipts;
use crate::task::Summary;
use crate::webhooks::Receipt;

/// The description of a route; `None` for one that isn't this crate's.
pub(super) fn describe(method: &str, path: &str) -> Option<Described> {
    Some(match (method, path) {
        ("POST", "/webhooks/github") => github(),
        ("POST", "/webhooks/gcp") => gcp(),
        ("POST", "/events/ingest") => ingest(),
        ("POST", "/api/v1/agents/heartbeat") => heartbeat(),
        ("GET", "/api/v1/agents") => agents(),
        ("GET", "/api/v1/oasis/events") => events("events"),
        ("GET", "/events") => events("events_older_path"),
        ("GET", "/api/v1/oasis/events/{id}") => event(),
        ("GET", "/api/v1/vtids/{vtid}") => task(),
        ("GET", "/api/v1/devhub/feed") => feed(),
        ("GET", "/webhooks/health") => ready("webhooks_health"),
        ("GET", "/events/health") => ready("events_health"),
        ("GET", "/api/v1/devhub/health") => ready("feed_health"),
        ("GET", "/health") => ready("health"),
        ("GET", "/readyz") => ready("ready"),
        ("GET", "/livez") => {
            Described::new("live", "The process answers.").json::<Live>("It does.").limited()
        }
        ("GET", "/console") => page("console", "The Live Console's page."),
        ("GET", "/console/{file}") => page("console_file", "One of the page's files.")
            .parameter(ParameterIn::Path, "file", text("^[a-z]{1,20}\\.(js|css)$"))
            .malformed()
            .problem(404, "There is no such file."),
        ("GET", "/console/session") => {
            Described::new("standing", "Whether the page has to ask for a token.")
                .json::<Standing>("How things stand.")
        }
        ("POST", "/console/session") => sign_in(),
        ("DELETE", "/console/session") => {
            session_ends(Described::new("sign_out", "Takes the session's cookie back."))
        }
        ("GET", "/metrics") => metrics(),
        ("GET", "/openapi.json") => openapi(),
        _ => return None,
    })
}

/// Any JSON.
fn anything() -> Content {
    Content::new(Some(ObjectBuilder::new()))
}

/// Any text.
fn any_text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn github() -> Described {
    let payload = ObjectBuilder::new().property("payload", any_text()).required("payload");
    let summary = "Takes a delivery of GitHub's; 200 only after its row is durable.";
    let mut described = Described::new("github", summary);
    let receipt = Content::new(Some(described.reference::<Receipt>()));
    described
        .needed_header("X-GitHub-Event", text("^[a-z_]{1,40}$"))
        .needed_header("X-GitHub-Delivery", text("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"))
        .needed_header("X-Hub-Signature-256", text("^sha256=[0-9a-f]{64}$"))
        .body([
            ("application/json", anything()),
            ("application/x-www-form-urlencoded", Content::new(Some(payload))),
        ])
        .json::<Receipt>("It is in the ledger, now or since before.")
        .spooled(receipt)
        .malformed()
        .problem(401, "No known secret signed it.")
        .away()
}

fn gcp() -> Described {
    let mut described = Described::new("gcp", "Takes what Google pushes by Pub/Sub or Eventarc.");
    let receipt = Content::new(Some(described.reference::<Receipt>()));
    described
        .body([("application/json", anything())])
        .json::<Receipt>("It is in the ledger, now or since before.")
        .spooled(receipt)
        .malformed()
        .needs(&[GOOGLE])
        .away()
}

fn ingest() -> Described {
    let mut described = Described::new(
        "ingest",
        "Takes one event, an array of up to 1,000, or a line of NDJSON for each: all or none.",
    );
    let one = described.reference::<schemas::NewEvent>();
    let many = ArrayBuilder::new().items(one.clone()).max_items(Some(1000));
    let json = Content::new(Some(OneOfBuilder::new().item(one).item(many)));
    let receipt = described.reference::<Receipt>();
    let receipts = described.reference::<Receipts>();
    let answer = Content::new(Some(OneOfBuilder::new().item(receipt).item(receipts)));
    let stored = ResponseBuilder::new().description("All are in the ledger.");
    described
        .parameter(ParameterIn::Header, "Idempotency-Key", text("^[!-~]{1,120}$"))
        .body([
            ("application/json", json),
            ("application/x-ndjson", Content::new(Some(any_text()))),
        ])
        .answers(200, stored.content("application/json", answer.clone()))
        .spooled(answer)
        .malformed()
        .problem(422, "An event is not what it must be; none was stored.")
        .needs(&[INGEST])
        .away()
}

fn heartbeat() -> Described {
    Described::new("heartbeat", "Takes an agent's sign of life.")
        .json_body::<schemas::NewHeartbeat>()
        .json::<Beaten>("It was noted.")
        .malformed()
        .problem(422, "A field is not what it must be.")
        .needs(&[INGEST])
        .away()
}

fn agents() -> Described {
    list::<Agent>(Described::new("agents", "The agents that were ever seen, by name."), &[])
        .malformed()
        .needs(&[READ, SESSION])
        .away()
}

/// Answers with an array, and perhaps these headers.
fn list<T: ToSchema>(mut described: Described, headers: &[(&str, Schema)]) -> Described {
    let content = Content::new(Some(ArrayBuilder::new().items(described.reference::<T>())));
    let mut answer = ResponseBuilder::new().description("A list.");
    for (name, schema) in headers {
        answer = answer.header(*name, Header::new(schema.clone()));
    }
    described.answers(200, answer.content("application/json", content))
}

fn moment() -> ObjectBuilder {
    any_text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
}

/// The parameters that say which events are meant.
fn filtered(described: Described) -> Described {
    let status = word(&[
        "queued",
        "in_progress",
        "success",
        "failure",
        "cancelled",
        "info",
        "warning",
        "error",
    ]);
    described
        .query("vtid", text("^([A-Z]{2,8}-[A-Z]{2,8}-[0-9]{4,6}|UNSET)$"))
        .query("layer", any_text())
        .query("module", any_text())
        .query("source", any_text())
        .query("kind", any_text())
        .query("status", status)
        .query("since", moment())
        .query("until", moment())
        .query("q", any_text())
}

fn events(id: &str) -> Described {
    let described = Described::new(id, "The ledger, page by page, newest first.");
    let described = filtered(described)
        .query("limit", number(1, 1000))
        .query("order", word(&["desc", "asc"]))
        .query("cursor", text("^v1[ad][1-9][0-9]{0,15}$"))
        .query("offset", number(0, u32::MAX))
        .query("count", word(&["exact"]));
    let headers: [(&str, Schema); 4] = [
        ("Link", any_text().into()),
        ("X-Next-Cursor", any_text().into()),
        ("X-Total-Count", number(0, u32::MAX).into()),
        ("X-VTID", any_text().into()),
    ];
    list::<schemas::Event>(described, &headers).malformed().needs(&[READ, SESSION]).limited().away()
}

fn event() -> Described {
    let uuid = text("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");
    Described::new("event", "One event.")
        .parameter(ParameterIn::Path, "id", uuid)
        .json::<schemas::Event>("The event.")
        .malformed()
        .problem(404, "The ledger holds no such event.")
        .needs(&[READ, SESSION])
        .limited()
        .away()
}

fn task() -> Described {
    Described::new("task", "A task in short.")
        .parameter(ParameterIn::Path, "vtid", text("^[A-Z]{2,8}-[A-Z]{2,8}-[0-9]{4,6}$"))
        .json::<Summary>("What became of it.")
        .malformed()
        .problem(404, "The ledger holds no event of this task.")
        .needs(&[READ, SESSION])
        .limited()
        .away()
}

fn position() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))
}

fn feed() -> Described {
    let frame = ObjectBuilder::new()
        .property("id", text("^[0-9]+$"))
        .property("retry", number(0, u32::MAX))
        .property("data", any_text());
    let frames = Content::new(Some(frame));
    let open = ResponseBuilder::new()
        .description("Server-Sent Events: connected, the last events, then each new one.")
        .header("X-Accel-Buffering", Header::new(word(&["no"]).build()))
        .content("text/event-stream", frames);
    filtered(Described::new("feed", "The ledger, live."))
        .query("last_event_id", position())
        .parameter(ParameterIn::Header, "Last-Event-ID", position())
        .answers(200, open)
        .malformed()
        .needs(&[READ, SESSION])
        .limited()
        .away()
}

fn ready(id: &str) -> Described {
    Described::new(id, "The ledger answers.").json::<Ready>("It did just now.").limited().away()
}

/// Answers with what is in the binary.
fn page(id: &str, summary: &str) -> Described {
    let kinds =
        ["text/html; charset=utf-8", "text/javascript; charset=utf-8", "text/css; charset=utf-8"];
    let answer = ResponseBuilder::new().description("The file.");
    let answer = kinds
        .into_iter()
        .fold(answer, |answer, kind| answer.content(kind, Content::new(Some(any_text()))));
    let same = ResponseBuilder::new().description("The browser's copy is still right.");
    Described::new(id, summary).answers(200, answer).answers(304, same)
}

fn sign_in() -> Described {
    let described = Described::new("sign_in", "Trades a read token for a cookie that reads.")
        .json_body::<Offer>()
        .malformed()
        .problem(401, "It is no read token.");
    session_ends(described)
}

fn session_ends(described: Described) -> Described {
    let cookie = Header::new(any_text());
    let done = ResponseBuilder::new().description("Done.").header("Set-Cookie", cookie);
    described.answers(204, done).problem(403, "The request comes from another site's page.")
}

fn metrics() -> Described {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let answer = ResponseBuilder::new().description("OpenMetrics text.");
    Described::new("metrics", "How the process is doing, for Prometheus.")
        .answers(200, answer.content(kind, Content::new(Some(any_text()))))
        .needs(&[ADMIN])
        .limited()
        .away()
}

fn openapi() -> Described {
    let answer = ResponseBuilder::new().description("OpenAPI 3.1.");
    let object = Content::new(Some(ObjectBuilder::new().schema_type(Type::Object)));
    Described::new("openapi", "This document.")
        .answers(200, answer.content("application/json", object))
        .needs(&[READ, SESSION])
        .limited()
}
