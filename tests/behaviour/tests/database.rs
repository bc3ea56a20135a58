//! `#[track_database]`: the span and the metric of OpenTelemetry's conventions for database clients.

use lakehouse_otel::opentelemetry::trace::SpanKind;
use lakehouse_otel::operation::Database;
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::{db, error, server};
use lakehouse_otel_tests_behaviour::{bench, millis, work};

const DURATION: &str = "db.client.operation.duration";

#[track_database(
    system = Postgresql, operation = "SELECT", collection = "klines_1m", namespace = "market",
    query_summary = "SELECT klines_1m", server.address = "db.internal", server.port = 5432,
    ok(|rows| returned_rows = rows.len()),
    err(|code| db.response.status_code = *code, error.type = *code),
)]
async fn load(rows: Result<Vec<u64>, &'static str>) -> Result<Vec<u64>, &'static str> {
    work(20);
    rows
}

#[test]
fn a_call_is_a_span_and_a_duration() {
    let bench = bench();
    assert!(bench.block_on(load(Ok(vec![1, 2, 3]))).is_ok());
    bench
        .capture
        .span("SELECT klines_1m")
        .kind(&SpanKind::Client)
        .has(db::SYSTEM_NAME, "postgresql")
        .has(db::OPERATION_NAME, "SELECT")
        .has(db::COLLECTION_NAME, "klines_1m")
        .has(db::NAMESPACE, "market")
        .has(db::QUERY_SUMMARY, "SELECT klines_1m")
        .has(db::RESPONSE_RETURNED_ROWS, 3)
        .has(server::ADDRESS, "db.internal")
        .has(server::PORT, 5432)
        .outcome(Outcome::Ok)
        .lasted(millis(20));
    bench
        .capture
        .metric(DURATION)
        .with("db.system.name", "postgresql")
        .with("db.operation.name", "SELECT")
        .with("db.collection.name", "klines_1m")
        .with("db.namespace", "market")
        .with("db.query.summary", "SELECT klines_1m")
        .with("server.address", "db.internal")
        .with("server.port", "5432")
        .with("crypto.outcome", "ok")
        .count(1);
}

#[test]
fn a_failure_says_what_the_database_said() {
    let bench = bench();
    assert!(bench.block_on(load(Err("08P01"))).is_err());
    bench
        .capture
        .span("SELECT klines_1m")
        .has(db::RESPONSE_STATUS_CODE, "08P01")
        .has(error::TYPE, "08P01")
        .outcome(Outcome::Error);
    let metric = bench.capture.metric(DURATION);
    metric.with("error.type", "08P01").count(1);
}

#[test]
fn what_is_started_by_hand_is_the_same() {
    let bench = bench();
    bench.run(|| {
        let call = Database::new(DbSystem::Clickhouse, "INSERT")
            .collection("trades")
            .returned_rows(0)
            .start();
        work(5);
        call.ok();
    });
    bench
        .capture
        .span("INSERT trades")
        .has(db::RESPONSE_RETURNED_ROWS, 0)
        .lasted(millis(5));
    let metric = bench.capture.metric(DURATION);
    metric.with("db.system.name", "clickhouse").count(1);
}
