//! The flush at the end of an invocation: around the work, so that its outcome is recorded before.

use proc_macro2::{Ident, TokenStream};

use super::{Expansion, word};
use crate::check::Value;

impl Expansion<'_> {
    /// The future, and the flush at its end where there is one. Where the future itself does not tell the
    /// deadline, that is told before.
    pub(super) fn flushed(&self, future: &TokenStream, tell: Option<&TokenStream>) -> TokenStream {
        let Some(flush) = &self.args.flush else {
            return future.clone();
        };
        let private = &self.private;
        let bound = self.bound();
        if flush.deadline.is_none() {
            return generated!(#private::flushing(#bound, #future));
        }
        let deadline = deadline();
        generated!({
            let #deadline = #bound;
            #tell
            #private::flushing(#deadline.clone(), #future)
        })
    }

    /// The statements before a call that is flushed where it ends.
    pub(super) fn flush_at_end(&self) -> Option<TokenStream> {
        self.args.flush.as_ref()?;
        let private = &self.private;
        let (deadline, bound, tell) = (deadline(), self.bound(), self.tell_deadline());
        let flush = word("_flush");
        Some(generated! {
            let #deadline = #bound;
            #tell
            let #flush = #private::FlushAtEnd::new(#deadline);
        })
    }

    /// Says when the invocation has to be over.
    pub(super) fn tell_deadline(&self) -> Option<TokenStream> {
        let until = self.deadline_value()?;
        let deadline = deadline();
        Some(generated!(#deadline.tell(#until);))
    }

    /// Checks its type, where nothing runs.
    pub(super) fn check_deadline(&self) -> Option<TokenStream> {
        let until = self.deadline_value()?;
        let runtime = &self.args.runtime;
        Some(generated!(let _ = #runtime::invocation::Until::remaining(#until);))
    }

    fn deadline_value(&self) -> Option<TokenStream> {
        let until = self.args.flush.as_ref()?.deadline.clone()?;
        Some(self.value(&Value::Expression(until)))
    }

    fn bound(&self) -> TokenStream {
        let private = &self.private;
        let flush = self.args.flush.as_ref();
        let nanos = flush.map_or(0, |flush| flush.nanos);
        let nanos = proc_macro2::Literal::u64_unsuffixed(nanos);
        if flush.is_some_and(|flush| flush.deadline.is_some()) {
            generated!(#private::Deadline::told_later(#nanos))
        } else {
            generated!(#private::Deadline::bound(#nanos))
        }
    }
}

fn deadline() -> Ident {
    word("deadline")
}
