//! What annotated functions cost, beside the project's peers: `cargo bench -p lakehouse-otel-benches`.
//!
//! All of it is in the bench `table`; a package needs a library.
