//! Numbers with a unit, in quotes: sizes as bytes, and durations as seconds.

use super::duration;

/// Attributes whose numbers are bytes.
const BYTES: &[&str] = &[
    "crypto.data_size_bytes",
    "crypto.operation.memory.end",
    "crypto.operation.memory.start",
    "faas.max_memory",
    "file.size",
    "http.request.body.size",
    "http.response.body.size",
];

/// Attributes whose numbers are seconds.
const SECONDS: &[&str] = &[
    "crypto.operation.budget",
    "crypto.operation.cpu_time",
    "crypto.operation.duration",
    "crypto.rate_limit.retry_after",
    "crypto.retry.delay",
];

/// What is accepted, for messages.
const USAGE: &str = "a number and a unit of `B`, `kB`, `MB`, `GB`, `TB`, `KiB`, `MiB`, `GiB` or `TiB`, as in `\"64MiB\"` or `\"1.5 GB\"`";

const UNITS: &[(&str, u64)] = &[
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

pub(super) fn is_size(key: &str) -> bool {
    BYTES.contains(&key)
}

pub(super) fn is_duration(key: &str) -> bool {
    SECONDS.contains(&key)
}

/// The size in bytes, or what is wrong with it.
pub(super) fn bytes(text: &str) -> Result<i64, String> {
    let (number, unit) = duration::parts(text);
    if number.is_empty() {
        return Err(format!("`{text}` is no size: write {USAGE}"));
    }
    if unit.is_empty() {
        return Err(format!("`{text}` has no unit: write {USAGE}"));
    }
    let Some((_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(format!("`{unit}` is no unit of size: write {USAGE}"));
    };
    let bytes = duration::scaled(number, *size).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| format!("`{text}` is no size that fits: write {USAGE}"))
}

/// The duration in seconds, or what is wrong with it.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let nanos = duration::parse(text)?;
    Ok(std::time::Duration::from_nanos(nanos).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::{BYTES, SECONDS, bytes, seconds};
    use crate::tables::{ValueKind, attribute};

    #[test]
    fn reads_what_people_write() {
        assert_eq!(bytes("64MiB"), Ok(64 << 20));
        assert_eq!(bytes("1.5 GB"), Ok(1_500_000_000));
        assert_eq!(bytes("0 B"), Ok(0));
        assert_eq!(bytes("0.5KiB"), Ok(512));
        assert_eq!(seconds("250ms"), Ok(0.25));
        assert_eq!(seconds("0s"), Ok(0.0));
    }

    #[test]
    fn refuses_the_rest() {
        for wrong in ["64", "64 mib", "MiB", "", "-1MB", "1.2.3MB", "99999999TiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        assert!(seconds("5").is_err());
    }

    #[test]
    fn the_registry_has_these_numbers() {
        for key in BYTES {
            let kind = attribute(key).map(|attribute| attribute.value);
            assert!(matches!(kind, Some(ValueKind::Int)), "{key}");
        }
        for key in SECONDS {
            let kind = attribute(key).map(|attribute| attribute.value);
            assert!(matches!(kind, Some(ValueKind::Double)), "{key}");
        }
    }
}
