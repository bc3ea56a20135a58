//! What the arguments say of a stream: the spans of its items, and amounts that add up.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, Lit};

use super::key::Target;
use super::{Checker, value};
use crate::diagnostics::Code;
use crate::nearest::suggestion;
use crate::tables::ValueKind;

/// The spans of what is done with a stream's items.
pub(crate) enum ItemSpans {
    /// One for each.
    Each,
    /// One for so many.
    Batch(Together),
}

/// How many items one span is for.
pub(crate) enum Together {
    /// At least one.
    Literal(TokenStream),
    /// A constant, whose value the compiler has to look at.
    Constant(Expr),
}

const USAGE: &str = "`stream` says which spans the items of a stream have: `stream = items` is one for each, `stream = batch(100)` one for so many";

/// The value of `stream`.
pub(super) fn spans(key: Span, value: &Expr, rules: &Checker<'_>) -> syn::Result<ItemSpans> {
    if rules.is_stream == Some(false) {
        let message = format!("there are no items: this function returns no stream\n{USAGE}");
        return Err(Code::NoStream.at(key, message));
    }
    let refused = |hint: &str| {
        let message = format!("no spans of items{hint}\n{USAGE}");
        Err(Code::StreamSpans.on(value, message))
    };
    if let Expr::Call(call) = value
        && value::word(&call.func).as_deref() == Some("batch")
    {
        let mut sizes = call.args.iter().map(value::seen);
        return match (sizes.next(), sizes.next()) {
            (Some(size), None) => together(size, rules).map(ItemSpans::Batch),
            _ => refused("; `batch` takes how many items one span is for"),
        };
    }
    match value::word(value).as_deref() {
        Some("items") => Ok(ItemSpans::Each),
        Some("batch") => refused("; `batch` takes how many items one span is for"),
        Some(other) => refused(&suggestion(other, ["items", "batch"])),
        None => refused(""),
    }
}

fn together(size: &Expr, rules: &Checker<'_>) -> syn::Result<Together> {
    let refused = |what: &str| {
        let message = format!(
            "{what}\n`batch` takes a number of items, known at compile time: a literal, as in `batch(100)`, or the path of a constant"
        );
        Err(Code::StreamSpans.on(size, message))
    };
    match size {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) if number.base10_digits() == "0" => {
                refused("a batch holds at least one item")
            }
            Lit::Int(number) => Ok(Together::Literal(number.to_token_stream())),
            _ => refused("this is no number of items"),
        },
        Expr::Path(path) => match path.path.get_ident() {
            Some(name) if rules.is_argument(name) => {
                refused(&format!("`{name}` is an argument of the function"))
            }
            _ => Ok(Together::Constant(size.clone())),
        },
        Expr::Const(_) => Ok(Together::Constant(size.clone())),
        _ => refused("this value is computed"),
    }
}

impl Checker<'_> {
    /// `+=` beside what is set once.
    pub(super) fn adds_nothing(&mut self, adds: Span) {
        let message = "this is set once, with `=`; `+=` adds up what the items of a stream come to, in `ok(…)` and `err(…)`";
        self.diagnostics.add(Code::NothingAddsUp.at(adds, message));
    }

    /// An attribute of an item or, where this is no stream, of what was returned.
    pub(super) fn amount(&mut self, target: &Target, at: Span, adds: Option<Span>) {
        let name = &target.name;
        let is_number = matches!(target.kind, None | Some(ValueKind::Int | ValueKind::Double));
        match (adds, self.is_stream) {
            (Some(adds), Some(false)) => {
                let message = format!(
                    "`+=` adds up what the items of a stream come to, and this function returns no stream: `{name} = …`"
                );
                self.diagnostics.add(Code::NothingAddsUp.at(adds, message));
            }
            (Some(adds), _) if !is_number => {
                let message =
                    format!("`{name}` is no number; the last item's stays with `{name} = …`");
                self.diagnostics.add(Code::NothingAddsUp.at(adds, message));
            }
            (None, Some(true)) if is_number && is_amount(&target.key) => {
                let message = format!(
                    "`{name} = …` would be that of the stream's last item; `{name} += …` adds them up"
                );
                self.diagnostics.add(Code::AmountOfLastItem.at(at, message));
            }
            _ => {}
        }
    }
}

/// Whether the attribute says how much there was.
fn is_amount(key: &str) -> bool {
    ["_count", "_bytes", ".size"]
        .iter()
        .any(|amount| key.ends_with(amount))
}
