#[trace_crypto_workflow(name = "archive")]
#[trace_stage(stage = "all")]
async fn archive(symbols: &[String]) -> Result<usize, Error> {
    run(symbols).await
}
