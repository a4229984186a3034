use crate::gateway::{Gateway, data_dir};

#[tokio::test]
async fn what_was_acknowledged_is_there_after_kill_9() {
    let dir = data_dir();
    let mut acknowledged = Vec::new();
    for round in 0..8 {
        let gateway = Gateway::start(dir.path());
        for n in 0..=round {
            acknowledged.push(gateway.push(&format!("d-{round}-{n}")).await);
        }
        gateway.kill();
    }
    let gateway = Gateway::start(dir.path());
    for (n, answer) in acknowledged.iter().enumerate() {
        assert_eq!(answer["position"], n + 1);
        let id = answer["id"].as_str().unwrap();
        let event = gateway.get_json(&format!("/api/v1/oasis/events/{id}")).await;
        assert_eq!(event["position"], answer["position"]);
    }
    assert_eq!(gateway.count().await, acknowledged.len() as u64);
}
