//! The REST client: one request is one attempt; what surrounds it waits, retries and counts.

mod error;
mod pace;

pub(crate) use error::{ApiError, GaveUp};

use crate::{
    range::{Page, TimeRange},
    series::{Series, Symbol},
    timeframe::Timeframe,
};
use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use pace::{Pace, RateLimit};
use reqwest::Response;
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
    base: String,
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
    pub(crate) fn new(base: String, patience: Patience) -> Result<Self, reqwest::Error> {
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
        match self.patiently(|| self.fetch_exchange_info(symbol)).await {
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
        self.patiently(|| self.fetch_page(symbol, timeframe, page.range, page.limit))
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
    async fn fetch_page(
        &self,
        symbol: &str,
        timeframe: Timeframe,
        range: TimeRange,
        limit: u32,
    ) -> Result<RawPage, ApiError> {
        let (from, last) = (range.from, range.to - 1);
        let query = format!(
            "symbol={symbol}&interval={timeframe}&startTime={from}&endTime={last}&limit={limit}"
        );
        let response = self.get("/api/v3/klines", &query).await?;
        let body = self.read(response).await?;
        let rows = serde_json::from_slice::<Vec<IgnoredAny>>(&body)
            .map_err(ApiError::Unreadable)?
            .len();
        Ok(RawPage { body, rows })
    }

    /// One attempt at the exchange's own description.
    async fn fetch_exchange_info(&self, symbol: &Symbol) -> Result<Vec<RateLimit>, ApiError> {
        let response = self
            .get("/api/v3/exchangeInfo", &format!("symbol={symbol}"))
            .await?;
        let body = self.read(response).await?;
        let info: ExchangeInfo = serde_json::from_slice(&body).map_err(ApiError::Unreadable)?;
        Ok(info.rate_limits)
    }

    async fn get(&self, endpoint: &str, query: &str) -> Result<Response, ApiError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let response = self
            .http
            .get(format!("{}{endpoint}?{query}", self.base))
            .send()
            .await?;
        self.pace.note_used_weight(response.headers());
        Ok(response)
    }

    /// The body, if the status says that it is an answer.
    async fn read(&self, response: Response) -> Result<Bytes, ApiError> {
        let (status, retry_after) = (response.status(), pace::retry_after(response.headers()));
        let body = response.bytes().await?;
        if status.is_success() {
            return Ok(body);
        }
        let error = ApiError::of_answer(status.as_u16(), retry_after, &body);
        if let Some(wait) = error.asks_to_wait() {
            self.pace.close_for(wait);
        }
        Err(error)
    }

    /// Runs attempts until one succeeds, with backoff, or for as long as the exchange asks.
    async fn patiently<T, F: Future<Output = Result<T, ApiError>>>(
        &self,
        attempt: impl Fn() -> F,
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
            attempts.fetch_add(1, Ordering::Relaxed);
            attempt().await
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
