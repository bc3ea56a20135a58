use lakehouse_otel::*;

#[track_processing(operation = "clean", crypto.outcome = "ok", crypto.operation_type = "stage", error.type = "none")]
fn f0() {}

#[track_processing(operation = "clean", ok(|_| crypto.outcome = "error", error.type = "odd"), err(|_| crypto.outcome = "ok", error.type = "odd"))]
fn f1() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
