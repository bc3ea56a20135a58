//! Every shape of function that an attribute has to survive compiles, and does what it does without.

#![allow(dead_code, reason = "much of this only has to compile")]
#![allow(
    clippy::large_types_passed_by_value,
    clippy::let_and_return,
    clippy::mixed_attributes_style,
    clippy::multiple_bound_locations,
    clippy::toplevel_ref_arg,
    clippy::unnecessary_wraps,
    clippy::unused_unit,
    reason = "unusual ways to write a function are what this is about"
)]

mod functions;
mod futures;
mod generated;
mod methods;
#[cfg(feature = "enabled")]
mod size;
mod streams;

use std::cell::Cell;
use std::fmt::{Debug, Display};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use lakehouse_otel::{
    trace_crypto_workflow, trace_stage, track_api_request, track_processing, track_storage,
};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

async fn pause() {
    let mut paused = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut paused, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
