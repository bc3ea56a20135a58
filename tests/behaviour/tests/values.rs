//! `#[derive(AttributeValue)]` and `#[derive(ErrorClass)]`: what reaches spans and metrics.

use std::io;
use std::num::ParseIntError;

use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::{AttributeKey, EnumValue, ErrorRecovery, ErrorSeverity, crypto};
use lakehouse_otel_tests_behaviour::bench;

/// The schema of this test's domain.
mod schema {
    /// The keys are written by hand: the compiler checks their names.
    pub(crate) use lakehouse_otel::schema::by_hand as __table;

    pub(crate) mod venue {
        use lakehouse_otel::schema::{AttributeKey, kind};

        pub(crate) const SIDE: AttributeKey<crate::Side> = AttributeKey::new("venue.side");
        pub(crate) const DESK: AttributeKey<kind::Text> = AttributeKey::new("venue.desk");
    }
}

#[derive(Clone, Copy, AttributeValue)]
#[attribute(key = "venue.side", rename_all = "kebab-case")]
enum Side {
    BuyLimit,
    #[attribute(rename = "SELL")]
    SellLimit,
    r#Type,
}

#[test]
fn an_enum_is_a_bounded_value() {
    assert_eq!(Side::ATTRIBUTE, "venue.side");
    assert_eq!(Side::MEMBERS, ["buy-limit", "SELL", "type"]);
    assert_eq!(Side::SellLimit.index(), Some(1));
    assert_eq!(Side::Type.as_str(), "type");
    let own = AttributeKey::<Side>::new(Side::ATTRIBUTE);
    assert_eq!(
        own.value(Some(Side::SellLimit)).unwrap().value.as_str(),
        "SELL"
    );
    assert!(own.value(None::<Side>).is_none());
}

#[track_processing(operation = "quote", venue.side = side, venue.desk = &side, symbol = Side::SellLimit)]
fn quote(side: Side) {}

#[test]
fn an_enum_stands_on_the_span() {
    let bench = bench();
    bench.run(|| quote(Side::BuyLimit));
    let span = bench.capture.span("quote");
    let value = |key: &str| span.attribute(key).unwrap().to_string();
    assert_eq!(value("venue.side"), "buy-limit");
    assert_eq!(value("venue.desk"), "buy-limit");
    assert_eq!(value(crypto::SYMBOL.name()), "SELL");
}

#[derive(Debug, thiserror::Error, ErrorClass)]
#[error_class(severity = Medium)]
enum FetchError {
    #[error("asked too often")]
    #[error_class(recovery = Retry)]
    RateLimited,
    #[error("no such symbol: {name}")]
    #[error_class(type = "unknown_symbol", severity = "high", recovery = ErrorRecovery::Manual)]
    Symbol { name: String },
    #[error("the answer's status is {0}")]
    #[error_class(type = Self::status)]
    Status(u16),
    #[error(transparent)]
    #[error_class(transparent)]
    Io(#[from] io::Error),
    #[error("page {page} did not arrive")]
    #[error_class(type = "page", recovery = source)]
    Page { page: u32, source: Box<io::Error> },
    #[error("a malformed answer")]
    Malformed(#[from] ParseIntError),
}

impl FetchError {
    fn status(&self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            other => unreachable!("{other}"),
        }
    }
}

#[derive(Debug, thiserror::Error, ErrorClass)]
#[error("the stage failed")]
#[error_class(transparent, severity = Critical)]
struct StageError<E> {
    stage: &'static str,
    source: E,
}

#[derive(Debug, thiserror::Error, ErrorClass)]
#[error("no money")]
struct InsufficientFunds;

fn class(error: &impl ErrorClass) -> (String, Option<ErrorSeverity>, Option<ErrorRecovery>) {
    (
        error.error_type().into_owned(),
        error.severity(),
        error.recovery(),
    )
}

#[test]
fn each_variant_has_its_class() {
    use ErrorRecovery::{Manual, Retry};
    use ErrorSeverity::{Critical, High, Medium};

    let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
    let symbol = FetchError::Symbol { name: "BTC".into() };
    let page = FetchError::Page {
        page: 7,
        source: Box::new(reset()),
    };
    let malformed = FetchError::Malformed("x".parse::<u8>().unwrap_err());
    let generic = StageError {
        stage: "fetch",
        source: FetchError::RateLimited,
    };
    assert_eq!(generic.stage, "fetch");
    for (found, error_type, severity, recovery) in [
        (
            class(&FetchError::RateLimited),
            "rate_limited",
            Some(Medium),
            Some(Retry),
        ),
        (class(&symbol), "unknown_symbol", Some(High), Some(Manual)),
        (class(&FetchError::Status(418)), "418", Some(Medium), None),
        (
            class(&FetchError::from(reset())),
            "connection_reset",
            None,
            Some(Retry),
        ),
        (class(&page), "page", Some(Medium), Some(Retry)),
        (class(&malformed), "malformed", Some(Medium), None),
        (class(&generic), "rate_limited", Some(Critical), Some(Retry)),
        (class(&InsufficientFunds), "insufficient_funds", None, None),
    ] {
        assert_eq!(found, (error_type.to_owned(), severity, recovery));
    }
}

#[track_processing(operation = "fetch")]
fn fetch() -> Result<(), FetchError> {
    Err(FetchError::Symbol { name: "BTC".into() })
}

#[track_processing(operation = "boxed")]
fn boxed() -> Result<(), Box<dyn std::error::Error>> {
    std::fs::read("/nowhere at all")?;
    Ok(())
}

#[track_processing(operation = "report")]
fn report() -> anyhow::Result<()> {
    std::fs::read("/nowhere at all")?;
    Ok(())
}

#[track_processing(operation = "unknown")]
fn unknown() -> anyhow::Result<()> {
    "x".parse::<u8>()?;
    Ok(())
}

#[test]
fn a_class_reaches_spans_and_metrics() {
    let bench = bench();
    bench.run(|| {
        fetch().unwrap_err();
        boxed().unwrap_err();
        report().unwrap_err();
        unknown().unwrap_err();
    });
    let value = |span: &str, key: &str| {
        let span = bench.capture.span(span);
        span.attribute(key).map(ToString::to_string)
    };
    assert_eq!(
        value("fetch", "error.type").as_deref(),
        Some("unknown_symbol")
    );
    assert_eq!(
        value("fetch", "crypto.error.severity").as_deref(),
        Some("high")
    );
    assert_eq!(
        value("fetch", "crypto.error.recovery").as_deref(),
        Some("manual")
    );
    assert_eq!(value("boxed", "error.type").as_deref(), Some("not_found"));
    assert_eq!(value("report", "error.type").as_deref(), Some("not_found"));
    assert_eq!(value("unknown", "error.type").as_deref(), Some("_OTHER"));
    let errors = bench.capture.metric("crypto.transformation.errors");
    errors.clone().with("error.type", "unknown_symbol").sum(1);
    errors.with("error.type", "not_found").sum(2);
}
