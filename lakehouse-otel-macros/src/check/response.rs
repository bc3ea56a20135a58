//! `response = …` in `ok(…)` and `err(…)`: an answer of an exchange, which the runtime reads.

use super::key::{KeyPath, Resolved, Target};
use super::{Checker, Within};
use crate::args::Key;
use crate::diagnostics::Code;
use crate::tables::Role;

pub(super) const NAME: &str = "response";

impl Checker<'_> {
    /// The answer of a request, where there is one.
    pub(super) fn resolve_response(&mut self, key: &Key, name: String) -> Resolved {
        let message = if !self.table.asks_an_exchange() {
            "`response` is what an exchange answered, and only `#[track_api_request]` asks one; \
             elsewhere set attributes by their keys, as in `http.response.status_code = …`"
        } else if self.within == Within::Attribute {
            "there is no response before the request; it is what the function returns: \
             `ok(|page| response = page)`, `err(|error| response = error)`, or `ctx.response(&response)` in the body"
        } else {
            return Resolved::Target(Target {
                key: name.clone(),
                constant_key: None,
                path: KeyPath::Response,
                role: Role::Measurement,
                kind: None,
                name,
            });
        };
        self.diagnostics
            .add(Code::ResponseElsewhere.at(key.span(), message));
        Resolved::Unknown
    }
}
