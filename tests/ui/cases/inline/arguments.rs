use lakehouse_otel::operation;

fn main() {
    let rows = vec![1];
    operation!(track_processing(record_count = "many"), {
        rows.len();
    });
    let closure = operation!(track_storage(operation = Put, sistem = S3), |row: &u64| *row);
    closure(&rows[0]);
    operation!(trace_stage(stage = "read", stream = items), {});
    let future = operation!(trace_stage(stage = "read", context = ctx), async {
        ctx.add_event("read", []);
    });
    drop(future);
    let symbol = 5;
    operation!(trace_stage(stage = "read", symbol = symbol), {});
}
