//! A proxy in front of Postgres that lets everything through but its notifications.

use std::net::SocketAddr;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_local;

/// Listens, and serves as long as the `LocalSet` it is called in runs. The address it has.
pub async fn listen(server: SocketAddr) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    spawn_local(async move {
        while let Ok((client, _)) = listener.accept().await {
            spawn_local(relay(client, server));
        }
    });
    Ok(address)
}

async fn relay(client: TcpStream, server: SocketAddr) -> Result<()> {
    let server = TcpStream::connect(server).await?;
    server.set_nodelay(true)?;
    client.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    spawn_local(async move { copy(&mut from_client, &mut to_server).await });
    let mut from_server = BufReader::new(from_server);
    // The answer to a question about TLS is one letter; everything after it is messages.
    let mut begun = false;
    let mut message = Vec::new();
    loop {
        let kind = from_server.read_u8().await?;
        message.clear();
        message.push(kind);
        if begun || kind != b'N' {
            begun = true;
            let length = from_server.read_u32().await?;
            message.extend(length.to_be_bytes());
            message.resize(1 + length as usize, 0);
            from_server.read_exact(&mut message[5..]).await?;
        }
        if kind != b'A' {
            to_client.write_all(&message).await?;
        }
    }
}
