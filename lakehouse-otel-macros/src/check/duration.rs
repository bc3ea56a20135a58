//! Durations as people write them.

/// What is accepted, for messages.
pub(super) const USAGE: &str = "a number and a unit of `ns`, `us`, `ms`, `s`, `m` or `h`, as in `\"250ms\"`, `\"1.5s\"` or `\"2m\"`";

const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The duration of a budget in nanoseconds, or what is wrong with it.
pub(super) fn nanoseconds(text: &str) -> Result<u64, String> {
    match parse(text)? {
        0 => Err(format!(
            "`{text}` is no time at all; a budget is longer than zero"
        )),
        nanos => Ok(nanos),
    }
}

/// The number and the unit of a text.
pub(super) fn parts(text: &str) -> (&str, &str) {
    let trimmed = text.trim();
    let end_of_number = trimmed
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(end_of_number);
    (number, unit.trim_start())
}

/// The duration in nanoseconds, or what is wrong with it.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let (number, unit) = parts(text);
    if number.is_empty() {
        return Err(format!("`{text}` is no duration: write {USAGE}"));
    }
    if unit.is_empty() {
        return Err(format!("`{text}` has no unit: write {USAGE}"));
    }
    let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(format!("`{unit}` is no unit of time: write {USAGE}"));
    };
    scaled(number, *nanos)
        .ok_or_else(|| format!("`{text}` is no duration that fits: write {USAGE}"))
}

/// A decimal number times `unit`, exactly; what is finer than one is cut off.
pub(super) fn scaled(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let total = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    if fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let mut part = 0_u128;
    let mut divisor = 1_u128;
    for digit in fraction.chars().take(15) {
        divisor *= 10;
        part = part * 10 + u128::from(digit.to_digit(10)?);
    }
    let part = part * u128::from(unit) / divisor;
    total.checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::nanoseconds;

    #[test]
    fn reads_what_people_write() {
        assert_eq!(nanoseconds("5s"), Ok(5_000_000_000));
        assert_eq!(nanoseconds("1.5 s"), Ok(1_500_000_000));
        assert_eq!(nanoseconds("250ms"), Ok(250_000_000));
        assert_eq!(nanoseconds("0.25us"), Ok(250));
        assert_eq!(nanoseconds("2h"), Ok(7_200_000_000_000));
    }

    #[test]
    fn refuses_the_rest() {
        for wrong in [
            "5",
            "5 parsecs",
            "s",
            "",
            "0s",
            "1.2.3s",
            "1.s",
            "-1s",
            "99999999999h",
        ] {
            assert!(nanoseconds(wrong).is_err(), "{wrong}");
        }
    }
}
