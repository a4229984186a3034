//! C2: requests that two readers would read differently. Each case carries a delivery that is signed
//! and may not count: whatever the bytes around it are, it is in no answer and in no row.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::gateway::{Gateway, data_dir};

/// Sends these bytes; all that is answered until the gateway ends the connection, which it does where
/// it refuses, where it is asked to, or where nothing more comes.
async fn exchange(gateway: &Gateway, bytes: &[u8]) -> String {
    let stream = TcpStream::connect(gateway.address()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    // Who is refused in the middle doesn't take the rest.
    let write = async { drop(writer.write_all(bytes).await) };
    let read = async {
        let mut answer = Vec::new();
        // A reset after the answer is an end too.
        let _ = reader.read_to_end(&mut answer).await;
        answer
    };
    let both = async { tokio::join!(write, read).1 };
    let answer = tokio::time::timeout(Duration::from_secs(30), both).await;
    String::from_utf8_lossy(&answer.expect("the connection stays open")).into_owned()
}

/// A delivery that would be taken if anybody read it as a request.
fn smuggled(gateway: &Gateway) -> String {
    let body = r#"{"ref":"refs/heads/smuggled"}"#;
    format!(
        "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         X-GitHub-Event: push\r\nX-GitHub-Delivery: smuggled\r\nX-Hub-Signature-256: {}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        gateway.sign(body.as_bytes()),
        body.len()
    )
}

/// Whether one of the answers tells of a row.
fn taken(answer: &str) -> usize {
    answer.matches("\"duplicate\":").count()
}

/// A first line that the route takes, these headers, and these bytes as they are.
fn post(headers: &str, rest: &str) -> String {
    format!("POST /webhooks/github HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n{rest}")
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_nothing_is_smuggled() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let hidden = smuggled(&gateway);
    let size = hidden.len();
    let chunk = format!("{size:x}\r\n{hidden}\r\n0\r\n\r\n");
    let behind = format!("0\r\n\r\n{hidden}");
    let long = "x".repeat(1024 * 1024);
    let cases: Vec<(&str, String, &str)> = vec![
        // Two lengths: whoever stands in front may believe the other one.
        ("CL.TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked", &behind), "400"),
        (
            "TE.CL",
            post(&format!("Transfer-Encoding: chunked\r\nContent-Length: {size}"), &chunk),
            "400",
        ),
        (
            "two lengths",
            post(&format!("Content-Length: 0\r\nContent-Length: {size}"), &hidden),
            "400",
        ),
        ("a list of lengths", post(&format!("Content-Length: 0, {size}"), &hidden), "400"),
        ("a length with a sign", post(&format!("Content-Length: +{size}"), &hidden), "400"),
        ("a negative length", post("Content-Length: -1", &hidden), "400"),
        ("a length in hex", post(&format!("Content-Length: 0x{size:x}"), &hidden), "400"),
        ("no length", post("Content-Length:", &hidden), "400"),
        ("a length beyond numbers", post("Content-Length: 99999999999999999999", &hidden), "400"),
        // Codings that one reader knows and another doesn't.
        (
            "TE.TE",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", &behind),
            "400",
        ),
        ("an unknown coding", post("Transfer-Encoding: xchunked", &behind), "400"),
        ("a coding behind chunked", post("Transfer-Encoding: chunked, identity", &behind), "400"),
        ("a tab in the coding", post("Transfer-Encoding: \x0bchunked", &behind), "400"),
        ("a quoted coding", post("Transfer-Encoding: \"chunked\"", &behind), "400"),
        ("a space before the colon", post("Transfer-Encoding : chunked", &behind), "400"),
        (
            "a coding in HTTP/1.0",
            post("Transfer-Encoding: chunked", &behind)
                .replace("HTTP/1.1\r\nHost: x\r\nTransfer", "HTTP/1.0\r\nHost: x\r\nTransfer"),
            "400",
        ),
        // Lines that end or go on otherwise.
        ("a header that is folded", post("X-A: b\r\n Transfer-Encoding: chunked", &behind), "400"),
        ("a coding that is folded", post("Transfer-Encoding:\r\n chunked", &behind), "400"),
        ("a bare CR in a header", post("X-A: b\rTransfer-Encoding: chunked", &behind), "400"),
        ("a NUL in a header", post("X-A: b\0c", &hidden), "400"),
        ("a header without a name", post(": chunked", &hidden), "400"),
        ("a name in brackets", post("X(A): b", &hidden), "400"),
        // Chunks that are none.
        (
            "a chunk without a size",
            post("Transfer-Encoding: chunked", &format!("\r\n{hidden}")),
            "400",
        ),
        (
            "a chunk with a sign",
            post("Transfer-Encoding: chunked", &format!("-1\r\n{hidden}")),
            "400",
        ),
        ("a size in 0x", post("Transfer-Encoding: chunked", &format!("0x5\r\n{hidden}")), "400"),
        (
            "a size beyond numbers",
            post("Transfer-Encoding: chunked", &format!("fffffffffffffffff\r\n{hidden}")),
            "400",
        ),
        (
            "a size that ends in a bare LF",
            post("Transfer-Encoding: chunked", &format!("5\nabcde\r\n{behind}")),
            "400",
        ),
        (
            "an extension of a MiB",
            post("Transfer-Encoding: chunked", &format!("5;{long}\r\nabcde\r\n{behind}")),
            "400",
        ),
        (
            "a chunk longer than it says",
            post("Transfer-Encoding: chunked", &format!("2\r\nabcdef\r\n{behind}")),
            "400",
        ),
        // A body that nobody reads is still none of the next request.
        (
            "a body where none is read",
            format!("GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n{hidden}"),
            "200",
        ),
        (
            "chunks where none are read",
            format!("GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"),
            "200",
        ),
        // What is no HTTP/1.1.
        ("HTTP/2 by prior knowledge", format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{hidden}"), "400"),
        ("a later version", format!("GET / HTTP/9.9\r\n\r\n{hidden}"), "400"),
        ("HTTP/0.9", format!("GET /\r\n\r\n{hidden}"), "400"),
        ("a first line of two spaces", format!("GET  / HTTP/1.1\r\n\r\n{hidden}"), "400"),
        ("TLS", format!("\x16\x03\x01\x02\0\x01\0\r\n\r\n{hidden}"), "400"),
    ];
    let answers = cases.iter().map(|(_, bytes, _)| exchange(&gateway, bytes.as_bytes()));
    let answers = futures_util::future::join_all(answers).await;
    for ((name, _, wanted), answer) in cases.iter().zip(answers) {
        let status = answer.split(' ').nth(1).unwrap_or_default();
        // What isn't HTTP/1.1 at all may be left without an answer.
        let refused = *wanted == "400" && matches!(status, "" | "501" | "505");
        assert!(status == *wanted || refused, "{name}: {answer}");
        assert_eq!(taken(&answer), 0, "{name}: {answer}");
    }
    assert_eq!(gateway.count().await, 0);
    // The same bytes as a request of their own are taken, so it is the framing that kept them out.
    let answer = exchange(&gateway, hidden.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(gateway.count().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_what_is_read_one_way_only_counts_once() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let delivery = smuggled(&gateway);
    let length = "Content-Length: 29\r\n";
    assert!(delivery.contains(length), "{delivery}");
    let twice = delivery.replace(length, &length.repeat(2));
    let bare = delivery.replace("\r\n", "\n");
    let open = delivery.replace("Connection: close\r\n", "");
    for (name, bytes, most) in [
        ("the same length twice", twice, 1),
        ("bare line feeds", bare, 1),
        ("fifty at once", format!("{}{delivery}", open.repeat(49)), 50),
        ("a letter too many behind it", format!("{open}x\r\n\r\n"), 1),
        ("an empty line before it", format!("\r\n{delivery}"), 1),
    ] {
        let answer = exchange(&gateway, bytes.as_bytes()).await;
        let refused = answer.starts_with("HTTP/1.1 400 ") && taken(&answer) == 0;
        assert!(taken(&answer) == most || refused, "{name}: {answer}");
        assert!(gateway.count().await <= 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_floods_of_headers_are_refused() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let many = |count: usize| (0..count).map(|n| format!("X-{n}: y\r\n")).collect::<String>();
    for (name, head) in [
        ("a thousand headers", format!("GET /livez HTTP/1.1\r\nHost: x\r\n{}\r\n", many(1000))),
        (
            "a header of a MiB",
            format!("GET /livez HTTP/1.1\r\nX-A: {}\r\n\r\n", "x".repeat(1 << 20)),
        ),
        ("a name of a MiB", format!("GET /livez HTTP/1.1\r\nX{}: y\r\n\r\n", "x".repeat(1 << 20))),
        ("a path of a MiB", format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(1 << 20))),
        ("a method of a MiB", format!("{} / HTTP/1.1\r\n\r\n", "X".repeat(1 << 20))),
    ] {
        let answer = exchange(&gateway, head.as_bytes()).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        // Nothing at all where the connection was cut while the rest was still being sent.
        assert!(matches!(status, "" | "400" | "414" | "431"), "{name}: {answer}");
    }
    gateway.push("d-1").await;
    assert_eq!(gateway.count().await, 1);
}
