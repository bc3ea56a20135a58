//! An OTLP receiver for tests.
