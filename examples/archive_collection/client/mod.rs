//! The REST client: one request is one attempt; what surrounds it waits, retries and counts.

mod error;
mod pace;

pub(crate) use error::{ApiError, GaveUp};

use crate::{
    range::{Page, TimeRange},
    series::{Series, Symbol},
};
use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use lakehouse_otel::{
    operation::{Handle, RequestDetails, ResponseDetails},
    prelude::*,
};
use pace::{Pace, RateLimit};
use reqwest::Url;
use serde::{Deserialize, de::IgnoredAny};
use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

/// How patient the client is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Of one request.
    pub(crate) timeout: Duration,
    /// Retries of one page.
    pub(crate) retries: usize,
    /// Retries of the whole run.
    pub(crate) retry_budget: u32,
    /// The longest wait that an exchange may ask for.
    pub(crate) max_wait: Duration,
}

#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    patience: Patience,
    budget: AtomicU32,
    pace: Pace,
    requests: AtomicU64,
    retries: AtomicU64,
}

/// A page as the exchange sent it.
#[derive(Debug)]
pub(crate) struct RawPage {
    pub(crate) body: Bytes,
    rows: usize,
}

impl RawPage {
    /// How many rows it has.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }
}

/// What the client did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Account {
    pub(crate) requests: u64,
    pub(crate) retries: u64,
    pub(crate) rate_limit_waits: u64,
    pub(crate) waited: Duration,
    pub(crate) used_weight: u32,
    pub(crate) weight_limit: u32,
}

#[derive(Deserialize)]
struct ExchangeInfo {
    #[serde(rename = "rateLimits")]
    rate_limits: Vec<RateLimit>,
}

impl Client {
    pub(crate) fn new(base: Url, patience: Patience) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: reqwest::Client::builder()
                .timeout(patience.timeout)
                .build()?,
            base,
            patience,
            budget: AtomicU32::new(patience.retry_budget),
            pace: Pace::default(),
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
        })
    }

    /// Asks the exchange for its limits, so that the client stops short of them.
    pub(crate) async fn learn_limits(&self, symbol: &Symbol) -> Result<(), GaveUp> {
        match self
            .patiently(|resend| self.fetch_exchange_info(symbol, resend))
            .await
        {
            Ok(limits) => self.pace.obey(&limits),
            // An unknown symbol is for its own series to report; Binance's documented limit holds meanwhile.
            Err(GaveUp {
                error: ApiError::Refused { .. },
                ..
            }) => {}
            Err(gave_up) => return Err(gave_up),
        }
        Ok(())
    }

    /// Fetches a page, as often as it takes and patience allows.
    pub(crate) async fn page(&self, series: &Series, page: &Page) -> Result<RawPage, GaveUp> {
        let (symbol, timeframe) = (series.symbol.as_str(), series.timeframe);
        self.patiently(|resend| self.fetch_page(symbol, timeframe, page.range, page.limit, resend))
            .await
    }

    pub(crate) fn account(&self) -> Account {
        Account {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            ..self.pace.account()
        }
    }

    /// One attempt at a page of klines.
    #[track_api_request(
        exchange = Binance, method = "GET", endpoint = "/api/v3/klines", market_type = Spot,
        data_type = Klines, symbol = symbol, timeframe = timeframe, limit = limit, context = ctx,
        ok(|page| record_count = page.len()),
    )]
    async fn fetch_page(
        &self,
        symbol: &str,
        timeframe: Timeframe,
        range: TimeRange,
        limit: u32,
        resend: u32,
    ) -> Result<RawPage, ApiError> {
        let (from, last) = (range.from, range.to - 1);
        let query = format!(
            "symbol={symbol}&interval={timeframe}&startTime={from}&endTime={last}&limit={limit}"
        );
        let body = self.get(&ctx, "/api/v3/klines", &query, resend).await?;
        let rows = serde_json::from_slice::<Vec<IgnoredAny>>(&body)
            .map_err(ApiError::Unreadable)?
            .len();
        Ok(RawPage { body, rows })
    }

    /// One attempt at the exchange's own description.
    #[track_api_request(
        exchange = Binance, method = "GET", endpoint = "/api/v3/exchangeInfo", market_type = Spot,
        symbol = symbol.as_str(), context = ctx,
    )]
    async fn fetch_exchange_info(
        &self,
        symbol: &Symbol,
        resend: u32,
    ) -> Result<Vec<RateLimit>, ApiError> {
        let body = self
            .get(
                &ctx,
                "/api/v3/exchangeInfo",
                &format!("symbol={symbol}"),
                resend,
            )
            .await?;
        let info: ExchangeInfo = serde_json::from_slice(&body).map_err(ApiError::Unreadable)?;
        Ok(info.rate_limits)
    }

    /// Sends a request and reads the answer, and tells the operation that it is part of about both.
    async fn get(
        &self,
        ctx: &Handle,
        endpoint: &str,
        query: &str,
        resend: u32,
    ) -> Result<Bytes, ApiError> {
        let (host, port) = (self.base.host_str(), self.base.port_or_known_default());
        let resend = (resend > 0).then_some(resend);
        ctx.set_request_details(
            RequestDetails::new()
                .server_address(host)
                .server_port(port)
                .resend_count(resend),
        );
        self.requests.fetch_add(1, Ordering::Relaxed);
        let url = format!(
            "{}{endpoint}?{query}",
            self.base.as_str().trim_end_matches('/')
        );
        let response = self.http.get(url).send().await?;

        let status = response.status().as_u16();
        let weight = self.pace.note_used_weight(response.headers());
        let retry_after = pace::retry_after(response.headers(), status);
        ctx.set_response_details(
            ResponseDetails::new()
                .status(status)
                .rate_limit_used(weight.map(|weight| weight.used))
                .rate_limit_limit(weight.map(|weight| weight.limit))
                .retry_after(retry_after.map(|wait| wait.as_secs_f64())),
        );
        let body = response.bytes().await?;
        ctx.set_response_details(ResponseDetails::new().body_size(body.len()));

        if let Some(wait) = retry_after {
            self.pace.close_for(wait);
        }
        if status == 200 {
            Ok(body)
        } else {
            Err(ApiError::of_answer(status, retry_after, &body))
        }
    }

    /// Runs attempts until one succeeds, with backoff, or for as long as the exchange asks.
    async fn patiently<T, F: Future<Output = Result<T, ApiError>>>(
        &self,
        attempt: impl Fn(u32) -> F,
    ) -> Result<T, GaveUp> {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(100))
            .with_max_delay(Duration::from_secs(10))
            .with_max_times(self.patience.retries)
            .with_jitter();
        let attempts = AtomicU32::new(0);
        let paced = || async {
            self.pace
                .ready(self.patience.max_wait)
                .await
                .map_err(|left| ApiError::ShutOut { left })?;
            attempt(attempts.fetch_add(1, Ordering::Relaxed)).await
        };
        let outcome = paced
            .retry(backoff)
            .when(|error| error.is_transient(self.patience.max_wait))
            .adjust(|error, delay| {
                // The exchange's own word goes before our backoff; the pace keeps everybody waiting for it.
                let delay = delay.map(|delay| {
                    if error.asks_to_wait().is_some() {
                        Duration::ZERO
                    } else {
                        delay
                    }
                });
                delay.filter(|_| self.spend_retry())
            })
            .await;
        outcome.map_err(|error| GaveUp {
            attempts: attempts.into_inner(),
            budget_spent: self.budget.load(Ordering::Relaxed) == 0
                && error.is_transient(self.patience.max_wait),
            error,
        })
    }

    fn spend_retry(&self) -> bool {
        let spent = self
            .budget
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            })
            .is_ok();
        if spent {
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
        spent
    }
}
