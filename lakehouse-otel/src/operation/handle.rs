//! The handle of a running operation: what the work itself adds to it.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry::{Context, KeyValue, Value};

use super::Stage;
use super::active::{Active, Mark};
use super::current::Scope;
use super::details::{DataStats, FileDetails, RequestDetails, ResponseDetails};
use super::error::Failure;
use super::guard::Operation;
use crate::exchange::ExchangeResponse;
use crate::performance::BudgetCheck;
use crate::schema::{AttributeKey, IntoValue, events};
use crate::trace::identity::Identity;

/// A running operation, as seen from its work: `#[track_api_request(…, context = ctx)]` binds one
/// to `ctx`.
///
/// It is cheap to clone, and may outlive the operation; what is set after the end goes nowhere. Where
/// nothing records the operation, it does nothing.
///
/// ```
/// use lakehouse_otel::prelude::*;
/// use lakehouse_otel::operation::ResponseDetails;
///
/// #[track_api_request(exchange = Binance, endpoint = "/api/v3/time", context = ctx)]
/// fn server_time() -> u64 {
///     ctx.set_response_details(ResponseDetails::new().status(200).rate_limit_used(3));
///     1_499_827_319_559
/// }
/// # server_time();
/// ```
#[derive(Debug, Clone)]
pub struct Handle(Slot);

#[derive(Debug, Clone)]
enum Slot {
    /// Nothing records the operation.
    None,
    Running(Running),
    /// The operation starts when its future is polled.
    Later(Later),
}

/// An operation, and its context where that is one of its own.
#[derive(Debug, Clone)]
pub(super) struct Running {
    active: Active,
    context: Option<Context>,
}

/// An operation that starts later.
pub(super) type Later = Arc<OnceLock<Running>>;

impl Running {
    pub(super) fn new(active: &Active, context: Option<Context>) -> Self {
        Self {
            active: active.clone(),
            context,
        }
    }
}

impl Handle {
    pub(super) const fn none() -> Self {
        Self(Slot::None)
    }

    pub(super) fn running(active: &Active, context: Option<Context>) -> Self {
        Self(Slot::Running(Running::new(active, context)))
    }

    pub(super) fn later(started: &Later) -> Self {
        Self(Slot::Later(Arc::clone(started)))
    }

    fn operation(&self) -> Option<&Running> {
        match &self.0 {
            Slot::None => None,
            Slot::Running(running) => Some(running),
            Slot::Later(started) => started.get(),
        }
    }

    fn active(&self) -> Option<&Active> {
        self.operation().map(|running| &running.active)
    }

    /// The operation's place in a trace, where it has one.
    fn identity(&self) -> Option<&Identity> {
        let active = self.active()?;
        active.is_traced().then(|| active.identity())
    }

    /// Whether the operation's span records what is set on it.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.active().is_some_and(|active| active.records())
    }

    /// Sets an attribute of the span, in place of an earlier value; one that the macro's arguments set
    /// to a constant stays. Where the attribute feeds an instrument (`crypto.record_count`) or
    /// decides the outcome (`http.response.status_code`), it does that too.
    pub fn set<K>(&self, key: AttributeKey<K>, value: impl IntoValue<K>) {
        if let Some(active) = self.active()
            && let Some(value) = value.to_recorded()
        {
            active.set(key.name(), value);
        }
    }

    /// Sets an attribute that no registry declares.
    pub fn set_attribute(&self, attribute: KeyValue) {
        if let Some(active) = self.active() {
            active.set_attribute(attribute);
        }
    }

    /// Adds an event to the span, now.
    pub fn add_event(
        &self,
        name: impl Into<Cow<'static, str>>,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) {
        if let Some(active) = self.active()
            && active.records()
        {
            active.add_event(name.into(), attributes.into_iter().collect());
        }
    }

    /// Records an error that the work survived, as an `exception` event: the outcome stays.
    pub fn record_error(&self, error: &(dyn std::error::Error + '_)) {
        if let Some(active) = self.active()
            && active.records()
        {
            let attributes = Failure::of_dyn(error).event_attributes();
            active.add_event(events::EXCEPTION, attributes);
        }
    }

    /// Says what was asked of the exchange.
    pub fn set_request_details(&self, details: RequestDetails) {
        if let Some(active) = self.active() {
            details.apply(|key, value| active.set(key, value.into()));
        }
    }

    /// Says what the exchange answered. A status of 400 or more, or an error of the exchange in an
    /// answer of any status, makes the outcome `error`, whatever the function returns.
    pub fn set_response_details(&self, details: ResponseDetails) {
        if let Some(active) = self.active() {
            details.apply(|key, value| active.set(key, value.into()));
        }
    }

    /// Reads what the exchange answered: its limits, whether it was asked too often, whether it has banned the
    /// caller, its own error. `ok(|page| response = page)` does the same where the answer is what the function
    /// returns.
    ///
    /// ```
    /// use lakehouse_otel::exchange::ErrorCode;
    /// use lakehouse_otel::prelude::*;
    ///
    /// #[track_api_request(exchange = Okx, endpoint = "/api/v5/market/candles", context = ctx)]
    /// fn candles(body: &str) -> usize {
    ///     // The status and the headers of an HTTP client's response first, where there is one.
    ///     if body.contains("\"code\":\"50011\"") {
    ///         ctx.response(&ErrorCode("50011"));
    ///     }
    ///     body.len()
    /// }
    /// # candles("{\"code\":\"50011\"}");
    /// ```
    ///
    /// It may be said in parts: what a later one does not know stays.
    pub fn response(&self, response: &(impl ExchangeResponse + ?Sized)) {
        if let Some(active) = self.active() {
            active.respond(&response);
        }
    }

    /// Says how much data went through.
    pub fn record_data_stats(&self, stats: DataStats) {
        if let Some(active) = self.active() {
            stats.apply(|key, value| active.set(key, value.into()));
        }
    }

    /// Says which file or object was read or written.
    pub fn set_file_details(&self, details: FileDetails) {
        if let Some(active) = self.active() {
            details.apply(|key, value| active.set(key, value.into()));
        }
    }

    /// Sets a measurement of the work's own, as the span's attribute `crypto.processing.metric.<name>`.
    pub fn set_processing_metric(&self, name: &str, value: f64) {
        self.set_attribute(KeyValue::new(
            format!("crypto.processing.metric.{name}"),
            Value::F64(value),
        ));
    }

    /// How the operation stands against its `budget`, now. One that has ended still counts the time since
    /// it began; where nothing records the operation, there is neither a budget nor a time.
    ///
    /// ```
    /// use lakehouse_otel::prelude::*;
    ///
    /// #[track_processing(operation = "clean", budget = "5s", context = ctx)]
    /// fn clean(batches: &[u64]) -> usize {
    ///     // Leave the rest for later rather than take too long.
    ///     let in_time = |_: &&u64| !ctx.check_performance_budget().exceeded;
    ///     batches.iter().take_while(in_time).count()
    /// }
    /// # assert_eq!(clean(&[1, 2]), 2);
    /// ```
    #[must_use]
    pub fn check_performance_budget(&self) -> BudgetCheck {
        let active = self.active();
        active.map_or_else(BudgetCheck::default, |active| active.check_budget())
    }

    /// Starts a stage under this operation.
    ///
    /// ```
    /// use lakehouse_otel::prelude::*;
    ///
    /// #[trace_crypto_workflow(name = "daily_klines", context = ctx)]
    /// fn daily_klines() {
    ///     let validate = ctx.start_stage("validate");
    ///     validate.run(|| { /* … */ }, |_, ()| {});
    /// }
    /// # daily_klines();
    /// ```
    pub fn start_stage(&self, stage: &'static str) -> Operation {
        let entered = self
            .operation()
            .map(|running| Scope::new(running.active.clone(), running.context.clone()));
        let stage = Stage::new(stage).start();
        drop(entered);
        stage
    }

    /// The context in which the operation is the current span, to carry to other threads and tasks.
    /// An operation that is not recorded may have none of its own; then it is the current one.
    #[must_use]
    pub fn context(&self) -> Context {
        let Some(running) = self.operation() else {
            return Context::current();
        };
        running.active.mark(Mark::Followed);
        running.context.clone().unwrap_or_else(Context::current)
    }

    /// The trace that the operation belongs to; `None` where it has no span.
    #[must_use]
    pub fn trace_id(&self) -> Option<TraceId> {
        Some(self.identity()?.trace_id())
    }

    /// The operation's span; `None` where it has none.
    #[must_use]
    pub fn span_id(&self) -> Option<SpanId> {
        let span_id = self.identity()?.span_id();
        self.active()?.mark(Mark::Followed);
        Some(span_id)
    }
}
