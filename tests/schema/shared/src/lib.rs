//! What several crates say of documents, declared once.

lakehouse_otel::schema!("telemetry/documents.yaml");
