use lakehouse_otel::operation;

fn main() {
    let double = operation!(trace_stage(stage = "read"), |row| row);
    let _: u64 = double(4);
    let rows: Result<u64, std::fmt::Error> = operation!(trace_stage(stage = "read"), {
        let text: &str = 5;
        Ok(1)
    });
    drop(rows);
    operation!(trace_stage(stage = "read"), {
        let unused = 1;
    });
}
