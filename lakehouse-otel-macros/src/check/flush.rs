//! The flush at the end of an invocation.

use syn::{Expr, Lit};

use super::{CheckedArgs, Checker, duration, value};
use crate::args::Assignment;
use crate::diagnostics::Code;
use crate::tables::MacroTable;

/// The arguments of `#[trace_invocation]` that are no attributes.
pub(super) const NAMES: &[&str] = &["flush", "deadline"];

/// How long the flush may take where nothing is said.
const BOUND_NANOS: u64 = 2_000_000_000;

/// A flush before the function returns.
pub(crate) struct Flush {
    /// How long it may take.
    pub(crate) nanos: u64,
    /// When the invocation has to be over: evaluated before the work.
    pub(crate) deadline: Option<Expr>,
}

/// What an argument of this name says, where the macro has it.
#[derive(Clone, Copy)]
pub(super) enum FlushArgument {
    Bound,
    Deadline,
}

impl Flush {
    /// Invocations are flushed, unless told otherwise.
    pub(super) fn of(table: &MacroTable) -> Option<Self> {
        table.flushes().then_some(Self {
            nanos: BOUND_NANOS,
            deadline: None,
        })
    }
}

impl FlushArgument {
    pub(super) fn of(name: &str, table: &MacroTable) -> Option<Self> {
        match name {
            "flush" if table.flushes() => Some(Self::Bound),
            "deadline" if table.flushes() => Some(Self::Deadline),
            _ => None,
        }
    }

    pub(super) fn apply(
        self,
        assignment: &Assignment,
        rules: &mut Checker<'_>,
        checked: &mut CheckedArgs,
    ) {
        let Some(written) = &assignment.value else {
            return;
        };
        match self {
            Self::Bound => match bound(value::seen(written)) {
                Ok(Some(nanos)) => checked.flush_nanos(nanos),
                Ok(None) => checked.flush = None,
                Err(error) => rules.diagnostics.add(error),
            },
            Self::Deadline => {
                if rules.expression(written) {
                    checked.deadline = Some(written.clone());
                }
            }
        }
    }
}

impl CheckedArgs {
    fn flush_nanos(&mut self, nanos: u64) {
        if let Some(flush) = &mut self.flush {
            flush.nanos = nanos;
        }
    }
}

impl Checker<'_> {
    /// The two arguments as one; an error where there is no flush for the deadline to shorten.
    pub(super) fn flush(&mut self, checked: &mut CheckedArgs) {
        let Some(deadline) = checked.deadline.take() else {
            return;
        };
        match &mut checked.flush {
            Some(flush) => flush.deadline = Some(deadline),
            None => self.diagnostics.add(Code::DeadlineWithoutFlush.on(
                deadline,
                "`deadline` shortens the flush, and `flush = false` says that there is none; leave one of them out",
            )),
        }
    }
}

/// The bound in nanoseconds; none for `false`.
fn bound(value: &Expr) -> syn::Result<Option<u64>> {
    let reason = match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Bool(truth) if !truth.value => return Ok(None),
            Lit::Str(text) => match duration::nanoseconds(&text.value()) {
                Ok(nanos) => return Ok(Some(nanos)),
                Err(reason) => format!("; {reason}"),
            },
            _ => String::new(),
        },
        _ => String::new(),
    };
    let message = format!(
        "`flush` takes how long the flush may hold the function, as in `flush = \"500ms\"`, or `false` for none{reason}"
    );
    Err(Code::FlushBound.on(value, message))
}
