/// Cleans.
#[inline]
#[track_processing(
    operation = "clean",
    layer = layer,
    symbol = symbol,
    record_count = raw.len(),
    ok(|klines| crypto.file_count = klines.len()),
    err(|error| error.type = error.kind(), text_analysis.sentence_count = 1),
)]
pub fn clean<'a>(raw: &'a [Row], layer: Layer, symbol: &str) -> Result<Vec<Kline<'a>>, CleanError>
where
    Row: Sized,
{
    raw.iter().map(Kline::try_from).collect()
}

#[trace_stage(stage = "publish", layer = Gold)]
fn publish() {
    announce();
}

#[track_processing(operation = "roll_up")]
fn roll_up(klines: impl Iterator<Item = Kline>) -> Result<impl Iterator<Item = Kline>, CleanError> {
    Ok(klines.map(Kline::hourly))
}

#[track_processing(operation = "forever")]
fn forever() -> ! {
    loop {}
}

#[track_processing(operation = "trim", symbol = text)]
fn trim(mut text: &str, (mut left, right): (u32, u32)) -> u32 {
    #![allow(unused_assignments)]
    text = text.trim();
    left += right;
    left
}
