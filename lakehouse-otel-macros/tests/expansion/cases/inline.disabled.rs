fn load(lines: &[&str]) -> Result<usize, ParseError> {
    let rows = {
        if false {
            let mut operation = ::lakehouse_otel::__private::Checked;
            operation
                .measure(
                    ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                    &lines.len(),
                );
        }
        let ctx = ::lakehouse_otel::__private::Handle::disabled();
        {
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
        }
    };
    let upload = async move { upload(&rows).await };
    let weigh = |row: &Row| -> usize { row.len() };
    let fetch = async |symbol: &str| {
        if false {
            let mut operation = ::lakehouse_otel::__private::Checked;
            operation
                .attribute(::lakehouse_otel::__private::schema::crypto::SYMBOL, &symbol);
        }
        fetch(symbol).await?
    };
    Ok(weigh(&fetch(upload)))
}
