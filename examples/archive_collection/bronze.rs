//! Raw answers, kept as they were sent: gzip around the exchange's own bytes.

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::io::{self, Read, Write};

pub(crate) fn pack(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

pub(crate) fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut body)?;
    Ok(body)
}
