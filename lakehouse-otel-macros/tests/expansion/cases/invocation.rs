#[trace_invocation(trigger = Timer, name = "collect", invocation_id = event.id, ok(|rows| crypto.record_count = rows))]
async fn collect(event: Event) -> Result<usize, JobError> {
    run(event).await
}

#[trace_invocation(trigger = Http, flush = "500ms", deadline = context.deadline())]
async fn handle(event: Event, context: Context) -> Result<(), JobError> {
    answer(event, context).await
}

#[trace_invocation(trigger = Pubsub, deadline = until, coldstart = false)]
fn consume(until: Instant) {
    work(until);
}

#[trace_invocation(trigger = Other, flush = false)]
fn once() {
    work();
}

#[trace_invocation(trigger = Http, deadline = context.deadline())]
fn later(context: Context) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move { answer(context).await })
}
