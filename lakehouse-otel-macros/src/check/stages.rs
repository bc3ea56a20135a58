//! `depends_on = …`: the stages that end before this one starts.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Lit};

use super::{Checker, value};
use crate::diagnostics::Code;

const USAGE: &str = "`depends_on` takes stages that are known at compile time: a string, the path of a constant, or a list of those, as in `depends_on = [\"fetch\", CLEAN]`";

/// The key of the attribute.
pub(super) const DEPENDS_ON: &str = "crypto.stage.depends_on";

/// The list of stages that the value is.
pub(super) fn depends_on(written: &Expr, rules: &Checker<'_>) -> syn::Result<TokenStream> {
    let refused =
        |value: &Expr, what: &str| Err(Code::DependsOn.on(value, format!("{what}\n{USAGE}")));
    let mut list = value::seen(written);
    if let Expr::Reference(reference) = list {
        list = value::seen(&reference.expr);
    }
    let one = [list.clone()];
    let values: Vec<&Expr> = match list {
        Expr::Array(array) => array.elems.iter().map(value::seen).collect(),
        _ => one.iter().collect(),
    };
    if values.is_empty() {
        return refused(written, "no stage is named");
    }
    for value in &values {
        match value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) if text.value().trim().is_empty() => {
                    return refused(value, "a stage has a name");
                }
                Lit::Str(_) => {}
                _ => return refused(value, "a stage is a string"),
            },
            Expr::Path(path) => {
                if let Some(name) = path.path.get_ident()
                    && rules.is_argument(name)
                {
                    let what = format!("`{name}` is an argument of the function");
                    return refused(value, &what);
                }
            }
            Expr::Const(_) => {}
            _ => return refused(value, "this value is computed"),
        }
    }
    let values = values.iter().map(ToTokens::to_token_stream);
    Ok(quote!(&[#(#values),*]))
}
