fn collect(
    event: Event,
) -> impl ::lakehouse_otel::__private::Future<Output = Result<usize, JobError>> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::invocation(
            "collect",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                ("faas.trigger", ::lakehouse_otel::__private::Constant::Text("timer")),
                ("faas.name", ::lakehouse_otel::__private::Constant::Text("collect")),
            ],
        );
    return ::lakehouse_otel::__private::flushing(
        ::lakehouse_otel::__private::Deadline::bound(2000000000),
        ::lakehouse_otel::__private::future(
            &__CALLSITE,
            move |operation| {
                if operation.records() {
                    operation
                        .attribute(
                            ::lakehouse_otel::__private::schema::faas::INVOCATION_ID,
                            &event.id,
                        );
                }
                async move {
                    let event = event;
                    let _ = &event;
                    if false {
                        return ::lakehouse_otel::__private::unreachable::<
                            Result<usize, JobError>,
                        >();
                    }
                    '_body: { run(event).await }
                }
            },
            |operation, returned: &Result<usize, JobError>| {
                let returned = ::lakehouse_otel::__private::Returned::new(returned);
                if let ::lakehouse_otel::__private::Option::Some(rows) = returned.value()
                {
                    if operation.records() {
                        operation
                            .attribute(
                                ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                                &rows,
                            );
                    }
                }
                operation.returned(returned.outcome());
            },
        ),
    );
}
fn handle(
    event: Event,
    context: Context,
) -> impl ::lakehouse_otel::__private::Future<Output = Result<(), JobError>> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::invocation(
            "handle",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[("faas.trigger", ::lakehouse_otel::__private::Constant::Text("http"))],
        );
    return {
        let deadline = ::lakehouse_otel::__private::Deadline::told_later(500000000);
        ::lakehouse_otel::__private::flushing(
            deadline.clone(),
            ::lakehouse_otel::__private::future(
                &__CALLSITE,
                move |_| {
                    deadline.tell(&context.deadline());
                    async move {
                        let event = event;
                        let context = context;
                        let _ = &context;
                        if false {
                            return ::lakehouse_otel::__private::unreachable::<
                                Result<(), JobError>,
                            >();
                        }
                        '_body: { answer(event, context).await }
                    }
                },
                |operation, returned: &Result<(), JobError>| {
                    operation
                        .returned(
                            ::lakehouse_otel::__private::Returned::new(returned)
                                .outcome(),
                        );
                },
            ),
        )
    };
}
fn consume(until: Instant) {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::invocation(
            "consume",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[("faas.trigger", ::lakehouse_otel::__private::Constant::Text("pubsub"))],
        );
    let deadline = ::lakehouse_otel::__private::Deadline::told_later(2000000000);
    deadline.tell(&until);
    let _flush = ::lakehouse_otel::__private::FlushAtEnd::new(deadline);
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation
        .begin(
            &__CALLSITE,
            |operation| {
                if operation.measures() {
                    operation
                        .measure(
                            ::lakehouse_otel::__private::schema::faas::COLDSTART,
                            &false,
                        );
                }
            },
        );
    operation
        .run(
            move || -> () {
                work(until);
            },
            ::lakehouse_otel::__private::completed,
        );
}
fn once() {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::invocation(
            "once",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[("faas.trigger", ::lakehouse_otel::__private::Constant::Text("other"))],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation.begin(&__CALLSITE, |_| {});
    operation
        .run(
            move || -> () {
                work();
            },
            ::lakehouse_otel::__private::completed,
        );
}
fn later(context: Context) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::invocation(
            "later",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[("faas.trigger", ::lakehouse_otel::__private::Constant::Text("http"))],
        );
    let operation = ::lakehouse_otel::__private::prepare(&__CALLSITE, |_| {});
    return ::lakehouse_otel::__private::Box::pin({
        let deadline = ::lakehouse_otel::__private::Deadline::told_later(2000000000);
        deadline.tell(&context.deadline());
        ::lakehouse_otel::__private::flushing(
            deadline.clone(),
            ::lakehouse_otel::__private::prepared_future(
                operation,
                (move || -> Pin<Box<dyn Future<Output = ()> + Send>> {
                    Box::pin(async move { answer(context).await })
                })(),
                ::lakehouse_otel::__private::completed,
            ),
        )
    });
}
