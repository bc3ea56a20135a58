//! What the answer of an exchange says of the request.

use std::borrow::Cow;

use super::Active;
use super::core::Core;
use super::facts::Facts;
use crate::exchange::{Answer, ExchangeResponse, Limits, protocol_of};
use crate::operation::outcome;
use crate::schema::{Kept, OperationType, Recorded, crypto, http};

impl Active {
    /// Reads the answer, and keeps what it says: for the metrics, the outcome and the span. The answer's own code
    /// runs here, while nothing is locked.
    pub(in crate::operation) fn respond(&self, response: &dyn ExchangeResponse) {
        let answer = Answer::new(response, self.time());
        let limits = if let Some(protocol) = response.protocol() {
            protocol.read(&answer)
        } else {
            let exchange = self.open_facts().map(|facts| self.exchange(&facts));
            let Some(exchange) = exchange else { return };
            protocol_of(&exchange).read(&answer)
        };
        let status = answer.status();
        self.tell_shared(|core, facts| core.respond(facts, status, limits));
    }
}

impl Core {
    fn respond(&self, facts: &mut Facts, status: Option<u16>, limits: Limits) {
        facts.answer.heed(status, &limits);
        facts.answer.is_read = true;
        let seconds = |duration: std::time::Duration| Kept::Double(duration.as_secs_f64());
        let text = |text: Cow<'static, str>| match text {
            Cow::Borrowed(text) => Recorded::fixed(text).0,
            Cow::Owned(text) => Recorded::text(&text).0,
        };
        let said = [
            (
                http::RESPONSE_STATUS_CODE.name(),
                status.map(|status| Kept::Int(status.into())),
            ),
            (crypto::RATE_LIMIT_USED.name(), count(limits.used)),
            (crypto::RATE_LIMIT_LIMIT.name(), count(limits.limit)),
            (crypto::RATE_LIMIT_REMAINING.name(), count(limits.remaining)),
            (
                crypto::RATE_LIMIT_INTERVAL.name(),
                limits.interval.map(seconds),
            ),
            (
                crypto::RATE_LIMIT_ORDER_COUNT.name(),
                count(limits.order_count),
            ),
            (
                crypto::RATE_LIMIT_RETRY_AFTER.name(),
                limits.retry_after.map(seconds),
            ),
            (crypto::EXCHANGE_ERROR.name(), limits.error.map(text)),
        ];
        for (key, value) in said {
            if let Some(value) = value {
                self.set(facts, key, Recorded(value));
            }
        }
    }

    /// Judges an answer of which only attributes are known: its status, its code.
    pub(super) fn judge(&self, facts: &mut Facts) {
        if self.operation_type() == OperationType::ApiCall
            && !facts.answer.is_read
            && facts.answer.is_there()
        {
            let exchange = self.exchange(facts);
            let answer = Answer::new(&facts.answer, self.time());
            let limits = protocol_of(&exchange).read(&answer);
            facts.answer.heed(None, &limits);
        }
    }

    /// The exchange that was asked.
    fn exchange(&self, facts: &Facts) -> Cow<'static, str> {
        let key = crypto::EXCHANGE.name();
        let label = facts.labels.iter().find(|(name, _)| *name == key);
        let constant = || match self.callsite.constant(key) {
            Some(crate::operation::Constant::Text(text)) => Some(Cow::Borrowed(text)),
            _ => None,
        };
        let label = label.and_then(|(_, label)| match &label.0 {
            Kept::Static(text) => Some(Cow::Borrowed(*text)),
            Kept::Text(text) => Some(Cow::Owned(text.to_string())),
            _ => None,
        });
        label.or_else(constant).unwrap_or_default()
    }
}

fn count(number: Option<u64>) -> Option<Kept> {
    i64::try_from(number?).ok().map(Kept::Int)
}

impl ExchangeResponse for outcome::Answer {
    fn status(&self) -> Option<u16> {
        self.status
    }

    fn header(&self, _name: &str) -> Option<&str> {
        None
    }

    fn error_code(&self) -> Option<Cow<'_, str>> {
        self.exchange_error.as_deref().map(Cow::Borrowed)
    }
}
