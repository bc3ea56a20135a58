//! The metrics of telemetry itself: `otel.sdk.*`, as OpenTelemetry's semantic conventions have them.
//!
//! They are read off the span processor's account when metrics are collected, so recording a span costs
//! nothing more for them, and they say what [`Telemetry::ledger`](crate::Telemetry::ledger) says.

use std::sync::atomic::{AtomicU64, Ordering};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Meter, MeterProvider as _};

use super::provider::Provider;
use crate::schema::MetricDefinition;
use crate::schema::metrics::{
    OTEL_SDK_EXPORTER_SPAN_EXPORTED, OTEL_SDK_EXPORTER_SPAN_INFLIGHT,
    OTEL_SDK_PROCESSOR_SPAN_PROCESSED, OTEL_SDK_PROCESSOR_SPAN_QUEUE_CAPACITY,
    OTEL_SDK_PROCESSOR_SPAN_QUEUE_SIZE,
};
use crate::scope;
use crate::trace::processor::{BatchSpanProcessor, Flow};

/// Spans that did not go the usual way, by `error.type`: how many they are.
type Losses<const N: usize> = [(&'static str, u64); N];

/// Lets the metrics of this provider tell how the processor's spans stand.
pub(crate) fn observe(
    provider: &Provider,
    processor: &BatchSpanProcessor,
    exporter_type: &'static str,
) {
    static INSTANCES: AtomicU64 = AtomicU64::new(0);
    let instance = INSTANCES.fetch_add(1, Ordering::Relaxed);
    let meter = provider.meter_with_scope(scope());
    // The SDK's own processor, should the program add one, calls itself `batching_span_processor/0`.
    let of_processor = Component::new(
        "batching_span_processor",
        format!("lakehouse_otel_span_processor/{instance}"),
    );
    let of_exporter = Component::new(
        exporter_type,
        format!("lakehouse_otel_span_exporter/{instance}"),
    );
    let capacity = signed(processor.capacity() as u64);

    let flow = {
        let processor = processor.clone();
        move || processor.flow()
    };
    counter(&meter, &OTEL_SDK_PROCESSOR_SPAN_PROCESSED, &of_processor, {
        let flow = flow.clone();
        move || {
            let flow = flow();
            (flow.given, dropped(&flow))
        }
    });
    counter(&meter, &OTEL_SDK_EXPORTER_SPAN_EXPORTED, &of_exporter, {
        let flow = flow.clone();
        move || {
            let flow = flow();
            (flow.account.exported, not_exported(&flow))
        }
    });
    level(
        &meter,
        &OTEL_SDK_PROCESSOR_SPAN_QUEUE_SIZE,
        &of_processor,
        {
            let flow = flow.clone();
            move || {
                let flow = flow();
                signed(flow.account.queued.saturating_sub(flow.in_flight))
            }
        },
    );
    level(
        &meter,
        &OTEL_SDK_PROCESSOR_SPAN_QUEUE_CAPACITY,
        &of_processor,
        move || capacity,
    );
    level(
        &meter,
        &OTEL_SDK_EXPORTER_SPAN_INFLIGHT,
        &of_exporter,
        move || signed(flow().in_flight),
    );
}

/// What the processor dropped. Spans that have not ended never came to it.
fn dropped(flow: &Flow) -> Losses<5> {
    let dropped = flow.account.dropped;
    [
        ("queue_full", dropped.queue_full),
        ("over_cap", dropped.over_cap),
        ("over_error_budget", dropped.over_error_budget),
        ("after_shutdown", dropped.after_shutdown),
        (
            UNSENT,
            dropped.unsent_at_shutdown.saturating_sub(flow.unanswered),
        ),
    ]
}

/// What the exporter was given, and did not bring there.
fn not_exported(flow: &Flow) -> Losses<3> {
    [
        ("rejected", flow.account.rejected),
        ("failed", flow.account.failed),
        (UNSENT, flow.unanswered),
    ]
}

const UNSENT: &str = "unsent_at_shutdown";

/// A part of telemetry, as the attributes of its metrics name it.
#[derive(Clone)]
struct Component([KeyValue; 2]);

impl Component {
    fn new(component_type: &'static str, name: String) -> Self {
        Self([
            KeyValue::new("otel.component.name", name),
            KeyValue::new("otel.component.type", component_type),
        ])
    }

    /// The attributes of those that an error of this type befell.
    fn with_error(&self, error_type: &'static str) -> [KeyValue; 3] {
        let [name, component_type] = self.0.clone();
        [
            name,
            component_type,
            KeyValue::new("error.type", error_type),
        ]
    }
}

/// A counter of what went well, which is there from the start, and of losses, which are when there are
/// any.
fn counter<const N: usize>(
    meter: &Meter,
    definition: &MetricDefinition,
    component: &Component,
    read: impl Fn() -> (u64, Losses<N>) + Send + Sync + 'static,
) {
    let component = component.clone();
    let callback = move |observer: &dyn AsyncInstrument<u64>| {
        let (good, losses) = read();
        observer.observe(good, &component.0);
        for (error_type, count) in losses {
            if count > 0 {
                observer.observe(count, &component.with_error(error_type));
            }
        }
    };
    // The provider keeps the callback.
    let _ = meter
        .u64_observable_counter(definition.name)
        .with_unit(definition.unit)
        .with_description(definition.description)
        .with_callback(callback)
        .build();
}

/// How many there are now.
fn level(
    meter: &Meter,
    definition: &MetricDefinition,
    component: &Component,
    read: impl Fn() -> i64 + Send + Sync + 'static,
) {
    let component = component.clone();
    let callback =
        move |observer: &dyn AsyncInstrument<i64>| observer.observe(read(), &component.0);
    let _ = meter
        .i64_observable_up_down_counter(definition.name)
        .with_unit(definition.unit)
        .with_description(definition.description)
        .with_callback(callback)
        .build();
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
