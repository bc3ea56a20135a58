//! Nothing here is called `lakehouse_otel`: `crate = path` is all there is.

use renamed::{track_database, track_processing, track_storage};

#[track_processing(crate = ::renamed, operation = "clean", record_count = raw.len(), ok(|rows| crypto.data_size_bytes = rows.len()))]
fn clean(raw: &[u64]) -> Result<Vec<u64>, std::io::Error> {
    Ok(raw.to_vec())
}

const RATE: f64 = 0.5;

#[track_storage(crate = renamed, operation = Put, system = renamed::schema::StorageSystem::S3, key = key, keep(key), sample = RATE, resources = true, context = ctx, err(|error| error.type = error.to_string()))]
async fn store(key: String) -> Result<usize, std::io::Error> {
    ctx.set(renamed::schema::crypto::FILE_COUNT, 1);
    Ok(key.len())
}

#[track_database(crate = renamed, system = Sqlite, operation = "SELECT", collection = table, labels(collection), parent = root, links = parent)]
async fn load(table: &str, parent: renamed::opentelemetry::Context) {}

mod behind {
    pub(crate) use renamed as facade;

    pub(crate) mod telemetry {
        pub(crate) use renamed::*;
    }
}

#[track_processing(crate = crate::behind::facade, operation = "roll_up")]
fn roll_up() -> u64 {
    7
}

#[behind::telemetry::trace_stage(crate = behind::telemetry, stage = "publish")]
fn publish() -> u64 {
    8
}

#[track_processing(crate = ::renamed, operation = "read", stream = batch(2), ok(|_| record_count += 1))]
fn rows() -> futures_core::stream::BoxStream<'static, u64> {
    unimplemented!("it is not read")
}

fn inline(text: &str) -> Result<usize, std::num::ParseIntError> {
    let number = renamed::operation!(
        track_processing(crate = renamed, operation = "block", context = ctx),
        {
            ctx.set(renamed::schema::crypto::FILE_COUNT, 1);
            text.parse::<usize>()?
        }
    );
    let twice = renamed::operation!(
        track_processing(crate = ::renamed, operation = "closure"),
        |number: usize| number * 2
    );
    Ok(twice(number))
}

mod own {
    renamed::schema!("../../schema/shared/telemetry", crate = ::renamed);
}

mod by_facade {
    crate::behind::telemetry::schema!("../../schema/clash/one.yaml", crate = crate::behind::facade);
}

/// One that uses another.
mod further {
    renamed::schema!(
        "../../schema/clash/other.yaml",
        uses(crate::own::schema),
        crate = ::renamed,
    );
}

#[renamed::trace_operation(
    crate = ::renamed, schema = crate::own::schema, span = document.read,
    language = De, word_count = words.len(),
)]
fn read(words: &[&str]) -> usize {
    words.len()
}

struct Reader(usize);

#[renamed::trace_operation(crate = behind::facade, schema = own::schema, document.id = "a")]
impl Reader {
    pub(crate) fn read(&self) -> usize {
        self.0
    }
}

#[test]
fn runs() {
    let _: fn() -> _ = rows;
    assert_eq!(inline("2"), Ok(4));
    assert_eq!(read(&["a", "b"]) + Reader(3).read(), 5);
    assert_eq!(own::schema::Language::De, further::schema::Language::De);
    assert_eq!(by_facade::schema::Room::Hall.as_str(), "hall");
    own::schema::metrics::document_reads().add(1, own::schema::Language::De);
    assert_eq!(clean(&[1, 2]).unwrap(), [1, 2]);
    assert_eq!(roll_up() + publish(), 15);
    drop(store("a".to_owned()));
    drop(load("a", renamed::opentelemetry::Context::new()));
}
