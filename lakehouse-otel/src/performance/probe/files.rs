//! Small files of the kernel, opened once and read again and again.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// What was read last; kept for its memory.
#[derive(Debug, Default)]
pub(super) struct Buffer(Vec<u8>);

/// Enough for any of the files in one read.
const SIZE: usize = 8 * 1024;

/// An open file whose text is made anew by each read.
#[derive(Debug)]
pub(super) struct Text(File);

impl Text {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self)
    }

    /// The whole of it as it is now.
    pub(super) fn read<'a>(&self, buffer: &'a mut Buffer) -> io::Result<&'a str> {
        let bytes = &mut buffer.0;
        let mut filled = 0;
        loop {
            if bytes.len() == filled {
                bytes.resize(filled + SIZE, 0);
            }
            match self.0.read_at(&mut bytes[filled..], filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        str::from_utf8(&bytes[..filled])
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// The number that it says.
    pub(super) fn number(&self, buffer: &mut Buffer) -> Option<u64> {
        self.read(buffer).ok()?.trim().parse().ok()
    }

    /// The number beside `key` in a file of lines such as `inactive_file 4096`.
    pub(super) fn field(&self, key: &str, buffer: &mut Buffer) -> Option<u64> {
        field(self.read(buffer).ok()?, key)
    }
}

/// The number beside `key`, which may be followed by a unit: `MemAvailable:   24186476 kB`.
pub(super) fn field(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        (words.next() == Some(key)).then(|| words.next()?.parse().ok())?
    })
}
