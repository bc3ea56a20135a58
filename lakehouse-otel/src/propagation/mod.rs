//! Propagation: the trace goes on in other processes.
//!
//! ```
//! use std::collections::HashMap;
//!
//! use lakehouse_otel::opentelemetry::Context;
//! use lakehouse_otel::opentelemetry::propagation::TextMapPropagator;
//! use lakehouse_otel::propagation::TraceContextPropagator;
//!
//! let propagator = TraceContextPropagator::new();
//! let mut headers = HashMap::new();
//! headers.insert("traceparent".to_owned(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03".to_owned());
//! let context = propagator.extract_with_context(&Context::new(), &headers);
//!
//! let mut outgoing = HashMap::new();
//! propagator.inject_context(&context, &mut outgoing);
//! assert_eq!(outgoing["traceparent"], headers["traceparent"]);
//! assert!(!outgoing.contains_key("tracestate"));
//! ```

mod trace_context;

pub use trace_context::{RANDOM_FLAG, TraceContextPropagator};
