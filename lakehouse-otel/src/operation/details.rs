//! Groups of attributes that an operation's work sets together.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::Value;

use crate::schema::{Compression, Format, IntoValue, crypto, kind};

/// Declares a group: a setter for each attribute, documented with its key.
macro_rules! details {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$setter_doc:meta])* $setter:ident: $key:literal as $kind:ty;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default)]
        #[must_use = "details do nothing until they are set on a handle"]
        pub struct $name {
            values: Vec<(&'static str, Value)>,
        }

        impl $name {
            /// No details yet.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[$setter_doc])*
                #[doc = concat!("\n\nThe attribute `", $key, "`.")]
                pub fn $setter(mut self, value: impl IntoValue<$kind>) -> Self {
                    if let Some(value) = value.to_value() {
                        self.values.push(($key, value));
                    }
                    self
                }
            )+

            #[cfg(feature = "enabled")]
            pub(super) fn apply(self, mut set: impl FnMut(&'static str, Value)) {
                for (key, value) in self.values {
                    set(key, value);
                }
            }
        }
    };
}

details! {
    /// What was asked of an exchange.
    RequestDetails {
        /// The host that was asked.
        server_address: "server.address" as kind::Text;
        /// The port that was asked.
        server_port: "server.port" as kind::Int;
        /// How many times this request was sent before.
        resend_count: "http.request.resend_count" as kind::Int;
        /// How many rows were asked for.
        limit: "crypto.request.limit" as kind::Int;
        /// The size of the body that was sent, in bytes.
        body_size: "http.request.body.size" as kind::Int;
    }
}

details! {
    /// What an exchange answered.
    ResponseDetails {
        /// The HTTP status. One of 400 or more makes the outcome `error`; what its exchange means by it
        /// (429, Binance's 418, Bybit's 403) [`exchange`](crate::exchange) knows.
        status: "http.response.status_code" as kind::Int;
        /// The size of the body, in bytes.
        body_size: "http.response.body.size" as kind::Int;
        /// How much of the limit is used, as the exchange counts it (`X-MBX-USED-WEIGHT-1M`).
        rate_limit_used: "crypto.rate_limit.used" as kind::Int;
        /// How much may be used (`exchangeInfo.rateLimits`).
        rate_limit_limit: "crypto.rate_limit.limit" as kind::Int;
        /// How long the exchange asks to wait, in seconds (`Retry-After`).
        retry_after: "crypto.rate_limit.retry_after" as kind::Double;
        /// How many records the answer holds.
        records: "crypto.record_count" as kind::Int;
        /// The error that the exchange itself reports, in an answer of any status: Kraken's
        /// `EAPI:Rate limit exceeded`, OKX's `50011`. It makes the outcome `error`. One of few
        /// values: the code, not the message.
        exchange_error: "crypto.exchange_error" as kind::Text;
    }
}

details! {
    /// How much data went through an operation.
    DataStats {
        /// How many records.
        records: "crypto.record_count" as kind::Int;
        /// How many bytes.
        bytes: "crypto.data_size_bytes" as kind::Int;
    }
}

impl DataStats {
    /// When the newest of the records happened.
    ///
    /// The attribute `crypto.newest_event_time`, in milliseconds since the Unix epoch.
    pub fn newest_event_time(mut self, time: SystemTime) -> Self {
        let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
        self.values
            .push((crypto::NEWEST_EVENT_TIME.name(), Value::I64(millis)));
        self
    }
}

details! {
    /// A file or an object in storage.
    FileDetails {
        /// Its key in the bucket.
        key: "aws.s3.key" as kind::Text;
        /// Its size in bytes.
        size_bytes: "crypto.data_size_bytes" as kind::Int;
        /// How many records it holds.
        records: "crypto.record_count" as kind::Int;
        /// How many files it stands for.
        file_count: "crypto.file_count" as kind::Int;
        /// Its format.
        format: "lakehouse.format" as Format;
        /// How it is compressed.
        compression: "lakehouse.compression" as Compression;
    }
}
