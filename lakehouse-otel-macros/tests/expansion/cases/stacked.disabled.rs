async fn archive(symbols: &[String]) -> Result<usize, Error> {
    run(symbols).await
}
