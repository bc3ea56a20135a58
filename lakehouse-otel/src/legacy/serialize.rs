//! The books in any format that serde has.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::{Array, KeyValue, Value};
use serde_core::ser::{Serialize, SerializeMap as _, SerializeStruct as _, Serializer};

use super::record::{
    CollectedMetrics, RecordedError, RecordedEvent, WorkflowId, WorkflowMetrics, WorkflowState,
};

/// A struct with these fields, in this order.
macro_rules! serialize {
    ($type:ident as $this:ident { $($field:literal: $value:expr,)+ }) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $this = self;
                let fields = [$($field),+].len();
                let mut fields = serializer.serialize_struct(stringify!($type), fields)?;
                $(fields.serialize_field($field, &$value)?;)+
                fields.end()
            }
        }
    };
}

serialize!(CollectedMetrics as all {
    "configuration": all.configuration,
    "workflows": all.workflows,
    "events": all.events,
    "errors": all.errors,
    "workflows_ended": all.workflows_ended,
    "workflows_cancelled": all.workflows_cancelled,
    "events_recorded": all.events_recorded,
    "errors_recorded": all.errors_recorded,
});

serialize!(WorkflowMetrics as workflow {
    "id": workflow.id,
    "name": workflow.name,
    "state": workflow.state,
    "start_time": Time(workflow.start_time),
    "end_time": workflow.end_time.map(Time),
    "duration_seconds": workflow.duration.as_secs_f64(),
    "events": workflow.events,
    "errors": workflow.errors,
    "error": workflow.error,
});

serialize!(RecordedEvent as event {
    "event": event.event,
    "time": Time(event.time),
    "workflow_id": event.workflow_id,
    "attributes": Attributes(&event.attributes),
});

serialize!(RecordedError as error {
    "error": error.error,
    "error_type": error.error_type,
    "time": Time(error.time),
    "workflow_id": error.workflow_id,
    "attributes": Attributes(&error.attributes),
});

impl Serialize for WorkflowId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_ref())
    }
}

impl Serialize for WorkflowState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A map of each attribute to its value; of two with one key the last counts.
struct Attributes<'a>(&'a [KeyValue]);

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (index, attribute) in self.0.iter().enumerate() {
            let later = &self.0[index + 1..];
            if later.iter().all(|other| other.key != attribute.key) {
                map.serialize_entry(attribute.key.as_str(), &Of(&attribute.value))?;
            }
        }
        map.end()
    }
}

/// A value as the nearest thing that serde has.
struct Of<'a>(&'a Value);

impl Serialize for Of<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::I64(value) => serializer.serialize_i64(*value),
            Value::F64(value) => serializer.serialize_f64(*value),
            Value::Array(Array::Bool(values)) => values.serialize(serializer),
            Value::Array(Array::I64(values)) => values.serialize(serializer),
            Value::Array(Array::F64(values)) => values.serialize(serializer),
            Value::Array(Array::String(values)) => {
                serializer.collect_seq(values.iter().map(opentelemetry::StringValue::as_str))
            }
            other => serializer.serialize_str(&other.as_str()),
        }
    }
}

/// A time as RFC 3339 has it, in UTC: `2026-11-21T08:31:40.250Z`.
struct Time(SystemTime);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc_3339(self.0))
    }
}

fn rfc_3339(time: SystemTime) -> String {
    // Nobody's clock is set before 1970.
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = date(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60,
        since.subsec_millis()
    )
}

/// The Gregorian date so many days after 1970-01-01: years begin in March, so that the odd day is their last, and go in
/// rounds of 400, which have 146,097 days.
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (round, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march = (5 * day + 2) / 153;
    let (month, day) = (
        if march < 10 { march + 3 } else { march - 9 },
        day - (153 * march + 2) / 5 + 1,
    );
    let year = round * 400 + year + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_767_225_599, "2025-12-31T23:59:59.000Z"),
            (1_795_249_900, "2026-11-21T08:31:40.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(rfc_3339(time), text);
        }
        let time = UNIX_EPOCH + Duration::from_millis(1_250);
        assert_eq!(rfc_3339(time), "1970-01-01T00:00:01.250Z");
    }

    #[test]
    fn attributes_keep_their_types() {
        let symbols = ["A", "B"].map(opentelemetry::StringValue::from).to_vec();
        let attributes = [
            KeyValue::new("records", 1),
            KeyValue::new("records", 2),
            KeyValue::new("share", 0.5),
            KeyValue::new("last", true),
            KeyValue::new("symbol", "BTCUSDT"),
            KeyValue::new("symbols", Value::Array(symbols.into())),
            KeyValue::new("sizes", Value::Array(vec![1_i64, 2].into())),
        ];
        let json = serde_json::to_string(&Attributes(&attributes)).unwrap();
        assert_eq!(
            json,
            r#"{"records":2,"share":0.5,"last":true,"symbol":"BTCUSDT","symbols":["A","B"],"sizes":[1,2]}"#
        );
    }
}
