//! Where the operation starts, where that is not under the current one.

use proc_macro2::{Ident, TokenStream};

use super::attributes::reference;
use super::{Expansion, word};
use crate::check::Parent;

impl Expansion<'_> {
    /// What says where the operation starts, evaluated once, before anything is decided of it.
    pub(super) fn place(&self) -> Option<TokenStream> {
        let operation = &self.operation;
        let place = self.place_unconditionally()?;
        Some(generated!(if #operation.is_unplaced() { #place }))
    }

    /// The same without its condition, to be checked and never run.
    pub(super) fn place_unconditionally(&self) -> Option<TokenStream> {
        let Self {
            args,
            private,
            operation,
            ..
        } = self;
        if !args.place.is_given() {
            return None;
        }
        let parent = match &args.place.parent {
            None => generated!(&#private::Parent::current()),
            Some(Parent::Root) => generated!(&#private::Parent::root()),
            Some(Parent::Expression(parent)) => reference(parent),
        };
        let links = match &args.place.links {
            None => generated!(&()),
            Some(links) => reference(links),
        };
        Some(generated!(#operation.place(#parent, #links);))
    }

    /// The function of the runtime that starts the operation: another one where it is said where.
    pub(super) fn starter(&self, usual: &str, placed: &str) -> Ident {
        word(if self.args.place.is_given() {
            placed
        } else {
            usual
        })
    }
}
