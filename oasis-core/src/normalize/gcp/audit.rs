//! Audit logs of any service.

use super::super::decide::Given::{Is, Nonzero, There};
use super::super::decide::{Action, Row, StatusRule};
use super::super::place::Place::Field;
use super::rule::{DEFAULT, Rule};
use crate::event::Status;
use crate::json::Facts;

/// What tells that a call failed, in each of the severities from `ERROR` up.
pub(super) const FAILED: [Row<Status>; 5] = [
    (&[Nonzero("data.protoPayload.status.code")], Status::Failure),
    (&[Is(SEVERITY, "ERROR")], Status::Failure),
    (&[Is(SEVERITY, "CRITICAL")], Status::Failure),
    (&[Is(SEVERITY, "ALERT")], Status::Failure),
    (&[Is(SEVERITY, "EMERGENCY")], Status::Failure),
];

pub(super) const TIME: &[&str] = &["data.timestamp", "data.receiveTimestamp"];

/// The method that was called: `google.cloud.run.v2.Services.UpdateService`.
pub(super) const METHOD: &str = "data.protoPayload.methodName";

const SEVERITY: &str = "data.severity";

/// A service that no other rule knows.
pub(super) static RULE: Rule = Rule {
    kind: "audit_log",
    module: "AUDIT",
    given: &[&[There(METHOD)]],
    action: Action::First(&[(&[], "{method}"), (&[], "call")]),
    status: StatusRule::First { rows: &FAILED, other: Status::Info },
    reference: &["data.protoPayload.resourceName"],
    time: TIME,
    vtid: &[(Field, "data.protoPayload.resourceName")],
    meta: &[
        ("actor", "data.protoPayload.authenticationInfo.principalEmail"),
        ("insert_id", "data.insertId"),
        ("message", "data.protoPayload.status.message"),
        ("method", METHOD),
        ("operation_id", "data.operation.id"),
        ("project", "data.resource.labels.project_id"),
        ("region", "data.resource.labels.location"),
        ("region", "data.resource.labels.zone"),
        ("service", "data.protoPayload.serviceName"),
        ("severity", SEVERITY),
        ("status_code", "data.protoPayload.status.code"),
    ],
    ..DEFAULT
};

/// Adds the words of the method's own name: `Update-Service`.
pub(super) fn name_method(facts: &mut Facts<'_>) {
    let name = facts.text(METHOD).and_then(|method| method.rsplit(['.', '/']).next());
    if let Some(words) = name.map(words) {
        facts.put("method", words);
    }
}

fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(c);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_parted_at_its_capitals() {
        assert_eq!(words("ReplaceService"), "Replace-Service");
        assert_eq!(words("jobcompleted"), "jobcompleted");
        assert_eq!(words(""), "");
    }
}
