//! An OTLP receiver for tests: HTTP and gRPC on loopback ports of the system's choice, in this process,
//! on a runtime of its own.

mod decode;
pub mod http;
pub mod metrics;

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::RETRY_AFTER;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::metrics::v1::Metric;
use prost::Message;
use tokio::sync::oneshot;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::codec::CompressionEncoding;

/// What the receiver answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Takes everything.
    Accept,
    /// Takes everything but this many items of each export.
    Reject(i64),
    /// Refuses with this HTTP status, or over gRPC with `INVALID_ARGUMENT`.
    Refuse(u16),
    /// Is not ready: 503, over gRPC `UNAVAILABLE`. Over HTTP it may say when to come back, in seconds.
    Unavailable(Option<u32>),
    /// Never answers.
    Hang,
}

/// One export as it arrived.
#[derive(Clone, Debug, Default)]
pub struct Export {
    /// Names of spans, or of metrics.
    pub names: Vec<String>,
    /// How many spans, or data points.
    pub items: u64,
    /// What the integer sums of each metric add up to.
    pub sums: BTreeMap<String, i64>,
    /// The points of integer sums.
    pub points: Vec<Point>,
    /// The metrics as they arrived.
    pub metrics: Vec<Metric>,
    /// Attributes of the resource, as text.
    pub resource: BTreeMap<String, String>,
    /// Headers, or gRPC metadata.
    pub headers: BTreeMap<String, String>,
    /// The path of the request; empty over gRPC.
    pub path: String,
}

/// A data point of an integer sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// The instrumentation scope.
    pub scope: String,
    /// The metric.
    pub metric: String,
    /// Its attributes, as text.
    pub attributes: BTreeMap<String, String>,
    /// Its value.
    pub value: i64,
}

/// Everything that arrived.
#[derive(Clone, Debug, Default)]
pub struct Arrived {
    /// Exports of spans.
    pub traces: Vec<Export>,
    /// Exports of metrics.
    pub metrics: Vec<Export>,
    /// How many tries were told that the receiver is not ready.
    pub turned_away: u64,
}

impl Arrived {
    /// How many spans.
    #[must_use]
    pub fn spans(&self) -> u64 {
        self.traces.iter().map(|export| export.items).sum()
    }

    /// How many data points.
    #[must_use]
    pub fn data_points(&self) -> u64 {
        self.metrics.iter().map(|export| export.items).sum()
    }
}

#[derive(Debug, Default)]
struct State {
    arrived: Mutex<Arrived>,
    /// Told of each export of metrics.
    more: Condvar,
    answer: Mutex<Option<Answer>>,
    /// What the next requests are answered before that.
    first: Mutex<VecDeque<Answer>>,
}

impl State {
    fn answer(&self) -> Answer {
        let first = self.first.lock().unwrap().pop_front();
        let answer = first.or(*self.answer.lock().unwrap());
        if let Some(Answer::Unavailable(_)) = answer {
            self.arrived.lock().unwrap().turned_away += 1;
        }
        answer.unwrap_or(Answer::Accept)
    }
}

/// A receiver; it stops when dropped.
#[derive(Debug)]
pub struct Receiver {
    http: SocketAddr,
    grpc: SocketAddr,
    state: Arc<State>,
    _stop: oneshot::Sender<()>,
}

impl Receiver {
    /// Starts one that accepts everything.
    ///
    /// # Panics
    ///
    /// Where the system gives no port or thread.
    #[must_use]
    pub fn start() -> Self {
        let state = Arc::new(State::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = || {
            let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            listener.set_nonblocking(true).unwrap();
            let address = listener.local_addr().unwrap();
            (listener, address)
        };
        // Both listen from here on: nobody has to wait for the thread.
        let ((http_listener, http), (grpc_listener, grpc)) = (listener(), listener());
        let served = Arc::clone(&state);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                tokio::spawn(serve_http(http_listener, Arc::clone(&served)));
                tokio::spawn(serve_grpc(grpc_listener, served));
                let _ = stopped.await;
            });
        });
        Self {
            http,
            grpc,
            state,
            _stop: stop,
        }
    }

    /// The base URL for OTLP over HTTP.
    #[must_use]
    pub fn http(&self) -> String {
        format!("http://{}", self.http)
    }

    /// The URL for OTLP over gRPC.
    #[must_use]
    pub fn grpc(&self) -> String {
        format!("http://{}", self.grpc)
    }

    /// Answers so from now on.
    ///
    /// # Panics
    ///
    /// Where a handler panicked.
    pub fn answer(&self, answer: Answer) {
        *self.state.answer.lock().unwrap() = Some(answer);
    }

    /// Answers the next requests so, one each.
    ///
    /// # Panics
    ///
    /// Where a handler panicked.
    pub fn answer_first(&self, answers: impl IntoIterator<Item = Answer>) {
        self.state.first.lock().unwrap().extend(answers);
    }

    /// What has arrived so far.
    ///
    /// # Panics
    ///
    /// Where a handler panicked.
    #[must_use]
    pub fn arrived(&self) -> Arrived {
        self.state.arrived.lock().unwrap().clone()
    }
}

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

impl Receiver {
    /// Waits until what has arrived is as wanted, and says it.
    ///
    /// # Panics
    ///
    /// Where it is not within half a minute.
    #[must_use]
    pub fn wait_until(&self, wanted: impl Fn(&Arrived) -> bool) -> Arrived {
        let arrived = self.state.arrived.lock().unwrap();
        let (arrived, timeout) = self
            .state
            .more
            .wait_timeout_while(arrived, PATIENCE, |arrived| !wanted(arrived))
            .unwrap();
        assert!(!timeout.timed_out(), "it did not arrive: {arrived:#?}");
        arrived.clone()
    }
}

/// A port of loopback where nobody listens, and nobody else can as long as this lives.
#[derive(Debug)]
pub struct Nobody {
    url: String,
    _bound: tokio::net::TcpSocket,
}

impl Nobody {
    /// Takes a port.
    ///
    /// # Panics
    ///
    /// Where the system gives none.
    #[must_use]
    pub fn there() -> Self {
        let bound = tokio::net::TcpSocket::new_v4().unwrap();
        bound.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self {
            url: format!("http://{}", bound.local_addr().unwrap()),
            _bound: bound,
        }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A server that accepts connections and never says a word. It ends with the process.
///
/// # Panics
///
/// Where the system gives no port.
#[must_use]
pub fn hung() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut connections = Vec::new();
        for connection in listener.incoming() {
            connections.push(connection);
        }
    });
    format!("http://{address}")
}

async fn serve_http(listener: TcpListener, state: Arc<State>) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    while let Ok((connection, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        let service = service_fn(move |request| handle(request, Arc::clone(&state)));
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(connection), service),
        );
    }
}

async fn handle(
    request: Request<Incoming>,
    state: Arc<State>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let mut body = body.collect().await.unwrap().to_bytes().to_vec();
    let headers: BTreeMap<String, String> = head
        .headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                value.to_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    if headers
        .get("content-encoding")
        .is_some_and(|encoding| encoding == "gzip")
    {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&*body)
            .read_to_end(&mut plain)
            .unwrap();
        body = plain;
    }
    let path = head.uri.path().to_owned();
    let answer = state.answer();
    let rejected = match answer {
        Answer::Accept => 0,
        Answer::Reject(count) => count,
        Answer::Refuse(status) => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            return Ok(response);
        }
        Answer::Unavailable(retry_after) => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
            }
            return Ok(response);
        }
        Answer::Hang => std::future::pending().await,
    };
    let response = if path.ends_with("/v1/traces") {
        let request = ExportTraceServiceRequest::decode(&*body).unwrap();
        let export = Export {
            headers,
            path,
            ..decode::traces(&request)
        };
        state.arrived.lock().unwrap().traces.push(export);
        traces_response(rejected).encode_to_vec()
    } else {
        let request = ExportMetricsServiceRequest::decode(&*body).unwrap();
        let export = Export {
            headers,
            path,
            ..decode::metrics(&request)
        };
        state.arrived.lock().unwrap().metrics.push(export);
        state.more.notify_all();
        metrics_response(rejected).encode_to_vec()
    };
    Ok(Response::new(Full::from(response)))
}

async fn serve_grpc(listener: TcpListener, state: Arc<State>) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let _ = tonic::transport::Server::builder()
        .add_service(
            TraceServiceServer::new(Grpc(Arc::clone(&state)))
                .accept_compressed(CompressionEncoding::Gzip),
        )
        .add_service(
            MetricsServiceServer::new(Grpc(state)).accept_compressed(CompressionEncoding::Gzip),
        )
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await;
}

struct Grpc(Arc<State>);

impl Grpc {
    async fn rejected(&self) -> Result<i64, tonic::Status> {
        match self.0.answer() {
            Answer::Accept => Ok(0),
            Answer::Reject(count) => Ok(count),
            Answer::Refuse(_) => Err(tonic::Status::invalid_argument("refused")),
            Answer::Unavailable(_) => Err(tonic::Status::unavailable("not ready")),
            Answer::Hang => std::future::pending().await,
        }
    }
}

#[tonic::async_trait]
impl TraceService for Grpc {
    async fn export(
        &self,
        request: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, tonic::Status> {
        let rejected = self.rejected().await?;
        let headers = metadata(&request);
        let export = Export {
            headers,
            ..decode::traces(request.get_ref())
        };
        self.0.arrived.lock().unwrap().traces.push(export);
        Ok(tonic::Response::new(traces_response(rejected)))
    }
}

#[tonic::async_trait]
impl MetricsService for Grpc {
    async fn export(
        &self,
        request: tonic::Request<ExportMetricsServiceRequest>,
    ) -> Result<tonic::Response<ExportMetricsServiceResponse>, tonic::Status> {
        let rejected = self.rejected().await?;
        let headers = metadata(&request);
        let export = Export {
            headers,
            ..decode::metrics(request.get_ref())
        };
        self.0.arrived.lock().unwrap().metrics.push(export);
        self.0.more.notify_all();
        Ok(tonic::Response::new(metrics_response(rejected)))
    }
}

fn metadata<T>(request: &tonic::Request<T>) -> BTreeMap<String, String> {
    let headers = request.metadata().clone().into_headers();
    headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                value.to_str().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

fn traces_response(rejected_spans: i64) -> ExportTraceServiceResponse {
    ExportTraceServiceResponse {
        partial_success: (rejected_spans > 0).then(|| ExportTracePartialSuccess {
            rejected_spans,
            error_message: "too many".to_owned(),
        }),
    }
}

fn metrics_response(rejected_data_points: i64) -> ExportMetricsServiceResponse {
    ExportMetricsServiceResponse {
        partial_success: (rejected_data_points > 0).then(|| ExportMetricsPartialSuccess {
            rejected_data_points,
            error_message: "too many".to_owned(),
        }),
    }
}
