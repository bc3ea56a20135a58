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
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "clean",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("clean"),
                ),
            ],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation
        .begin(
            &__CALLSITE,
            |operation| {
                if operation.measures() {
                    operation
                        .label(
                            ::lakehouse_otel::__private::schema::lakehouse::LAYER,
                            &layer,
                        );
                }
                if operation.records() {
                    operation
                        .attribute(
                            ::lakehouse_otel::__private::schema::crypto::SYMBOL,
                            &symbol,
                        );
                }
                if operation.measures() {
                    operation
                        .measure(
                            ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                            &raw.len(),
                        );
                }
            },
        );
    return operation
        .run(
            move || -> Result<Vec<Kline<'a>>, CleanError> {
                raw.iter().map(Kline::try_from).collect()
            },
            |operation, returned: &Result<Vec<Kline<'a>>, CleanError>| {
                let returned = ::lakehouse_otel::__private::Returned::new(returned);
                if let ::lakehouse_otel::__private::Option::Some(klines) = returned
                    .value()
                {
                    if operation.records() {
                        operation
                            .attribute(
                                ::lakehouse_otel::__private::schema::crypto::FILE_COUNT,
                                &klines.len(),
                            );
                    }
                }
                if let ::lakehouse_otel::__private::Option::Some(error) = returned
                    .error()
                {
                    if operation.measures() || operation.keeps() {
                        operation
                            .measure(
                                ::lakehouse_otel::__private::schema::error::TYPE,
                                &error.kind(),
                            );
                    }
                    if operation.keeps() {
                        operation
                            .attribute(crate::schema::text_analysis::SENTENCE_COUNT, &1);
                    }
                }
                operation.returned(returned.outcome());
            },
        );
}
fn publish() {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::stage(
            "publish",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing_stage",
                    ::lakehouse_otel::__private::Constant::Text("publish"),
                ),
                ("lakehouse.layer", ::lakehouse_otel::__private::Constant::Text("gold")),
            ],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation.begin(&__CALLSITE, |_| {});
    operation
        .run(
            move || -> () {
                announce();
            },
            ::lakehouse_otel::__private::completed,
        );
}
fn roll_up(
    klines: impl Iterator<Item = Kline>,
) -> Result<impl Iterator<Item = Kline>, CleanError> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "roll_up",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("roll_up"),
                ),
            ],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation.begin(&__CALLSITE, |_| {});
    return operation
        .run(
            move || -> Result<_, CleanError> { Ok(klines.map(Kline::hourly)) },
            |operation, returned: &Result<_, CleanError>| {
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        );
}
fn forever() -> ! {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "forever",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("forever"),
                ),
            ],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation.begin(&__CALLSITE, |_| {});
    match operation
        .run(
            move || -> ::core::convert::Infallible { loop {} },
            |_, never: &::core::convert::Infallible| match *never {},
        )
    {}
}
fn trim(mut text: &str, (mut left, right): (u32, u32)) -> u32 {
    #![allow(unused_assignments)]
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "trim",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("trim"),
                ),
            ],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation
        .begin(
            &__CALLSITE,
            |operation| {
                if operation.records() {
                    operation
                        .attribute(
                            ::lakehouse_otel::__private::schema::crypto::SYMBOL,
                            &text,
                        );
                }
            },
        );
    return operation
        .run(
            move || -> u32 {
                text = text.trim();
                left += right;
                left
            },
            |operation, returned: &u32| {
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        );
}
