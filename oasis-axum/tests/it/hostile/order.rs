use serde_json::{Value, json};

use crate::Gateway;

/// A run that fails and is run again, as GitHub tells it: what is told within a second has one time.
const TOLD: [(&str, &str, Value, u32, &str); 6] = [
    ("requested", "queued", Value::Null, 1, "12:00:00"),
    ("in_progress", "in_progress", Value::Null, 1, "12:00:05"),
    ("completed", "completed", Value::Bool(false), 1, "12:00:05"),
    ("requested", "queued", Value::Null, 2, "12:01:00"),
    ("in_progress", "in_progress", Value::Null, 2, "12:01:00"),
    ("completed", "completed", Value::Bool(true), 2, "12:01:00"),
];

fn payload(told: &(&str, &str, Value, u32, &str)) -> Vec<u8> {
    let (action, status, passed, attempt, time) = told;
    let conclusion = passed.as_bool().map(|passed| if passed { "success" } else { "failure" });
    json!({
        "action": action,
        "workflow_run": {
            "id": 142, "run_number": 42, "name": "CI", "head_branch": "vt/DEV-CICDL-0031",
            "status": status, "conclusion": conclusion, "run_attempt": attempt,
            "created_at": "2025-10-29T12:00:00Z", "updated_at": format!("2025-10-29T{time}Z"),
        },
        "repository": { "full_name": "o/r" },
    })
    .to_string()
    .into_bytes()
}

/// All orders of so many things (Heap's algorithm).
fn orders(count: usize, order: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
    if count == 1 {
        return all.push(order.clone());
    }
    for n in 0..count {
        orders(count - 1, order, all);
        order.swap(if count.is_multiple_of(2) { n } else { 0 }, count - 1);
    }
}

#[tokio::test]
async fn e13_events_that_come_in_any_order() {
    let mut all = Vec::new();
    orders(TOLD.len(), &mut (0..TOLD.len()).collect(), &mut all);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 720);
    for order in all {
        let gateway = Gateway::new();
        for n in &order {
            let delivery = gateway.delivery("workflow_run", &format!("d-{n}"), &payload(&TOLD[*n]));
            assert_eq!(gateway.call(delivery).await.status(), 200);
        }
        let mut task = gateway.get_json("/api/v1/vtids/DEV-CICDL-0031").await;
        // Where its newest telling stands is what the order decides.
        task["runs"][0]["position"].take();
        let run = json!([{
            "name": "CI #42", "repository": "o/r", "status": "success",
            "title": "CICDL-WORKFLOW-COMPLETED", "ref": "vt/DEV-CICDL-0031", "link": null,
            "position": null, "started": "2025-10-29T12:00:00.000Z",
            "ts": "2025-10-29T12:01:00.000Z", "events": 6,
        }]);
        assert_eq!(task["runs"], run, "{order:?}");
        let statuses = json!({ "failure": 1, "in_progress": 2, "queued": 2, "success": 1 });
        assert_eq!(task["statuses"], statuses, "{order:?}");
    }
}
