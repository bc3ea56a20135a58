//! The classes of other libraries' errors, each behind its feature.

#![cfg(any(feature = "reqwest", feature = "object_store", feature = "tokio"))]

use lakehouse_otel::operation::ErrorClass;
use lakehouse_otel::schema::ErrorRecovery;

fn class(error: &impl ErrorClass) -> (String, Option<ErrorRecovery>) {
    (error.error_type().into_owned(), error.recovery())
}

#[cfg(feature = "reqwest")]
#[test]
fn of_reqwest() {
    let error = reqwest::Client::new().get("no address").build();
    assert_eq!(class(&error.unwrap_err()), ("builder".to_owned(), None));
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
