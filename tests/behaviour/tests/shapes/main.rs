//! Every shape of function that a macro must survive: it behaves as without the attribute, its
//! operation lasts exactly as long as its work, and has the outcome of its work.

mod async_functions;
mod generics;
mod methods;
mod panics_and_never;
mod returned_futures;
mod sync_functions;
