use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// An exchange whose every answer the test decides. It notes what was asked.
#[derive(Debug)]
pub(crate) struct ScriptedExchange {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A request for klines.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) from: i64,
    pub(crate) last: i64,
    pub(crate) limit: usize,
}

pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, u64)>,
        body: String,
    },
    /// No answer, ever.
    Silence,
}

impl Reply {
    pub(crate) fn ok(body: String) -> Self {
        Self::Answer {
            status: 200,
            headers: Vec::new(),
            body,
        }
    }

    pub(crate) fn error(status: u16, body: &str) -> Self {
        Self::Answer {
            status,
            headers: Vec::new(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: u64) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value));
        }
        self
    }
}

impl ScriptedExchange {
    /// Answers the n-th request for klines (from 0) with what `script` says.
    pub(crate) fn start(script: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::with_limits("[]", script)
    }

    /// The same, with `exchangeInfo.rateLimits`.
    pub(crate) fn with_limits(
        limits: &'static str,
        script: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::default();
        let noted = Arc::clone(&asked);
        let script = Arc::new(script);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (noted, script) = (Arc::clone(&noted), Arc::clone(&script));
                thread::spawn(move || serve(&stream, limits, &noted, &*script));
            }
        });
        Self { url, asked }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The requests for klines since the last call.
    pub(crate) fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn serve(
    stream: &TcpStream,
    limits: &str,
    noted: &Mutex<Vec<Asked>>,
    script: &dyn Fn(usize, &Asked) -> Reply,
) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while let Some(request) = lines.next() {
        while lines.next().is_some_and(|header| !header.is_empty()) {}
        let target = request.split(' ').nth(1).unwrap_or_default();
        let reply = if let Some(query) = target.strip_prefix("/api/v3/klines?") {
            let asked = Asked::of(query);
            let mut all = noted.lock().unwrap();
            all.push(asked.clone());
            let number = all.len() - 1;
            drop(all);
            script(number, &asked)
        } else {
            Reply::ok(format!(r#"{{"rateLimits":{limits},"symbols":[]}}"#))
        };
        let Reply::Answer {
            status,
            headers,
            body,
        } = reply
        else {
            thread::park();
            continue;
        };
        let mut head = format!(
            "HTTP/1.1 {status} Scripted
Content-Length: {}
",
            body.len()
        );
        for (name, value) in headers {
            head = head
                + name
                + ": "
                + &value.to_string()
                + "
";
        }
        if (&*stream)
            .write_all((head + "\r\n" + &body).as_bytes())
            .is_err()
        {
            return;
        }
    }
}

impl Asked {
    fn of(query: &str) -> Self {
        let query: HashMap<_, _> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        assert_eq!((query["symbol"], query["interval"]), ("BTCUSDT", "1m"));
        let number = |name: &str| query[name].parse::<i64>().unwrap();
        Self {
            from: number("startTime"),
            last: number("endTime"),
            limit: query["limit"].parse().unwrap(),
        }
    }
}

/// The minutes that were asked for, all well.
pub(crate) fn klines(asked: &Asked) -> String {
    let opens = (asked.from..=asked.last).step_by(60_000).take(asked.limit);
    let rows: Vec<String> = opens
        .map(|open| {
            let close = open + 59_999;
            format!(r#"[{open},"10.00","12.50","9.50","11.00","1.25",{close},"13.75",7,"0.50","5.50","0"]"#)
        })
        .collect();
    format!("[{}]", rows.join(","))
}
