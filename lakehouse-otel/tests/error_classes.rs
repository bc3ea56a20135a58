//! The classes of other libraries' errors, each behind its feature.

#![cfg(any(feature = "reqwest", feature = "object_store", feature = "tokio"))]

use lakehouse_otel::operation::ErrorClass;
use lakehouse_otel::schema::ErrorRecovery;

fn class(error: &impl ErrorClass) -> (String, Option<ErrorRecovery>) {
    (error.error_type().into_owned(), error.recovery())
}

#[cfg(feature = "reqwest")]
mod of_reqwest {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{Ipv4Addr, SocketAddr, TcpListener};
    use std::thread;
    use std::time::Duration;

    use super::*;

    fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    /// A server that gives this to the first who asks, and hangs up.
    fn answering(answer: &'static str) -> SocketAddr {
        let (listener, address) = listener();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let asked = BufReader::new(&stream).lines().map(Result::unwrap);
            asked.take_while(|line| !line.is_empty()).for_each(drop);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    fn client() -> reqwest::ClientBuilder {
        reqwest::Client::builder().no_proxy()
    }

    /// The error of asking there for something.
    fn asked(client: reqwest::ClientBuilder, address: SocketAddr) -> reqwest::Error {
        let request = client.build().unwrap().get(format!("http://{address}/"));
        let answer = async {
            let response = request.send().await?.error_for_status()?;
            response.bytes().await
        };
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        runtime.block_on(answer).unwrap_err()
    }

    fn again(error_type: &str) -> (String, Option<ErrorRecovery>) {
        (error_type.to_owned(), Some(ErrorRecovery::Retry))
    }

    fn never_again(error_type: &str) -> (String, Option<ErrorRecovery>) {
        (error_type.to_owned(), None)
    }

    #[test]
    fn a_request_that_is_none() {
        let error = reqwest::Client::new().get("no address").build();
        assert_eq!(class(&error.unwrap_err()), never_again("builder"));
    }

    #[test]
    fn nobody_listens() {
        let (listener, address) = listener();
        drop(listener);
        assert_eq!(class(&asked(client(), address)), again("connect"));
    }

    #[test]
    fn nobody_answers() {
        let (_listener, address) = listener();
        let client = client().timeout(Duration::from_millis(50));
        assert_eq!(class(&asked(client, address)), again("timeout"));
    }

    #[test]
    fn a_status() {
        let error = |answer| class(&asked(client(), answering(answer)));
        let unavailable = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(error(unavailable), again("503"));
        let too_many = "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(error(too_many), again("429"));
        let missing = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(error(missing), never_again("404"));
    }

    #[test]
    fn a_body_that_breaks_off() {
        let address = answering("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
        assert_eq!(class(&asked(client(), address)), again("body"));
    }
}

#[cfg(feature = "object_store")]
#[test]
fn of_object_store() {
    let missing = object_store::Error::NotFound {
        path: "bronze/klines".to_owned(),
        source: "404".into(),
    };
    assert_eq!(class(&missing), ("not_found".to_owned(), None));
    let other = object_store::Error::Generic {
        store: "S3",
        source: "reset".into(),
    };
    assert_eq!(class(&other), ("object_store::Error".to_owned(), None));
}

#[cfg(feature = "tokio")]
#[test]
fn of_tokio() {
    use std::future::pending;
    use std::time::Duration;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let late = tokio::time::timeout(Duration::from_secs(1), pending::<()>()).await;
        let retry = Some(ErrorRecovery::Retry);
        assert_eq!(class(&late.unwrap_err()), ("timeout".to_owned(), retry));
        let task = tokio::spawn(pending::<()>());
        task.abort();
        assert_eq!(
            class(&task.await.unwrap_err()),
            ("cancelled".to_owned(), None)
        );
    });
}
