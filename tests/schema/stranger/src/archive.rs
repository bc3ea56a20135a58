//! Readings are kept.

use std::io;
use std::pin::Pin;

use telemetry::prelude::*;

/// Where readings lie.
pub trait Archive {
    /// Writes an object.
    fn put(&mut self, key: &str, bytes: &[u8]) -> impl Future<Output = io::Result<()>>;
}

/// An archive in memory.
#[derive(Debug, Default)]
pub struct Memory {
    bucket: String,
    objects: Vec<(String, usize)>,
}

impl Archive for Memory {
    #[track_storage(
        crate = ::telemetry, operation = Put, system = S3, bucket = self.bucket, key = key,
        size_bytes = bytes.len(), keep(key), priority = high,
    )]
    async fn put(&mut self, key: &str, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.objects.push((key.to_owned(), bytes.len()));
        Ok(())
    }
}

impl Memory {
    /// How many objects there are, by a query.
    #[track_database(
        crate = ::telemetry, system = Sqlite, operation = "SELECT", collection = table, labels(collection),
        parent = root, context = ctx, ok(|rows| returned_rows = *rows),
    )]
    pub fn count(&self, table: &str) -> Result<usize, io::Error> {
        ctx.set(crate::schema::station::AUTOMATIC, true);
        Ok(self.objects.len())
    }

    /// The sum of all sizes, as a boxed future.
    #[track_database(crate = ::telemetry, system = Sqlite, operation = "SUM", metrics = false)]
    pub fn size(&self) -> Pin<Box<dyn Future<Output = usize> + Send + '_>> {
        let sizes = self.objects.iter().map(|(_, size)| size);
        Box::pin(async move { sizes.sum() })
    }
}
