//! The HTTP server: one path, on a thread of its own.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
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

use super::Scrape;
use super::text::Format;

const PATH: &str = "/metrics";

/// How many connections are served at a time; further ones wait.
const CONNECTIONS: usize = 32;

/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(30);

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
    let turn = Arc::new(Semaphore::new(1));
    // It is never closed.
    while let Ok(slot) = Arc::clone(&slots).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            // No file descriptors, perhaps; there may be some soon.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (scrape, turn) = (Arc::clone(&scrape), Arc::clone(&turn));
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let (scrape, turn) = (Arc::clone(&scrape), Arc::clone(&turn));
                async move { Ok::<_, Infallible>(answer(&request, scrape, turn).await) }
            });
            // What goes wrong on a connection is the client's to see.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), service)
                .await;
            drop(slot);
        });
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
