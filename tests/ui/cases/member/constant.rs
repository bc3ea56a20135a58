use lakehouse_otel::*;

#[track_api_request(exchange = BINANCE, endpoint = "/time")]
fn f() {}

#[track_processing(operation = "clean", layer = Layer::Gold)]
fn not_imported() {}

// Near no member, so a name for the compiler to look up.
#[track_processing(operation = "clean", layer = whatever)]
fn lower_case() {}

fn main() {}
