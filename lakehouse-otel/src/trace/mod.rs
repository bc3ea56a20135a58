//! Traces: how operations become spans.
//!
//! | file | what it does |
//! |---|---|
//! | `recorder` | finds an operation's parent, decides whether it is recorded, takes it when it has ended |
//! | `sampler` | the decision, and what a span stands for |
//! | `identity` | what was decided: ids, parent, sampling |
//! | `span` | OpenTelemetry's `Span` for an operation |
//! | `queue` | a lane for each thread, one bound for all |
//! | `processor` | the worker: takes, converts, exports; the spans' account |
//! | `convert` | from an operation to what exporters take |
//! | `ids` | ids and randomness |

pub(crate) mod convert;
pub(crate) mod identity;
pub(crate) mod ids;
pub mod processor;
pub(crate) mod queue;
pub(crate) mod recorder;
pub mod sampler;
pub(crate) mod span;
