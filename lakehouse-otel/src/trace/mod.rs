//! Traces: how operations become spans.
//!
//! | file | what it does |
//! |---|---|
//! | `recorder` | decides whether an operation is recorded, takes it when it has ended |
//! | `parent` | who it is under, and what a context says of it |
//! | `sampler` | the decision, and what a span stands for |
//! | `identity` | what was decided: ids, parent, sampling |
//! | `span` | OpenTelemetry's `Span` for an operation |
//! | `queue` | a lane for each thread, one bound for all |
//! | `ended` | an operation that has ended, and the span that becomes of it |
//! | `ended_span` | that, or a span of OpenTelemetry's API; what a cap makes of either |
//! | `processor` | the worker: takes, converts, exports; the spans' account |
//! | `ids` | ids and randomness |
//! | `sync` | what the queue is made of |
//! | `stages` | which stages have ended in each workflow, for the links of those that depend on them |
//! | `missed` | spans that must be there for others, whose operations run elsewhere |

pub(crate) mod ended;
pub(crate) mod ended_span;
pub(crate) mod identity;
pub(crate) mod ids;
pub(crate) mod missed;
pub(crate) mod parent;
pub mod processor;
pub(crate) mod queue;
pub(crate) mod recorder;
pub mod sampler;
pub(crate) mod span;
pub(crate) mod stages;
mod sync;
