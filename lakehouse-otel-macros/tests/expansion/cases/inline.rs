fn load(lines: &[&str]) -> Result<usize, ParseError> {
    let rows = operation!(track_processing(operation = "parse", record_count = lines.len(), context = ctx), {
        let mut rows = Vec::new();
        for line in lines {
            if line.is_empty() {
                continue;
            }
            rows.push(parse_row(line)?);
        }
        if rows.is_empty() {
            return Err(ParseError);
        }
        rows
    });
    let upload = operation!(track_storage(operation = Put, system = S3), async move { upload(&rows).await });
    let weigh = operation!(track_processing(operation = "weigh"), |row: &Row| -> usize { row.len() });
    let fetch = operation!(track_processing(operation = "fetch", symbol = symbol), async |symbol: &str| fetch(symbol).await?);
    Ok(weigh(&fetch(upload)))
}
