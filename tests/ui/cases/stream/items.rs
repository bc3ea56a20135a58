use lakehouse_otel::*;

use futures_core::stream::BoxStream;

mod schema {
    pub use lakehouse_otel::schema::by_hand as __table;

    pub mod mine {
        use lakehouse_otel::schema::{AttributeKey, kind};

        pub const NAME: AttributeKey<kind::Text> = AttributeKey::new("mine.name");
    }
}

#[track_processing(operation = "read", err(|error| symbol = error.to_string()))]
fn no_results() -> BoxStream<'static, u64> {
    todo!()
}

#[track_processing(operation = "read", ok(|row| mine.name += row))]
fn text_of_the_own_schema() -> BoxStream<'static, String> {
    todo!()
}

#[track_processing(operation = "read", ok(|row| record_count += row))]
fn wrong_type() -> BoxStream<'static, String> {
    todo!()
}

fn main() {}
