//! What the arguments say of which spans are kept.

use proc_macro2::{Literal, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Lit, UnOp};

use super::{Checker, value};
use crate::diagnostics::{Code, listed};
use crate::nearest::suggestion;

/// What the sampler is told of an operation.
#[derive(Default)]
pub(crate) struct Sampling {
    pub(crate) sample: Option<Rate>,
    pub(crate) high_priority: bool,
    pub(crate) high_volume: bool,
}

/// The share of an operation's calls whose spans are kept.
pub(crate) enum Rate {
    /// From 0 to 1.
    Literal(TokenStream),
    /// A constant, whose value the compiler has to look at.
    Constant(Expr),
}

const USAGE: &str = "`sample` is the share of calls to keep, from 0 to 1, known at compile time: a number, as in `sample = 0.1`, or the path of a constant";

const PRIORITIES: [&str; 2] = ["high", "normal"];

/// The value of `sample`.
pub(super) fn rate(value: &Expr, rules: &Checker<'_>) -> syn::Result<Rate> {
    let refused = |what: &str| Err(Code::SampleRate.on(value, format_args!("{what}\n{USAGE}")));
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => within(number.base10_digits(), value, |rate| {
                let mut rate = Literal::f64_unsuffixed(rate);
                rate.set_span(number.span());
                rate.to_token_stream()
            }),
            Lit::Float(number) if !matches!(number.suffix(), "" | "f64") => {
                refused("a share is an `f64`")
            }
            Lit::Float(number) => {
                within(number.base10_digits(), value, |_| number.to_token_stream())
            }
            Lit::Str(_) => refused("a share is a number, without quotes"),
            _ => refused("this is no number"),
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            refused("a share is not negative")
        }
        Expr::Path(path) => match path.path.get_ident() {
            Some(name) if rules.is_argument(name) => {
                refused(&format!("`{name}` is an argument of the function"))
            }
            _ => Ok(Rate::Constant(value.clone())),
        },
        Expr::Const(_) => Ok(Rate::Constant(value.clone())),
        _ => refused("this value is computed"),
    }
}

/// The rate that a literal is.
fn within(digits: &str, value: &Expr, tokens: impl Fn(f64) -> TokenStream) -> syn::Result<Rate> {
    // A number with too many digits is out of range as well.
    let rate = digits.parse().unwrap_or(f64::INFINITY);
    if (0.0..=1.0).contains(&rate) {
        return Ok(Rate::Literal(tokens(rate)));
    }
    let hint = if (2.0..=100.0).contains(&rate) {
        format!("; {rate} % is `sample = {}`", rate / 100.0)
    } else {
        String::new()
    };
    let message = format!("`{digits}` is more than 1{hint}\n{USAGE}");
    Err(Code::SampleRate.at(value.span(), message))
}

/// Whether the value of `priority` is the high one.
pub(super) fn priority(value: &Expr) -> syn::Result<bool> {
    let written = value::word(value);
    if let Some(written) = &written
        && PRIORITIES.contains(&written.as_str())
    {
        return Ok(written == "high");
    }
    let hint = written.map_or_else(String::new, |written| suggestion(&written, PRIORITIES));
    let message = format!(
        "no priority{hint}\na priority is one of {}; the spans of `high` are kept in any case",
        listed(PRIORITIES)
    );
    Err(Code::Priority.on(value, message))
}
