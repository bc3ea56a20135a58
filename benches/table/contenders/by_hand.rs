//! OpenTelemetry's SDK, by hand, as a careful user writes it.

use std::error::Error;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::Duration;

use opentelemetry::trace::{
    FutureExt as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
    TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter as OtlpExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider, SpanExporter,
};

use super::{Account, Contender, Export, Parent, QUEUE, Running, Setup, State};
use crate::export::{TakeAndDrop, Taken};
use crate::work::{CONSTANTS, Outcome, Pauses, Refused, SPAN, SYMBOL, body};

pub(crate) struct ByHand;

/// The tracer of this process, or none where telemetry is off: the SDK's own type, for a boxed one would cost
/// allocations.
static TRACER: OnceLock<Option<SdkTracer>> = OnceLock::new();

/// Starts a span, where telemetry is on.
fn span(symbol: &str) -> Option<Context> {
    let tracer = TRACER.get()?.as_ref()?;
    let [exchange, method, endpoint, data_type] = CONSTANTS;
    let builder = tracer
        .span_builder(SPAN)
        .with_kind(SpanKind::Client)
        .with_attributes([
            KeyValue::new(exchange.0, exchange.1),
            KeyValue::new(method.0, method.1),
            KeyValue::new(endpoint.0, endpoint.1),
            KeyValue::new(data_type.0, data_type.1),
            KeyValue::new(SYMBOL, symbol.to_owned()),
        ]);
    Some(Context::current_with_span(builder.start(tracer)))
}

fn end(context: &Context, outcome: &Outcome) {
    let span = context.span();
    if let Err(error) = outcome {
        span.set_status(Status::error(error.to_string()));
        span.set_attribute(KeyValue::new(
            "error.type",
            std::any::type_name::<Refused>(),
        ));
        span.record_error(error as &dyn Error);
    }
    span.end();
}

#[inline(never)]
fn by_hand(symbol: &str) -> Outcome {
    let Some(context) = span(symbol) else {
        return body(symbol);
    };
    let outcome = {
        let _guard = context.clone().attach();
        body(symbol)
    };
    end(&context, &outcome);
    outcome
}

async fn by_hand_async(symbol: &str, pauses: u32) -> Outcome {
    let Some(context) = span(symbol) else {
        Pauses(pauses).await;
        return body(symbol);
    };
    let outcome = async {
        Pauses(pauses).await;
        body(symbol)
    }
    .with_context(context.clone())
    .await;
    end(&context, &outcome);
    outcome
}

impl Contender for ByHand {
    type Running = Provider;

    fn start(setup: &Setup) -> Provider {
        let provider = Provider::new(setup);
        drop(TRACER.set(provider.tracer()));
        provider
    }

    fn call(symbol: &str) -> Outcome {
        by_hand(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        by_hand_async(symbol, pauses)
    }

    fn under(parent: Parent, work: &mut dyn FnMut()) {
        under(parent, TRACER.get().and_then(Option::as_ref), work);
    }
}

/// Runs `work` under a span of this tracer, or under a remote one.
fn under(parent: Parent, tracer: Option<&SdkTracer>, work: &mut dyn FnMut()) {
    let context = match (parent, tracer) {
        (Parent::Sampled, Some(tracer)) => Context::new().with_span(tracer.start("parent")),
        (Parent::Unsampled, _) => unsampled(),
        _ => Context::new(),
    };
    let _guard = context.attach();
    work();
}

/// A context whose span is a remote one that was not sampled.
pub(crate) fn unsampled() -> Context {
    let parent = SpanContext::new(
        TraceId::from(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736),
        SpanId::from(0x00f0_67aa_0ba9_02b7),
        TraceFlags::default(),
        true,
        TraceState::default(),
    );
    Context::new().with_remote_span_context(parent)
}

/// The SDK's provider with its batch processor.
pub(crate) struct Provider {
    provider: Option<SdkTracerProvider>,
    taken: Taken,
}

impl Provider {
    pub(crate) fn new(setup: &Setup) -> Self {
        let taken = Taken::default();
        if setup.state == State::Off {
            return Self {
                provider: None,
                taken,
            };
        }
        let builder = SdkTracerProvider::builder();
        let builder = match &setup.export {
            Export::Send(endpoint) => builder.with_span_processor(processor(
                Counted {
                    exporter: otlp(endpoint),
                    taken: taken.clone(),
                },
                setup.batch,
            )),
            Export::Drop => {
                builder.with_span_processor(processor(TakeAndDrop(taken.clone()), setup.batch))
            }
        };
        Self {
            provider: Some(builder.build()),
            taken,
        }
    }

    pub(crate) fn tracer(&self) -> Option<SdkTracer> {
        Some(self.provider.as_ref()?.tracer("by hand"))
    }
}

fn processor(exporter: impl SpanExporter + 'static, batch: usize) -> BatchSpanProcessor {
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(batch)
        .build();
    BatchSpanProcessor::builder(exporter)
        .with_batch_config(config)
        .build()
}

fn otlp(endpoint: &str) -> OtlpExporter {
    // The blocking client must be made outside of any async runtime, and there is none here.
    let client = reqwest::blocking::Client::builder()
        .timeout(Duration::from_secs(10))
        .build()
        .expect("a client");
    OtlpExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_endpoint(format!("{endpoint}/v1/traces"))
        .build()
        .expect("an exporter")
}

/// Counts what an exporter took without an error.
#[derive(Debug)]
struct Counted {
    exporter: OtlpExporter,
    taken: Taken,
}

impl SpanExporter for Counted {
    async fn export(
        &self,
        batch: Vec<opentelemetry_sdk::trace::SpanData>,
    ) -> opentelemetry_sdk::error::OTelSdkResult {
        let spans = batch.len() as u64;
        self.exporter.export(batch).await?;
        self.taken.fetch_add(spans, Ordering::Relaxed);
        Ok(())
    }

    fn set_resource(&mut self, resource: &opentelemetry_sdk::Resource) {
        self.exporter.set_resource(resource);
    }
}

impl Running for Provider {
    fn flush(&mut self, _made: u64) -> Account {
        if let Some(provider) = &self.provider {
            provider.force_flush().expect("nothing to fail");
        }
        Account {
            exported: self.taken.load(Ordering::SeqCst),
            lost: 0,
        }
    }
}
