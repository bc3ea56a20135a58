//! Stand-in with the real module's signatures.
#![allow(missing_docs, dead_code)]

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;

use crate::clock::Clock;

static INSTALLED: Mutex<Option<Arc<Pipeline>>> = Mutex::new(None);

#[derive(Debug)]
pub(crate) struct Pipeline {
    tracer: Option<SdkTracerProvider>,
    meter: Option<SdkMeterProvider>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
pub(crate) struct AlreadyInstalled;

impl Pipeline {
    pub(crate) fn new(
        tracer: Option<SdkTracerProvider>,
        meter: Option<SdkMeterProvider>,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        Arc::new(Self { tracer, meter, clock })
    }
}

pub(crate) fn install(pipeline: &Arc<Pipeline>) -> Result<(), AlreadyInstalled> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if installed.is_some() {
        return Err(AlreadyInstalled);
    }
    *installed = Some(Arc::clone(pipeline));
    Ok(())
}

pub(crate) fn uninstall(pipeline: &Arc<Pipeline>) {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if installed.as_ref().is_some_and(|it| Arc::ptr_eq(it, pipeline)) {
        *installed = None;
    }
}
