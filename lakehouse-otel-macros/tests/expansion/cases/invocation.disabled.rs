async fn collect(event: Event) -> Result<usize, JobError> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation
            .attribute(
                ::lakehouse_otel::__private::schema::faas::INVOCATION_ID,
                &event.id,
            );
        let returned = ::lakehouse_otel::__private::unreachable::<
            Result<usize, JobError>,
        >();
        let returned = ::lakehouse_otel::operation::Returned::new(&returned);
        if let ::lakehouse_otel::__private::Option::Some(rows) = returned.value() {
            operation
                .attribute(
                    ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                    &rows,
                );
        }
    }
    run(event).await
}
async fn handle(event: Event, context: Context) -> Result<(), JobError> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        let _ = ::lakehouse_otel::invocation::Until::remaining(&context.deadline());
    }
    answer(event, context).await
}
fn consume(until: Instant) {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.measure(::lakehouse_otel::__private::schema::faas::COLDSTART, &false);
        let _ = ::lakehouse_otel::invocation::Until::remaining(&until);
    }
    work(until);
}
fn once() {
    work();
}
fn later(context: Context) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        let _ = ::lakehouse_otel::invocation::Until::remaining(&context.deadline());
    }
    Box::pin(async move { answer(context).await })
}
