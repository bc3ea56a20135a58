fn take_in(symbol: &str, message: &Message) {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::ingestion(
            "take_in",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.ingestion.source",
                    ::lakehouse_otel::__private::Constant::Text("websocket"),
                ),
            ],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation
        .begin_placed(
            &__CALLSITE,
            |operation| {
                if operation.is_unplaced() {
                    operation.place(&message.context, &&message.sources);
                }
                if operation.measures() {
                    operation
                        .opted_in(
                            ::lakehouse_otel::__private::schema::crypto::SYMBOL,
                            &symbol,
                        );
                    operation
                        .measure(
                            ::lakehouse_otel::__private::schema::crypto::NEWEST_EVENT_TIME,
                            &message.time,
                        );
                }
            },
        );
    operation.run(move || -> () {}, ::lakehouse_otel::__private::completed);
}
fn load(
    table: &str,
    context: Context,
) -> impl ::lakehouse_otel::__private::Future<Output = Result<Vec<Row>, DbError>> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::database(
            "load",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "db.system.name",
                    ::lakehouse_otel::__private::Constant::Text("postgresql"),
                ),
                (
                    "db.operation.name",
                    ::lakehouse_otel::__private::Constant::Text("SELECT"),
                ),
            ],
        );
    return ::lakehouse_otel::__private::future_placed(
        &__CALLSITE,
        move |operation| {
            if operation.is_unplaced() {
                operation.place(&context, &());
            }
            if operation.measures() {
                operation
                    .opted_in(
                        ::lakehouse_otel::__private::schema::db::COLLECTION_NAME,
                        &table,
                    );
            }
            async move {
                let table = table;
                let _ = &table;
                let context = context;
                let _ = &context;
                if false {
                    return ::lakehouse_otel::__private::unreachable::<
                        Result<Vec<Row>, DbError>,
                    >();
                }
                '_body: { query(table).await }
            }
        },
        |operation, returned: &Result<Vec<Row>, DbError>| {
            operation
                .returned(
                    ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                );
        },
    );
}
fn save(sources: Vec<SpanContext>) -> impl Future<Output = ()> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::database(
            "save",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "db.system.name",
                    ::lakehouse_otel::__private::Constant::Text("sqlite"),
                ),
                (
                    "db.operation.name",
                    ::lakehouse_otel::__private::Constant::Text("INSERT"),
                ),
            ],
        );
    let operation = ::lakehouse_otel::__private::prepare(
        &__CALLSITE,
        |operation| {
            if operation.is_unplaced() {
                operation
                    .place(&::lakehouse_otel::__private::Parent::current(), &sources);
            }
        },
    );
    return ::lakehouse_otel::__private::prepared_future(
        operation,
        (move || { async {} })(),
        ::lakehouse_otel::__private::completed,
    );
}
fn clean() {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::stage(
            "clean",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing_stage",
                    ::lakehouse_otel::__private::Constant::Text("clean"),
                ),
                (
                    "crypto.stage.depends_on",
                    ::lakehouse_otel::__private::Constant::TextList(&["fetch", VALIDATE]),
                ),
                ("crypto.symbol", ::lakehouse_otel::__private::Constant::Text("BTCUSDT")),
            ],
        )
        .labels(&["crypto.symbol"]);
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation
        .begin_placed(
            &__CALLSITE,
            |operation| {
                if operation.is_unplaced() {
                    operation.place(&::lakehouse_otel::__private::Parent::root(), &());
                }
            },
        );
    operation.run(move || -> () {}, ::lakehouse_otel::__private::completed);
}
