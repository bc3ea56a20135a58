//! Tables for the macros where there is no YAML.

/// The table of a schema that is a module written by hand.
///
/// [`schema!`](macro@crate::schema) makes a module of a YAML file, with a table of all that is in it, which the
/// attribute macros check names against. A module of keys that somebody wrote has none; with this in its place
/// only the compiler checks the names, one by one. There are no spans in it.
///
/// ```
/// pub mod schema {
///     pub use lakehouse_otel::schema::by_hand as __table;
///
///     pub mod text_analysis {
///         use lakehouse_otel::schema::{AttributeKey, kind};
///
///         pub const SENTENCE_COUNT: AttributeKey<kind::Int> = AttributeKey::new("text_analysis.sentence_count");
///     }
/// }
///
/// use lakehouse_otel::prelude::*;
///
/// #[trace_stage(stage = "split", text_analysis.sentence_count = sentences.len())]
/// fn split(sentences: &[&str]) {}
/// # fn main() {}
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! __schema_by_hand {
    ({ $($callback:tt)* } $($state:tt)*) => {
        $($callback)*! { { by_hand } $($state)* }
    };
}
