//! The HTTP server: one path, on a thread of its own.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use opentelemetry::Context;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::AbortHandle;

use super::Scrape;
use super::text::Format;

const PATH: &str = "/metrics";

/// How many connections are open at a time. One more takes the place of the one that has been idle for the longest
/// time, and waits where each has a request under way.
const CONNECTIONS: usize = 32;

/// How long a client may take to say what it wants, at first and after each answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many scrapes are under way at a time: one that a callback holds up is not the last one.
const SCRAPES: usize = 4;

/// How long a scrape may take, one that waits for another included; Prometheus itself waits 10 seconds.
const SCRAPE: Duration = Duration::from_secs(10);

/// How long it may take to close the port.
const CLOSING: Duration = Duration::from_secs(1);

/// A server. It ends when this is dropped, and then its port is free.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    stopped: mpsc::Receiver<()>,
}

impl Server {
    pub(super) fn start(listener: TcpListener, scrape: Arc<Scrape>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopping) = oneshot::channel::<()>();
        let (ready, started) = mpsc::channel();
        let (running, stopped) = mpsc::channel();
        thread::Builder::new()
            .name("lakehouse-otel-scrape".to_owned())
            .spawn(move || {
                // What the server's own libraries do here is not to be traced.
                let _suppressed = Context::enter_telemetry_suppressed_scope();
                // All of it is made here: a runtime that is dropped among a program's tasks panics.
                let _ = match runtime(listener, scrape) {
                    Ok(runtime) => {
                        let begun = ready.send(Ok(()));
                        let _ = runtime.block_on(stopping);
                        // A scrape that hangs holds nobody up.
                        runtime.shutdown_background();
                        begun
                    }
                    Err(error) => ready.send(Err(error)),
                };
                drop(running);
            })?;
        let gone = |_| Err(io::Error::other("its thread is gone"));
        started.recv().unwrap_or_else(gone)?;
        Ok(Self {
            address,
            stop: Some(stop),
            stopped,
        })
    }
}

/// A runtime on which the server runs.
fn runtime(listener: TcpListener, scrape: Arc<Scrape>) -> io::Result<Runtime> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _entered = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    drop(runtime.spawn(serve(listener, scrape)));
    Ok(runtime)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop = None;
        let _: Result<(), _> = self.stopped.recv_timeout(CLOSING);
    }
}

async fn serve(listener: tokio::net::TcpListener, scrape: Arc<Scrape>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let turn = Arc::new(Semaphore::new(SCRAPES));
    let idle = Arc::new(Idle::default());
    for id in 0.. {
        let Ok((stream, _)) = listener.accept().await else {
            // No file descriptors, perhaps; there may be some soon.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        if slots.available_permits() == 0 {
            idle.close_oldest();
        }
        // It is never closed.
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        let (scrape, turn) = (Arc::clone(&scrape), Arc::clone(&turn));
        let connection = Arc::new(Connection {
            id,
            idle: Arc::clone(&idle),
            task: OnceLock::new(),
        });
        let served = Arc::clone(&connection);
        let task = tokio::spawn(async move {
            let service = service_fn(|request| {
                let (scrape, turn) = (Arc::clone(&scrape), Arc::clone(&turn));
                let connection = Arc::clone(&served);
                async move {
                    connection.is_busy();
                    let answer = answer(&request, scrape, turn).await;
                    connection.is_idle();
                    Ok::<_, Infallible>(answer)
                }
            });
            // What goes wrong on a connection is the client's to see.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), service)
                .await;
            served.is_busy();
            drop(slot);
        });
        // The task runs on this thread, and not before the next wait here.
        let _ = connection.task.set(task.abort_handle());
        connection.is_idle();
    }
}

/// The connections that have no request under way, the one that has been so for the longest time first.
#[derive(Debug, Default)]
struct Idle(Mutex<VecDeque<(u64, AbortHandle)>>);

/// One connection.
#[derive(Debug)]
struct Connection {
    id: u64,
    idle: Arc<Idle>,
    task: OnceLock<AbortHandle>,
}

impl Idle {
    fn close_oldest(&self) {
        if let Some((_, task)) = self.lock().pop_front() {
            task.abort();
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(u64, AbortHandle)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    fn is_idle(&self) {
        if let Some(task) = self.task.get() {
            self.idle.lock().push_back((self.id, task.clone()));
        }
    }

    /// A request is under way, or the connection is gone.
    fn is_busy(&self) {
        self.idle.lock().retain(|(id, _)| *id != self.id);
    }
}

/// hyper leaves the body of an answer to `HEAD` out, and its length in.
async fn answer(
    request: &Request<Incoming>,
    scrape: Arc<Scrape>,
    turn: Arc<Semaphore>,
) -> Response<Full<Bytes>> {
    if request.uri().path() != PATH {
        return said(StatusCode::NOT_FOUND, "The metrics are at /metrics.\n");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refused = said(
            StatusCode::METHOD_NOT_ALLOWED,
            "Metrics are read, by GET or HEAD.\n",
        );
        let allowed = hyper::header::HeaderValue::from_static("GET, HEAD");
        refused.headers_mut().insert(ALLOW, allowed);
        return refused;
    }
    let accept = request.headers().get_all(ACCEPT).into_iter();
    let accept: Vec<_> = accept.filter_map(|value| value.to_str().ok()).collect();
    let format = Format::accepted(&accept.join(","));
    match tokio::time::timeout(SCRAPE, page(scrape, turn, format)).await {
        Ok(Some(page)) => with_body(StatusCode::OK, format.content_type(), page),
        Ok(None) => said(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The metrics could not be collected.\n",
        ),
        Err(_) => said(
            StatusCode::SERVICE_UNAVAILABLE,
            "The metrics were not collected in time.\n",
        ),
    }
}

/// One scrape at a time, on a thread that it may block: it calls the program's callbacks.
async fn page(scrape: Arc<Scrape>, turn: Arc<Semaphore>, format: Format) -> Option<String> {
    let turn = turn.acquire_owned().await.ok()?;
    let scraped = tokio::task::spawn_blocking(move || {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        let page = scrape.page(format);
        drop(turn);
        page
    });
    scraped.await.ok()?
}

fn said(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    with_body(status, "text/plain; charset=utf-8", text)
}

fn with_body(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let content_type = hyper::header::HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
