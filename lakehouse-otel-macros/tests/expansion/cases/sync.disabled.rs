/// Cleans.
#[inline]
pub fn clean<'a>(
    raw: &'a [Row],
    layer: Layer,
    symbol: &str,
) -> Result<Vec<Kline<'a>>, CleanError>
where
    Row: Sized,
{
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.label(::lakehouse_otel::__private::schema::lakehouse::LAYER, &layer);
        operation
            .attribute(::lakehouse_otel::__private::schema::crypto::SYMBOL, &symbol);
        operation
            .measure(
                ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                &raw.len(),
            );
        let returned = ::lakehouse_otel::__private::unreachable::<
            Result<Vec<Kline<'a>>, CleanError>,
        >();
        let returned = ::lakehouse_otel::operation::Returned::new(&returned);
        if let ::lakehouse_otel::__private::Option::Some(klines) = returned.value() {
            operation
                .attribute(
                    ::lakehouse_otel::__private::schema::crypto::FILE_COUNT,
                    &klines.len(),
                );
        }
        if let ::lakehouse_otel::__private::Option::Some(error) = returned.error() {
            operation
                .measure(
                    ::lakehouse_otel::__private::schema::error::TYPE,
                    &error.kind(),
                );
            operation.attribute(crate::schema::text_analysis::SENTENCE_COUNT, &1);
        }
    }
    raw.iter().map(Kline::try_from).collect()
}
fn publish() {
    announce();
}
fn roll_up(
    klines: impl Iterator<Item = Kline>,
) -> Result<impl Iterator<Item = Kline>, CleanError> {
    Ok(klines.map(Kline::hourly))
}
fn forever() -> ! {
    loop {}
}
fn trim(mut text: &str, (mut left, right): (u32, u32)) -> u32 {
    #![allow(unused_assignments)]
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.attribute(::lakehouse_otel::__private::schema::crypto::SYMBOL, &text);
    }
    text = text.trim();
    left += right;
    left
}
