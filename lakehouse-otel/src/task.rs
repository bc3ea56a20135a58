//! Tasks and threads that carry the context on.

use opentelemetry::Context;
use opentelemetry::trace::FutureExt;
use tokio::task::JoinHandle;

/// Spawns a task on tokio's runtime under the current context: its operations belong to the one that
/// spawned it.
///
/// # Panics
///
/// Outside a tokio runtime, as `tokio::spawn` does.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future.with_context(current()))
}

/// Runs blocking code on tokio's threads for it, under the current context.
///
/// # Panics
///
/// Outside a tokio runtime, as `tokio::task::spawn_blocking` does.
pub fn spawn_blocking<F, R>(code: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    let context = current();
    tokio::task::spawn_blocking(move || {
        let _attached = context.attach();
        code()
    })
}

/// The current context, which other code is handed.
fn current() -> Context {
    let context = Context::current();
    #[cfg(feature = "enabled")]
    crate::trace::parent::handed_out(&context);
    context
}
