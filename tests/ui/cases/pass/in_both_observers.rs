//! One key in `ok(…)` and in `err(…)`: one of the two runs.

use lakehouse_otel::*;

#[track_processing(operation = "clean", ok(|_| record_count = 5), err(|_| record_count = 0))]
fn f() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {
    f().unwrap();
}
