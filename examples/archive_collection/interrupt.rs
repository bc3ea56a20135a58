//! Ctrl-C, and the signal that orchestrators send: the first stops cleanly, the second at once.

use std::process;
use tokio::sync::watch;

/// Tells whether to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Starts listening for signals.
    pub(crate) fn listen() -> Self {
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            signal().await;
            sender.send_replace(true);
            eprintln!("stopping cleanly; once more stops at once");
            signal().await;
            process::exit(130);
        });
        Self(receiver)
    }

    pub(crate) fn requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Resolves when a stop is requested, and never otherwise.
    pub(crate) async fn wait(&self) {
        if self.0.clone().wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn signal() {
    drop(tokio::signal::ctrl_c().await);
}
