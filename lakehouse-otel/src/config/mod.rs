//! Configuration: the standard `OTEL_*` variables, ours, and the builder over both.
//!
//! | source | wins over |
//! |---|---|
//! | the builder | the environment |
//! | a variable of one signal (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`) | the general one |
//! | of several variables for one thing, the first in [`VARIABLES`] | the others, with a warning where they differ |
//!
//! An empty variable is an unset one. A value that does not parse is an error, and all of them are
//! reported at once. [`VARIABLES`] lists every variable with its default.
//!
//! ```
//! # #[cfg(feature = "enabled")] {
//! use lakehouse_otel::config::{Config, Exporter};
//!
//! let config = Config::from_lookup(|name| match name {
//!     "DEPLOYMENT_ENV" => Some("production".to_owned()),
//!     _ => None,
//! })?;
//! assert_eq!(config.traces.exporter, Exporter::Otlp);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod environment;
mod error;
#[cfg(feature = "enabled")]
mod load;
#[cfg(feature = "enabled")]
pub(crate) mod lookup;
#[cfg(feature = "enabled")]
mod parse;
#[cfg(feature = "enabled")]
pub(crate) use parse::redacted_url;
#[cfg(feature = "enabled")]
mod settings;
mod values;
mod variables;

pub use error::{ConfigError, Problem};
#[cfg(feature = "__otlp")]
pub(crate) use settings::first_characters;
#[cfg(feature = "enabled")]
pub use settings::{
    BatchConfig, Config, Headers, MetricsConfig, NearRealTimeConfig, OtlpConfig, PerformanceConfig,
    PrometheusConfig, SamplingConfig, SpanLimits, TracesConfig,
};
pub use values::{
    Compression, Exporter, HistogramAggregation, Protocol, Sampler, TemporalityPreference,
    UnknownName,
};
pub use variables::{VARIABLES, Variable, markdown};
