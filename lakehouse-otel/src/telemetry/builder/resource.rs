//! What is said of the program itself.

use opentelemetry::{Array, KeyValue, StringValue, Value};

use super::Builder;

impl Builder {
    /// An attribute of the resource; over what the environment says and what is detected.
    pub fn resource_attribute(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes
            .push(KeyValue::new(key.into(), value.into()));
        self
    }

    /// `processing.engine`: what does the work, `datafusion` for example.
    pub fn processing_engine(self, engine: impl Into<String>) -> Self {
        self.resource_attribute("processing.engine", engine.into())
    }

    /// `processing.orchestrator`: what starts the work, `airflow` for example.
    pub fn orchestrator(self, orchestrator: impl Into<String>) -> Self {
        self.resource_attribute("processing.orchestrator", orchestrator.into())
    }

    /// `processing.compute`: what the work runs on, `kubernetes` for example.
    pub fn compute(self, compute: impl Into<String>) -> Self {
        self.resource_attribute("processing.compute", compute.into())
    }

    /// `crypto.exchange`, where the whole program works for one.
    pub fn exchange(self, exchange: impl AsRef<str>) -> Self {
        self.resource_attribute("crypto.exchange", exchange.as_ref().to_owned())
    }

    /// `crypto.data_types`.
    pub fn data_types<T: AsRef<str>>(self, types: impl IntoIterator<Item = T>) -> Self {
        self.list_attribute("crypto.data_types", types)
    }

    /// `crypto.market_types`.
    pub fn market_types<T: AsRef<str>>(self, types: impl IntoIterator<Item = T>) -> Self {
        self.list_attribute("crypto.market_types", types)
    }

    /// `lakehouse.layers`.
    pub fn layers<T: AsRef<str>>(self, layers: impl IntoIterator<Item = T>) -> Self {
        self.list_attribute("lakehouse.layers", layers)
    }

    /// `lakehouse.version`.
    pub fn lakehouse_version(self, version: impl Into<String>) -> Self {
        self.resource_attribute("lakehouse.version", version.into())
    }

    /// `lakehouse.storage_backend`: `s3`, `local`.
    pub fn storage_backend(self, backend: impl Into<String>) -> Self {
        self.resource_attribute("lakehouse.storage_backend", backend.into())
    }

    /// `lakehouse.format`: `parquet` for example.
    pub fn lakehouse_format(self, format: impl AsRef<str>) -> Self {
        self.resource_attribute("lakehouse.format", format.as_ref().to_owned())
    }

    fn list_attribute<T: AsRef<str>>(
        self,
        key: &'static str,
        items: impl IntoIterator<Item = T>,
    ) -> Self {
        let items = items.into_iter().map(|item| item.as_ref().to_owned());
        self.resource_attribute(key, list(items))
    }
}

/// A list of texts as an attribute's value.
pub(crate) fn list<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Value {
    let items = items
        .into_iter()
        .map(|item| StringValue::from(item.into()))
        .collect();
    Value::Array(Array::String(items))
}
