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

#[tokio::test]
async fn under_load_a_kill_9_loses_and_doubles_nothing() {
    let dir = data_dir();
    let mut told = std::collections::HashMap::new();
    for round in 0..5 {
        let gateway = std::sync::Arc::new(Gateway::start(dir.path()));
        let (acknowledge, mut acknowledged) = tokio::sync::mpsc::unbounded_channel();
        for writer in 0..8 {
            let url = format!("{}/webhooks/github", gateway.url);
            let (gateway, acknowledge) = (std::sync::Arc::clone(&gateway), acknowledge.clone());
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                for n in 0.. {
                    let id = format!("d-{round}-{writer}-{n}");
                    let body = br#"{"ref":"refs/heads/main"}"#;
                    let request = client
                        .post(&url)
                        .header("x-github-event", "push")
                        .header("x-github-delivery", &id)
                        .header("x-hub-signature-256", gateway.sign(body))
                        .body(body.as_slice());
                    let Ok(response) = request.send().await else {
                        return;
                    };
                    let Ok(answer) = response.json::<serde_json::Value>().await else {
                        return;
                    };
                    let _ = acknowledge.send((id, answer["position"].as_u64().unwrap()));
                }
            });
        }
        drop(acknowledge);
        for _ in 0..100 {
            let (id, position) = acknowledged.recv().await.unwrap();
            told.insert(id, position);
        }
        // In the middle of it, with eight deliveries under way.
        let pid = gateway.pid().to_string();
        assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
        while let Some((id, position)) = acknowledged.recv().await {
            told.insert(id, position);
        }
    }
    let gateway = Gateway::start(dir.path());
    let rows = gateway.rows().await;
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row["position"], n + 1, "positions have no gap");
    }
    let by_delivery: std::collections::HashMap<_, _> = rows
        .iter()
        .map(|row| (row["delivery_id"].as_str().unwrap(), row["position"].as_u64().unwrap()))
        .collect();
    assert_eq!(by_delivery.len(), rows.len(), "a delivery is there twice");
    for (id, position) in &told {
        assert_eq!(by_delivery.get(id.as_str()), Some(position), "{id} was acknowledged");
    }
    eprintln!(
        "{} acknowledged over 5 kill -9, {} rows, none lost, none twice",
        told.len(),
        rows.len()
    );
}
