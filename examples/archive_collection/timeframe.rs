//! How long a bar lasts.

pub(crate) use lakehouse_otel::schema::Timeframe;

/// What the archive takes: bars of one length that start at whole multiples of it. Weeks start on Mondays and
/// months are uneven.
pub(crate) const ARCHIVED: &[Timeframe] = &[
    Timeframe::S1,
    Timeframe::M1,
    Timeframe::M3,
    Timeframe::M5,
    Timeframe::M15,
    Timeframe::M30,
    Timeframe::H1,
    Timeframe::H2,
    Timeframe::H4,
    Timeframe::H6,
    Timeframe::H8,
    Timeframe::H12,
    Timeframe::D1,
];

pub(crate) fn parse(text: &str) -> Result<Timeframe, String> {
    let found = ARCHIVED
        .iter()
        .copied()
        .find(|archived| archived.as_str() == text);
    found.ok_or_else(|| {
        let allowed: Vec<_> = ARCHIVED.iter().map(Timeframe::as_str).collect();
        format!(
            "no timeframe of this archive; allowed: {}",
            allowed.join(", ")
        )
    })
}

pub(crate) trait Length {
    /// A bar's length in milliseconds.
    fn millis(self) -> i64;
}

impl Length for Timeframe {
    fn millis(self) -> i64 {
        const MINUTE: i64 = 60_000;
        const HOUR: i64 = 60 * MINUTE;
        match self {
            Self::S1 => 1_000,
            Self::M1 => MINUTE,
            Self::M3 => 3 * MINUTE,
            Self::M5 => 5 * MINUTE,
            Self::M15 => 15 * MINUTE,
            Self::M30 => 30 * MINUTE,
            Self::H1 => HOUR,
            Self::H2 => 2 * HOUR,
            Self::H4 => 4 * HOUR,
            Self::H6 => 6 * HOUR,
            Self::H8 => 8 * HOUR,
            Self::H12 => 12 * HOUR,
            Self::D1 => 24 * HOUR,
            Self::D3 => 72 * HOUR,
            Self::W1 => 168 * HOUR,
            Self::Mo1 => 720 * HOUR,
        }
    }
}
