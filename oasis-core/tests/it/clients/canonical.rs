//! The contract's own shape.

use oasis_core::Normalizer;
use serde_json::{Value, json};

use super::{ARRIVAL, event, fault, ingest};
#[test]
fn the_canonical_shape_comes_in_as_it_goes_out() {
    let body = json!({
        "id": "00000000-0000-4000-8000-000000000000",
        "position": 7,
        "ts": "2025-10-29T14:03:07.5+02:00",
        "recorded_at": "2020-01-01T00:00:00Z",
        "vtid": "dev-cicdl-0031",
        "layer": "SYSTEM",
        "module": "deploy",
        "source": "acme.pipeline",
        "kind": "deploy",
        "status": "success",
        "title": "CICDL-DEPLOY-COMPLETED",
        "ref": "main",
        "link": "https://ci.example.com/7",
        "meta": { "sha": "8d1c4f0", "vtid_source": "branch" },
        "delivery_id": "run-7",
        "attempt": 2
    });
    assert_eq!(
        event(&body),
        json!({
            "id": "019a2fd6-d600-7505-8505-050505050505",
            "ts": "2025-10-29T12:03:07.500Z",
            "vtid": "DEV-CICDL-0031",
            "layer": "CICDL",
            "module": "DEPLOY",
            "source": "acme.pipeline",
            "kind": "deploy",
            "status": "success",
            "title": "CICDL-DEPLOY-COMPLETED",
            "ref": "main",
            "link": "https://ci.example.com/7",
            "meta": { "sha": "8d1c4f0", "vtid_source": "branch", "attempt": 2 },
            "delivery_id": "run-7"
        })
    );
}

#[test]
fn what_is_missing_is_filled_in() {
    let least = event(&json!({ "kind": "note" }));
    assert_eq!(least["title"], "SYSTEM-NOTE-INFO");
    assert_eq!((&least["source"], &least["vtid"]), (&"oasis.events".into(), &"UNSET".into()));
    assert_eq!(least["ts"], "2025-10-29T12:00:00.000Z");
    assert_eq!((&least["delivery_id"], &least["meta"]), (&Value::Null, &json!({})));

    let acted = event(
        &json!({ "kind": "stage.build_image", "source": "agent.crew", "meta": { "action": "handed over" } }),
    );
    assert_eq!(acted["title"], "AGTL-STAGE-BUILD-IMAGE-HANDED-OVER");
    assert_eq!(acted["module"], "STAGE-BUILD-IMAGE");

    let on_branch = event(&json!({ "kind": "deploy", "ref": "vt/dev-cicdl-0031-x" }));
    assert_eq!(
        (&on_branch["vtid"], &on_branch["meta"]["vtid_source"]),
        (&"DEV-CICDL-0031".into(), &"branch".into())
    );
    let noted = event(
        &json!({ "kind": "deploy", "message": "Done.\nVTID: DEV-CICDL-0031\nLike DEV-CICDL-0001" }),
    );
    assert_eq!(
        (&noted["vtid"], &noted["meta"]["vtid_source"]),
        (&"DEV-CICDL-0031".into(), &"body".into())
    );
    let mentioned = event(&json!({ "kind": "deploy", "message": "like DEV-CICDL-0001" }));
    assert_eq!(mentioned["vtid"], "UNSET");

    let numbered = event(&json!({ "kind": "deploy", "vtid": "VTID-03697", "layer": "agtl" }));
    assert_eq!(ingest(&json!({ "kind": "deploy", "vtid": "VTID-03697" })).unwrap().layer, "SYSTEM");
    assert_eq!((&numbered["vtid"], &numbered["layer"]), (&"VTID-03697".into(), &"AGTL".into()));
    for none in ["UNSET", "IDLE", "idle", "", " "] {
        let unset =
            event(&json!({ "kind": "deploy", "vtid": none, "meta": { "vtid_source": "branch" } }));
        assert_eq!(
            (&unset["vtid"], &unset["meta"]["vtid_source"]),
            (&"UNSET".into(), &Value::Null),
            "{none}"
        );
    }
    // Nothing but the web becomes a link.
    assert_eq!(
        event(&json!({ "kind": "deploy", "link": "javascript:alert(1)" }))["link"],
        Value::Null
    );
}

#[test]
fn a_field_that_is_not_what_it_must_be_is_named() {
    let deep = (0..16).fold(json!(1), |inner, _| json!([inner]));
    for (field, value, named) in [
        ("kind", json!(7), "kind"),
        ("kind", json!("two words"), "kind"),
        ("kind", json!("x".repeat(129)), "kind"),
        ("kind", json!(" "), "kind"),
        ("status", json!("splendid"), "status"),
        ("status", json!(true), "status"),
        ("vtid", json!("DEV-CICDL"), "vtid"),
        ("vtid", json!("DEV-CICDL-0031 and more"), "vtid"),
        ("vtid", json!(31), "vtid"),
        ("source", json!("GitHub Actions"), "source"),
        ("source", json!("github..actions"), "source"),
        ("source", json!("x".repeat(129)), "source"),
        ("ts", json!("yesterday"), "ts"),
        ("ts", json!(1_761_739_200), "ts"),
        ("title", json!("not a title"), "title"),
        ("layer", json!("C1"), "layer"),
        ("layer", json!("SEVENTEENLETTERSX"), "layer"),
        ("module", json!("two words"), "module"),
        ("link", json!(7), "link"),
        ("ref", json!("x".repeat(2049)), "ref"),
        ("ref", json!("a\nb"), "ref"),
        ("delivery_id", json!("x".repeat(513)), "delivery_id"),
        ("delivery_id", json!("a\tb"), "delivery_id"),
        ("meta", json!([]), "meta"),
        ("meta", json!({ "a": deep }), "meta"),
        ("meta", json!({ "a": "x".repeat(65_536) }), "meta"),
        ("meta", json!({ "x".repeat(129): 1 }), "meta"),
        ("meta", json!({ "a": { "\u{0}": 1 } }), "meta"),
    ] {
        let mut body = json!({ "kind": "deploy" });
        body[field] = value;
        assert_eq!(fault(&body), named, "{field}");
    }
    assert_eq!(fault(&json!({ "status": "success" })), "kind");
    for (name, expected) in
        [("x".repeat(129), "at most 128 bytes"), ("a\u{7}".to_owned(), "no control character")]
    {
        let mut body = json!({ "kind": "deploy" });
        body["meta"][name.as_str()] = 1.into();
        let error = ingest(&body).unwrap_err().to_string();
        assert!(error.contains("meta") && error.contains(expected), "{error}");
    }
    let normalizer = Normalizer::default();
    let long = format!("{{\"kind\":\"x\",\"a\":\"{}\"}}", "x".repeat(300_000));
    for body in ["", "[]", "null", "{", "{}x", "\u{0}", "[{\"kind\":\"x\"}]", &long] {
        let error = normalizer.ingest(body.as_bytes(), ARRIVAL).unwrap_err();
        assert_eq!(error.field(), "body", "{body:.40}");
    }
    let marked =
        normalizer.ingest("\u{feff}{\"kind\":\"x\",\"a\":\"\\u0000\"}".as_bytes(), ARRIVAL);
    assert_eq!(marked.unwrap().meta["a"], "\u{fffd}");
}

#[test]
fn an_event_of_github_s_has_a_repository_whoever_brings_it() {
    let read = |body: &[u8]| Normalizer::default().ingest(body, ARRIVAL).unwrap().meta;
    let silent = read(br#"{"kind":"deploy","source":"github.actions"}"#);
    assert_eq!(silent["repository"], Value::Null);
    let said = read(br#"{"kind":"a","source":"github.actions","meta":{"repository":"o/r"}}"#);
    assert_eq!(said["repository"], "o/r");
    assert!(!read(br#"{"kind":"deploy"}"#).contains_key("repository"));
}

#[test]
fn what_a_ledger_told_is_the_same_delivery_when_it_is_sent_again() {
    for source in ["github.actions", "gcp.deploy", "agent.ping", "ci.deployer"] {
        let proves_itself = source != "ci.deployer";
        for id in ["d-1".to_owned(), "x".repeat(505)] {
            let body = json!({ "kind": "deploy", "source": source, "delivery_id": id });
            let told = event(&body);
            let kept = if proves_itself { format!("ingest/{id}") } else { id };
            assert_eq!(told["delivery_id"], kept, "{source}");
            assert_eq!(event(&told), told, "{source}");
        }
        let body = json!({ "kind": "deploy", "source": source, "delivery_id": "x".repeat(506) });
        assert_eq!(ingest(&body).is_err(), proves_itself, "{source}");
    }
}
