//! The errors of one attribute, collected so that all of them are reported at once.

mod code;

use proc_macro2::TokenStream;

pub(crate) use code::Code;

/// Collects errors.
#[derive(Default)]
pub(crate) struct Diagnostics(Option<syn::Error>);

impl Diagnostics {
    /// Adds an error of a rule, as [`Code::at`] makes it, or one of syn, which could not read the tokens.
    pub(crate) fn add(&mut self, error: syn::Error) {
        let error = Code::Syntax.unless_coded(error);
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The errors as tokens that make the compiler report them; `None` where there are none.
    pub(crate) fn into_tokens(self) -> Option<TokenStream> {
        self.0.map(syn::Error::into_compile_error)
    }
}

/// The names, each in backticks, separated by commas.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
