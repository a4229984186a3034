//! The status of what CI runs; `completed` alone never is a success: the conclusion decides.

use crate::event::Status;

/// The status of a run or a check.
///
/// Of real payloads some contradict themselves, so the object decides and not the action, but for
/// two: a check asked for again still carries the conclusion of its last run, and a pressed button
/// says nothing of the outcome.
pub(super) fn status(
    action: Option<&str>,
    state: Option<&str>,
    conclusion: Option<&str>,
) -> Status {
    match action {
        Some("rerequested") => return Status::Queued,
        Some("requested_action") => return Status::Info,
        _ => {}
    }
    match conclusion {
        Some("success") => Status::Success,
        Some("failure" | "timed_out") => Status::Failure,
        // The workflow could not start: the pipeline's fault, not the change's.
        Some("startup_failure") => Status::Error,
        Some("cancelled") => Status::Cancelled,
        Some("neutral" | "skipped") => Status::Info,
        // `action_required`, `stale` and every word GitHub adds: somebody should look.
        Some(_) => Status::Warning,
        None => match state {
            Some("queued" | "requested" | "pending" | "waiting") => Status::Queued,
            Some("in_progress") => Status::InProgress,
            // Ended without a conclusion: a contradiction, and no success.
            Some("completed") => Status::Warning,
            _ => Status::Info,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conclusion_decides_and_unknown_never_looks_like_success() {
        for (state, conclusion, wanted) in [
            ("completed", Some("success"), Status::Success),
            ("completed", Some("failure"), Status::Failure),
            ("completed", Some("timed_out"), Status::Failure),
            ("completed", Some("startup_failure"), Status::Error),
            ("completed", Some("cancelled"), Status::Cancelled),
            ("completed", Some("action_required"), Status::Warning),
            ("completed", Some("stale"), Status::Warning),
            ("completed", Some("neutral"), Status::Info),
            ("completed", Some("skipped"), Status::Info),
            ("completed", Some("brand_new"), Status::Warning),
            ("completed", None, Status::Warning),
            ("queued", None, Status::Queued),
            ("requested", None, Status::Queued),
            ("pending", None, Status::Queued),
            ("waiting", None, Status::Queued),
            ("in_progress", None, Status::InProgress),
            ("brand_new", None, Status::Info),
        ] {
            assert_eq!(
                status(Some("completed"), Some(state), conclusion),
                wanted,
                "{state} {conclusion:?}"
            );
        }
        assert_eq!(status(Some("rerequested"), Some("completed"), Some("success")), Status::Queued);
        assert_eq!(
            status(Some("requested_action"), Some("completed"), Some("failure")),
            Status::Info
        );
    }
}
