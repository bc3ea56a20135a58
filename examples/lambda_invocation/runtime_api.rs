//! Lambda's Runtime API, as far as three events need it: a function asks for its next event, and answers it.
//!
//! See "Using the Lambda runtime API for custom runtimes" in Lambda's developer guide.

use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{
    collections::VecDeque,
    future::pending,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{net::TcpListener, sync::mpsc};

const INVOCATION: &str = "/2018-06-01/runtime/invocation/";

/// Lambda's default.
const TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) struct RuntimeApi {
    address: SocketAddr,
    answers: mpsc::UnboundedReceiver<String>,
    expected: usize,
}

struct Events {
    left: Mutex<VecDeque<(usize, Value)>>,
    answered: mpsc::UnboundedSender<String>,
}

impl RuntimeApi {
    pub(crate) async fn start(events: Vec<Value>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (answered, answers) = mpsc::unbounded_channel();
        let expected = events.len();
        let left = Mutex::new(events.into_iter().enumerate().collect());
        tokio::spawn(serve(listener, Arc::new(Events { left, answered })));
        Ok(Self {
            address,
            answers,
            expected,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the function answered, once it has answered every event.
    pub(crate) async fn answers(mut self) -> Vec<String> {
        let mut answers = Vec::new();
        while answers.len() < self.expected {
            match self.answers.recv().await {
                Some(answer) => answers.push(answer),
                None => break,
            }
        }
        answers
    }
}

async fn serve(listener: TcpListener, events: Arc<Events>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let events = Arc::clone(&events);
        let service = service_fn(move |request| respond(Arc::clone(&events), request));
        // A connection that breaks off is the function's end.
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move { drop(connection.await) });
    }
}

async fn respond(
    events: Arc<Events>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let path = request.uri().path().to_owned();
    let step = path.strip_prefix(INVOCATION).unwrap_or_default();
    match (request.method(), step) {
        (&Method::GET, "next") => {
            let next = {
                let mut left = events.left.lock().unwrap_or_else(PoisonError::into_inner);
                left.pop_front()
            };
            match next {
                Some((index, event)) => Ok(next_event(index, &event)?),
                // There is no other: the function would be frozen.
                None => pending().await,
            }
        }
        (&Method::POST, step) if step.ends_with("/response") || step.ends_with("/error") => {
            let body = request.into_body().collect().await?.to_bytes();
            let answer = format!("{step}: {}", String::from_utf8_lossy(&body));
            // Nobody listens any more once all are answered.
            drop(events.answered.send(answer));
            Ok(Response::builder()
                .status(StatusCode::ACCEPTED)
                .body(Full::default())?)
        }
        _ => Ok(Response::builder()
            .status(StatusCode::NOT_FOUND)
            .body(Full::default())?),
    }
}

fn next_event(
    index: usize,
    event: &Value,
) -> Result<Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let deadline = SystemTime::now() + TIMEOUT;
    let deadline = deadline.duration_since(UNIX_EPOCH)?.as_millis();
    Ok(Response::builder()
        .header("Lambda-Runtime-Aws-Request-Id", format!("request-{index}"))
        .header("Lambda-Runtime-Deadline-Ms", deadline.to_string())
        .header(
            "Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:us-east-1:123456789012:function:daily_bar",
        )
        .body(Full::from(event.to_string()))?)
}
