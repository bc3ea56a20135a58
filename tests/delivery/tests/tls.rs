//! https, over both transports: the machine's certificates decide.
//!
//! Which these are is read from `SSL_CERT_FILE`, and a test changes no environment of its own process:
//! it starts itself again with another one.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::{Exporter, Protocol};
use lakehouse_otel_tests_delivery::Receiver;
use opentelemetry::trace::{Span as _, Tracer as _};
use rcgen::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What the child sends to; nothing in a plain run of the tests.
const URL: &str = "DELIVERY_TLS_URL";
const PROTOCOL: &str = "DELIVERY_TLS_PROTOCOL";

/// Ends TLS and passes everything on to `to`.
fn tls_before(to: SocketAddr, certified: &CertifiedKey<rcgen::KeyPair>) -> SocketAddr {
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((connection, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let mut outside = acceptor.accept(connection).await?;
                    let mut inside = tokio::net::TcpStream::connect(to).await?;
                    tokio::io::copy_bidirectional(&mut outside, &mut inside).await
                });
            }
        });
    });
    address
}

fn address_of(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().unwrap()
}

#[test]
fn https_to_a_server_that_is_trusted_and_to_one_that_is_not() {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let directory = std::env::temp_dir().join(format!("delivery-tls-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let trusted = directory.join("trusted.pem");
    std::fs::write(&trusted, certified.cert.pem()).unwrap();

    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let receiver = Receiver::start();
        let plain = match protocol {
            Protocol::Grpc => receiver.grpc(),
            _ => receiver.http(),
        };
        for (server, arrives) in [(&certified, true), (&other, false)] {
            let before = receiver.arrived().spans();
            let address = tls_before(address_of(&plain), server);
            let child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "the_child_sends", "--nocapture"])
                .env("SSL_CERT_FILE", &trusted)
                .env(URL, format!("https://localhost:{}", address.port()))
                .env(PROTOCOL, protocol.as_str())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&child.stderr);
            assert!(child.status.success(), "{said}");
            let arrived = receiver.arrived().spans() - before;
            assert_eq!(arrived == 1, arrives, "{protocol}: {said}");
            assert_eq!(
                said.to_lowercase().contains("certificate"),
                !arrives,
                "{protocol}: {said}"
            );
        }
    }
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn the_child_sends() {
    let Ok(url) = std::env::var(URL) else { return };
    let protocol: Protocol = std::env::var(PROTOCOL).unwrap().parse().unwrap();
    let telemetry = Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::Otlp)
        .endpoint(url)
        .protocol(protocol)
        .build_local()
        .unwrap();
    telemetry.tracer("test").start("secret").end();
    let _ = telemetry.shutdown(Duration::from_secs(20));
    assert!(telemetry.ledger().closes());
}
