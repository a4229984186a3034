//! An event as a CDEvent 0.5, <https://cdevents.dev>, where those have a type for it.

use oasis_core::{EventId, Recorded, Status, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::cloud_event;

#[derive(Debug, Serialize)]
pub(super) struct CdEvent<'a> {
    context: Context,
    subject: Subject<'a>,
    /// The whole event: nothing is lost on the way.
    #[serde(rename = "customData")]
    custom_data: &'a Recorded,
    #[serde(rename = "customDataContentType")]
    custom_data_content_type: &'static str,
}

#[derive(Debug, Serialize)]
struct Context {
    specversion: &'static str,
    id: EventId,
    source: String,
    r#type: String,
    timestamp: Timestamp,
}

#[derive(Debug, Serialize)]
struct Subject<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    content: Map<String, Value>,
}

/// What it is about and what happened to it: subject and predicate of the type, the type's version,
/// the subject's id, and what the type wants to know.
type Told = (&'static str, &'static str, String, Vec<(&'static str, Option<Value>)>);

/// `None` where no type fits, or where the event lacks what its type must say.
pub(super) fn of(recorded: &Recorded) -> Option<CdEvent<'_>> {
    let event = &recorded.event;
    let facts = Facts { recorded };
    let (name, version, id, content) = match event.kind.as_str() {
        "workflow_run" => facts.pipeline()?,
        "workflow_job" => facts.task()?,
        "pull_request" | "pull_request_review" => facts.change()?,
        "create" | "delete" => facts.branch()?,
        "issues" => facts.ticket()?,
        "deployment_status" => facts.deployed()?,
        "cloud_build" => facts.build()?,
        _ => return None,
    };
    let content = content.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Some(CdEvent {
        context: Context {
            specversion: "0.5.0",
            id: event.id,
            source: cloud_event::source(&event.source),
            r#type: format!("dev.cdevents.{name}.{version}"),
            timestamp: event.ts,
        },
        subject: Subject { id, source: facts.text("repository"), content: content.collect() },
        custom_data: recorded,
        custom_data_content_type: "application/json",
    })
}

struct Facts<'a> {
    recorded: &'a Recorded,
}

impl<'a> Facts<'a> {
    fn pipeline(&self) -> Option<Told> {
        let id = self.id("run_id")?;
        let name = self.value("workflow_name");
        Some(match (self.status(), self.is_done()) {
            (_, true) => {
                let content =
                    vec![("outcome", self.outcome()), ("pipelineName", name), ("uri", self.link())];
                ("pipelinerun.finished", "0.3.0", id, content)
            }
            (Status::InProgress, _) => {
                let content = vec![("pipelineName", Some(name?)), ("uri", Some(self.link()?))];
                ("pipelinerun.started", "0.3.0", id, content)
            }
            (Status::Queued, _) => {
                let content = vec![("pipelineName", name), ("uri", self.link())];
                ("pipelinerun.queued", "0.3.0", id, content)
            }
            _ => return None,
        })
    }

    fn task(&self) -> Option<Told> {
        let id = self.id("job_id")?;
        let run = self.id("run_id").map(|id| json!({ "id": id }));
        let content =
            vec![("taskName", self.value("job_name")), ("pipelineRun", run), ("uri", self.link())];
        Some(match (self.status(), self.is_done()) {
            (_, true) => {
                let content = [content, vec![("outcome", self.outcome())]].concat();
                ("taskrun.finished", "0.3.0", id, content)
            }
            (Status::InProgress, _) => ("taskrun.started", "0.3.0", id, content),
            _ => return None,
        })
    }

    fn change(&self) -> Option<Told> {
        let (name, version) = match self.action()? {
            "OPENED" => ("change.created", "0.4.0"),
            "MERGED" => ("change.merged", "0.3.0"),
            "CLOSED" => ("change.abandoned", "0.3.0"),
            "APPROVED" | "CHANGES-REQUESTED" | "COMMENTED" => ("change.reviewed", "0.3.0"),
            "SYNCHRONIZE" | "EDITED" | "REOPENED" | "READY-FOR-REVIEW" | "CONVERTED-TO-DRAFT" => {
                ("change.updated", "0.3.0")
            }
            _ => return None,
        };
        let title = self.value("pr_title").filter(|_| name == "change.created");
        let content = vec![("description", title), ("repository", self.repository())];
        Some((name, version, self.id("pr_number")?, content))
    }

    fn branch(&self) -> Option<Told> {
        let name = match self.action()? {
            "BRANCH-CREATED" => "branch.created",
            "BRANCH-DELETED" => "branch.deleted",
            _ => return None,
        };
        let id = self.recorded.event.reference.clone().filter(|id| !id.is_empty())?;
        Some((name, "0.3.0", id, vec![("repository", self.repository())]))
    }

    fn ticket(&self) -> Option<Told> {
        let (name, own) = match self.action()? {
            "OPENED" => {
                let summary = ("summary", Some(self.value("issue_title")?));
                ("ticket.created", vec![summary, ("creator", Some(self.value("author")?))])
            }
            "CLOSED" => {
                let resolution = self.value("reason").unwrap_or(json!("completed"));
                ("ticket.closed", vec![("resolution", Some(resolution))])
            }
            "EDITED" | "REOPENED" | "ASSIGNED" | "UNASSIGNED" | "LABELED" | "UNLABELED" => {
                ("ticket.updated", vec![("summary", self.value("issue_title"))])
            }
            _ => return None,
        };
        let content = [own, vec![("uri", Some(self.link()?))]].concat();
        Some((name, "0.2.0", self.id("issue_number")?, content))
    }

    /// GitHub names what it deployed by its commit, so that is the artifact.
    fn deployed(&self) -> Option<Told> {
        if self.status() != Status::Success {
            return None;
        }
        let (repository, sha) = (self.text("repository")?, self.text("sha")?);
        let content = vec![
            ("artifactId", Some(json!(format!("pkg:github/{repository}@{sha}")))),
            ("environment", Some(json!({ "id": self.text("environment")? }))),
        ];
        Some(("service.deployed", "0.3.0", repository.to_owned(), content))
    }

    fn build(&self) -> Option<Told> {
        let name = match self.status() {
            Status::Queued => "build.queued",
            Status::InProgress => "build.started",
            Status::Success | Status::Failure | Status::Cancelled | Status::Error => {
                "build.finished"
            }
            Status::Info | Status::Warning => return None,
        };
        Some((name, "0.3.0", self.id("build_id")?, Vec::new()))
    }

    fn status(&self) -> Status {
        self.recorded.event.status
    }

    /// What stands behind layer and module in the title.
    fn action(&self) -> Option<&'a str> {
        let event = &self.recorded.event;
        let title = event.title.as_str().strip_prefix(&event.layer)?.strip_prefix('-')?;
        title.strip_prefix(&event.module)?.strip_prefix('-')
    }

    fn is_done(&self) -> bool {
        self.action() == Some("COMPLETED")
    }

    fn outcome(&self) -> Option<Value> {
        Some(json!(match self.status() {
            Status::Success => "success",
            Status::Failure => "failure",
            Status::Cancelled => "cancel",
            Status::Error => "error",
            Status::Queued | Status::InProgress | Status::Info | Status::Warning => return None,
        }))
    }

    fn repository(&self) -> Option<Value> {
        self.text("repository").map(|id| json!({ "id": id }))
    }

    fn link(&self) -> Option<Value> {
        self.recorded.event.link.as_ref().map(|link| json!(link.as_str()))
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.recorded.event.meta.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    fn value(&self, name: &str) -> Option<Value> {
        self.text(name).map(Value::from)
    }

    /// A number or a text as an id.
    fn id(&self, name: &str) -> Option<String> {
        match self.recorded.event.meta.get(name)? {
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        }
    }
}
