//! However a payload is wrapped, and what is in it that nobody knows or can read.

use serde_json::{Value, json};

use super::cloud_build::{build, build_push};
use super::cloud_deploy::notification;
use super::cloud_run::{log_entry, sunk};
use super::{base64, event_of, pushed, wrapped};

#[test]
fn a_delivery_is_the_same_whichever_way_it_comes() {
    let build = build("FAILURE");
    let push = build_push(&build);
    let body = build.to_string();
    let wanted = pushed(&push);
    let id = build["id"].as_str().unwrap();

    let unwrapped = event_of(
        &[
            ("X-Goog-Pubsub-Message-Id", "7004000000000001"),
            ("x-goog-pubsub-publish-time", "2025-10-29T12:04:40.250Z"),
            ("x-goog-pubsub-subscription-name", "projects/acme-prod/subscriptions/oasis"),
            ("buildid", id),
            ("status", "FAILURE"),
        ],
        body.as_bytes(),
    );
    assert_eq!(unwrapped, wanted);

    // A trigger of Eventarc's on a topic delivers the wrapped message as a CloudEvent's data.
    let headers = [
        ("ce-id", "7004000000000001"),
        ("ce-source", "//pubsub.googleapis.com/projects/acme-prod/topics/cloud-builds"),
        ("ce-type", "google.cloud.pubsub.topic.v1.messagePublished"),
        ("ce-time", "2025-10-29T12:04:40.250Z"),
        ("ce-specversion", "1.0"),
    ];
    let mut binary = event_of(&headers, push.to_string().as_bytes());
    let whole = json!({
        "specversion": "1.0",
        "id": "7004000000000001",
        "source": "//pubsub.googleapis.com/projects/acme-prod/topics/cloud-builds",
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
        "time": "2025-10-29T12:04:40.250Z",
        "datacontenttype": "application/json",
        "data": push
    });
    let structured =
        event_of(&[("content-type", "application/cloudevents+json")], whole.to_string().as_bytes());
    assert_eq!(structured, binary);
    let sniffed = event_of(&[("content-type", "application/json")], whole.to_string().as_bytes());
    assert_eq!(sniffed, binary);
    let mut encoded = whole.clone();
    encoded["data"] = Value::Null;
    encoded["data_base64"] = base64(push.to_string().as_bytes()).into();
    assert_eq!(pushed(&encoded), binary);
    let told = binary["meta"].as_object_mut().unwrap().remove("event_type");
    assert_eq!(told.unwrap(), "google.cloud.pubsub.topic.v1.messagePublished");
    assert_eq!(binary, wanted);
}

#[test]
fn a_cloud_event_without_a_message_is_named_by_source_and_id() {
    let entry = log_entry(
        "activity",
        "google.cloud.run.v2.Services.UpdateService",
        "projects/p/locations/l/services/gateway",
    );
    let headers = |id| {
        [
            ("ce-id", id),
            ("ce-source", "//cloudaudit.googleapis.com/projects/acme-prod/logs/activity"),
            ("ce-type", "google.cloud.audit.log.v1.written"),
            ("ce-time", "2025-10-29T12:05:00.5Z"),
        ]
    };
    let event = event_of(&headers("projects/acme-prod/logs/x1"), entry.to_string().as_bytes());
    assert_eq!(event["title"], "CICDL-RUN-UPDATE-SERVICE");
    let id =
        "//cloudaudit.googleapis.com/projects/acme-prod/logs/activity#projects/acme-prod/logs/x1";
    assert_eq!(event["delivery_id"], id);

    // However long the source makes its ids, a ledger can keep them apart.
    let long = |n: char| format!("{}{n}", "x".repeat(1000));
    let longs = ['a', 'b', 'a'].map(long);
    let ids = longs.each_ref().map(|id| {
        let event = event_of(&headers(id), entry.to_string().as_bytes());
        event["delivery_id"].as_str().unwrap().to_owned()
    });
    assert!(ids[0].starts_with("sha256:") && ids[0].len() == 71, "{}", ids[0]);
    assert!(ids[0] != ids[1] && ids[0] == ids[2]);
}

#[test]
fn what_no_rule_knows_is_kept() {
    let audit = json!({
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
        "protoPayload": {
            "serviceName": "compute.googleapis.com", "methodName": "beta.compute.instances.insert",
            "resourceName": "projects/p/zones/z/instances/dev-cicdl-0031-vm"
        },
        "severity": "NOTICE"
    });
    let event = sunk(&audit);
    assert_eq!((&event["title"], &event["status"]), (&"CICDL-AUDIT-INSERT".into(), &"info".into()));
    assert_eq!(event["vtid"], "DEV-CICDL-0031");

    let event =
        pushed(&wrapped(&json!({ "vtid": "dev-cicdl-0031" }), Some(&json!({ "hello": 1 }))));
    assert_eq!((&event["kind"], &event["title"]), (&"pubsub".into(), &"CICDL-GCP-MESSAGE".into()));
    assert_eq!((&event["status"], &event["vtid"]), (&"info".into(), &"DEV-CICDL-0031".into()));

    let headers = [
        ("ce-id", "1"),
        ("ce-source", "//storage.googleapis.com/projects/_/buckets/b"),
        ("ce-type", "google.cloud.storage.object.v1.finalized"),
        ("ce-subject", "objects/a.txt"),
    ];
    let event = event_of(&headers, b"{}");
    assert_eq!(
        (&event["kind"], &event["title"]),
        (&"cloud_event".into(), &"CICDL-GCP-FINALIZED".into())
    );
    assert_eq!(event["ref"], "objects/a.txt");

    let headers = [
        ("ce-id", "1"),
        ("ce-source", "//clouddeploy"),
        ("ce-type", "google.cloud.deploy.rollout.v1.created"),
    ];
    let name = "projects/p/locations/l/deliveryPipelines/gw/releases/r1/rollouts/r1-to-prod";
    let body = json!({ "payload": { "name": name, "labels": { "vtid": "dev-cicdl-0031" } } });
    let event = event_of(&headers, body.to_string().as_bytes());
    assert_eq!(
        (&event["title"], &event["status"]),
        (&"CICDL-DEPLOY-ROLLOUT-CREATED".into(), &"info".into())
    );
    assert_eq!(
        (&event["vtid"], &event["meta"]["rollout"]),
        (&"DEV-CICDL-0031".into(), &"r1-to-prod".into())
    );
}

#[test]
fn what_cannot_be_read_is_kept_as_a_warning() {
    let mut not_base64 = build_push(&build("SUCCESS"));
    not_base64["message"]["data"] = "not base64!".into();
    let mut not_json = build_push(&build("SUCCESS"));
    not_json["message"]["data"] = base64(b"Hello").into();
    let mut odd_attributes = notification(Some("Rollout"), "Succeed");
    odd_attributes["message"]["data"] = base64(b"[1]").into();
    for (body, module, reason) in [
        (String::new(), "GCP", "the body is empty"),
        ("[]".to_owned(), "GCP", "the body is JSON but no object"),
        ("{".to_owned(), "GCP", "the body is not valid JSON at byte 1"),
        (not_base64.to_string(), "BUILD", "message.data is not base64"),
        (not_json.to_string(), "BUILD", "the body is not valid JSON at byte 0"),
        (odd_attributes.to_string(), "DEPLOY", "the body is JSON but no object"),
    ] {
        let event = event_of(&[], body.as_bytes());
        assert_eq!(event["title"], format!("CICDL-{module}-UNPARSED"), "{body}");
        assert_eq!(event["status"], "warning", "{body}");
        assert_eq!(event["meta"]["unparsed"], reason, "{body}");
    }
    let unwrapped = event_of(
        &[("x-goog-pubsub-message-id", "7"), ("Action", "Start"), ("ResourceType", "Rollout")],
        b"{",
    );
    assert_eq!(
        (&unwrapped["title"], &unwrapped["delivery_id"]),
        (&"CICDL-DEPLOY-UNPARSED".into(), &"7".into())
    );
    // What the attributes say is not lost with the data.
    let event = pushed(&not_base64);
    assert_eq!(event["delivery_id"], "7004000000000001");
    assert_eq!(event["meta"]["build_id"], "b6f0c9f2-0001-4c55-8e0a-5f5d1a7c0031");
}
