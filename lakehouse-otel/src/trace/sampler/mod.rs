//! Sampling that stays honest: which operations become spans, and how many each span stands for.
//!
//! | type | is |
//! |---|---|
//! | [`Sampler`] | what decides when an operation starts |
//! | [`Threshold`], [`Randomness`] | what it decides with, as OpenTelemetry's specification encodes them |
//! | [`SamplingState`] | what others are told in the tracestate |
//! | [`SdkSampler`] | the same rules for spans of the OpenTelemetry API |
//! | [`Cap`] | the hard limit on spans a second |
//! | [`ErrorBudget`] | how many errors are kept beyond what was sampled |
//!
//! `docs/sampling.md` is the guide.

mod cap;
pub(crate) mod context;
mod decision;
mod error_budget;
mod head;
mod rates;
mod sdk;
mod state;
mod threshold;

pub use cap::Cap;
pub use decision::{Decision, OperationSampling, ParentSampling, Recording, Traits};
pub use error_budget::ErrorBudget;
pub use head::Sampler;
pub use sdk::SdkSampler;
pub use state::SamplingState;
pub use threshold::{Randomness, Threshold};
