//! When an export is tried again: the same over HTTP and gRPC.
//!
//! Source: *OTLP/gRPC Response*, *OTLP/HTTP Response* and *Failures* in OTLP's specification.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::time::Instant;

use crate::export::sink::ExportFailure;

/// How long to wait before each retry, where the backend names no time; a random part of
/// [`JITTER`] is added, so that programs that failed together do not come back together.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_millis(1_600),
];

const JITTER: Duration = Duration::from_millis(100);

/// A try that did not go through.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) failure: ExportFailure,
    pub(super) retry: Retry,
}

/// Whether there may be another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retry {
    Never,
    /// At a time of our choice.
    Later,
    /// So long from now, as the backend asked.
    After(Duration),
}

/// Tries until it goes through, may not be tried again, or has been tried often enough. A retry that
/// would come after the export's time is over is not waited for.
pub(super) async fn retried<T, F>(
    timeout: Duration,
    attempt: impl Fn() -> F,
) -> Result<T, ExportFailure>
where
    F: Future<Output = Result<T, Refusal>>,
{
    let deadline = Instant::now() + timeout;
    for pause in PAUSES {
        let refusal = match attempt().await {
            Ok(done) => return Ok(done),
            Err(refusal) => refusal,
        };
        let pause = match refusal.retry {
            Retry::Never => return Err(refusal.failure),
            Retry::Later => pause + jitter(),
            Retry::After(asked) => asked,
        };
        let now = Instant::now();
        if now.checked_add(pause).is_none_or(|retry| retry >= deadline) {
            return Err(refusal.failure);
        }
        tokio::time::sleep(pause).await;
    }
    attempt().await.map_err(|refusal| refusal.failure)
}

fn jitter() -> Duration {
    SmallRng::from_os_rng().random_range(Duration::ZERO..JITTER)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(10);

    fn refusal(retry: Retry) -> Refusal {
        Refusal {
            failure: ExportFailure::new("refused"),
            retry,
        }
    }

    /// Runs with a clock that goes on by itself while all wait: nothing sleeps.
    fn tries(timeout: Duration, answers: &[Result<(), Retry>]) -> (bool, usize, Duration) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let (tries, start) = (Cell::new(0), Instant::now());
            let done = retried(timeout, || {
                let answer = answers[tries.get()];
                tries.set(tries.get() + 1);
                async move { answer.map_err(refusal) }
            });
            (done.await.is_ok(), tries.get(), start.elapsed())
        })
    }

    #[test]
    fn it_goes_through_at_the_second_try() {
        let (done, tries, took) = tries(TIMEOUT, &[Err(Retry::Later), Ok(())]);
        assert_eq!((done, tries), (true, 2));
        assert!(
            (PAUSES[0]..=PAUSES[0] + JITTER * 2).contains(&took),
            "{took:?}"
        );
    }

    #[test]
    fn it_is_tried_four_times() {
        let (done, tries, took) = tries(TIMEOUT, &[Err(Retry::Later); 4]);
        assert_eq!((done, tries), (false, 4));
        assert!(took >= PAUSES.iter().sum());
    }

    #[test]
    fn what_may_not_be_tried_again_is_not() {
        let (done, tries, took) = tries(TIMEOUT, &[Err(Retry::Never)]);
        assert_eq!((done, tries, took), (false, 1, Duration::ZERO));
    }

    #[test]
    fn the_backend_says_when() {
        let asked = Duration::from_secs(3);
        let (done, tries, took) = tries(TIMEOUT, &[Err(Retry::After(asked)), Ok(())]);
        assert_eq!((done, tries), (true, 2));
        assert!(took >= asked && took < asked + JITTER, "{took:?}");
    }

    #[test]
    fn a_retry_that_comes_too_late_is_not_waited_for() {
        for asked in [TIMEOUT, Duration::MAX] {
            let (done, tries, took) = tries(TIMEOUT, &[Err(Retry::After(asked))]);
            assert_eq!((done, tries, took), (false, 1, Duration::ZERO));
        }
    }
}
