//! How much an operation got done, and how well it used its time.

use std::time::Duration;

use super::number::{float, share};
use super::{Series, ThroughputMedians};

/// How much an operation got done per second of its duration.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Throughput {
    /// Records per second; `None` where the operation has no count of records, or took no time.
    pub records: Option<f64>,
    /// Bytes per second; `None` where the operation has no size, or took no time.
    pub bytes: Option<f64>,
}

impl Throughput {
    /// So much in that time.
    ///
    /// ```
    /// use std::time::Duration;
    /// use lakehouse_otel::performance::Throughput;
    ///
    /// let throughput = Throughput::new(Some(1_000), Some(8_000_000), Duration::from_secs(2));
    /// assert_eq!(throughput.records, Some(500.0));
    /// assert_eq!(throughput.megabytes(), Some(4.0));
    /// ```
    #[must_use]
    pub fn new(records: Option<u64>, bytes: Option<u64>, elapsed: Duration) -> Self {
        let seconds = elapsed.as_secs_f64();
        let rate = |amount: Option<u64>| Some(float(amount?) / seconds).filter(|it| it.is_finite());
        Self {
            records: rate(records),
            bytes: rate(bytes),
        }
    }

    /// Megabytes (10⁶ bytes) per second.
    #[must_use]
    pub fn megabytes(&self) -> Option<f64> {
        Some(self.bytes? / 1e6)
    }

    /// Takes it into the history of the operation's name, and says how it stood against the median
    /// before: 1 at the median and above, its share of the median below. Of records and bytes the
    /// lesser; `None` where neither has a history.
    pub(super) fn against(self, series: &Series) -> Option<f64> {
        let ThroughputMedians { records, bytes } = series.throughput_medians();
        series.record_throughput(self);
        let of = |now: Option<f64>, median: Option<f64>| share(now?, median?);
        [of(self.records, records), of(self.bytes, bytes)]
            .into_iter()
            .flatten()
            .reduce(f64::min)
    }
}

/// How well an operation used its time, in up to three parts, each in `0..=1` and `None` where it is not known.
///
/// The [`score`](Self::score) is the weighted geometric mean of the parts that are known:
///
/// ```text
/// score = (cpu^1 × budget^1 × throughput^2) ^ (1 / (1 + 1 + 2))
/// ```
///
/// with the weights of unknown parts left out of both sums. 1 says that it was on a CPU all the time, kept
/// its budget, and got done per second at least what is usual for its name. 0 says that one of the parts
/// is 0: that it only waited, say. A geometric mean, so that one bad part cannot be made up for by the others.
///
/// An operation that waits for a network scores low on the CPU part by nature: compare scores of
/// operations of one name, not of one kind with another.
///
/// ```
/// use lakehouse_otel::performance::Efficiency;
///
/// let efficiency = Efficiency { cpu: Some(0.25), budget: Some(1.0), throughput: None };
/// assert_eq!(efficiency.score(), Some(0.5));
/// assert_eq!(Efficiency::default().score(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Efficiency {
    /// CPU time over duration; 1 where several threads used more than the duration.
    pub cpu: Option<f64>,
    /// 1 within the budget, and the budget over the duration past it. `None` without a budget.
    pub budget: Option<f64>,
    /// Throughput over the median of the operations of the same name before, 1 from there on. `None`
    /// where the operation counts nothing, or is the first of its name.
    pub throughput: Option<f64>,
}

impl Efficiency {
    /// The weights of CPU, budget and throughput in the score.
    pub const WEIGHTS: [f64; 3] = [1.0, 1.0, 2.0];

    /// The part that CPU time is of a duration.
    #[must_use]
    pub fn of_cpu(cpu_time: Duration, elapsed: Duration) -> Option<f64> {
        share(cpu_time.as_secs_f64(), elapsed.as_secs_f64())
    }

    /// The part that a budget gives.
    #[must_use]
    pub fn of_budget(budget: Duration, elapsed: Duration) -> f64 {
        if elapsed <= budget {
            return 1.0;
        }
        // It took longer than nothing.
        share(budget.as_secs_f64(), elapsed.as_secs_f64()).unwrap_or(0.0)
    }

    /// The score, in `0..=1`; `None` where no part is known.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        let parts = [self.cpu, self.budget, self.throughput];
        let (mut product, mut weights) = (1.0, 0.0);
        for (part, weight) in parts.into_iter().zip(Self::WEIGHTS) {
            if let Some(part) = part {
                product *= part.clamp(0.0, 1.0).powf(weight);
                weights += weight;
            }
        }
        (weights > 0.0).then(|| product.powf(1.0 / weights))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_score_is_the_weighted_geometric_mean_of_what_is_known() {
        for (cpu, budget, throughput, score) in [
            (None, None, None, None),
            (Some(1.0), Some(1.0), Some(1.0), Some(1.0)),
            (Some(0.3), None, None, Some(0.3)),
            (None, Some(0.3), None, Some(0.3)),
            (None, None, Some(0.3), Some(0.3)),
            (Some(0.25), Some(1.0), None, Some(0.5)),
            (Some(1.0), Some(1.0), Some(0.25), Some(0.5)),
            (Some(0.0625), Some(1.0), Some(1.0), Some(0.5)),
            (Some(0.5), Some(0.5), Some(0.5), Some(0.5)),
            (Some(0.125), None, Some(1.0), Some(0.5)),
            (Some(0.0), Some(1.0), Some(1.0), Some(0.0)),
        ] {
            let efficiency = Efficiency {
                cpu,
                budget,
                throughput,
            };
            match (efficiency.score(), score) {
                (None, None) => {}
                (Some(is), Some(should)) => {
                    assert!((is - should).abs() < 1e-12, "{efficiency:?}: {is}");
                }
                other => panic!("{efficiency:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn parts() {
        assert_eq!(Efficiency::of_cpu(SECOND, 4 * SECOND), Some(0.25));
        assert_eq!(Efficiency::of_cpu(4 * SECOND, SECOND), Some(1.0));
        assert_eq!(Efficiency::of_cpu(SECOND, Duration::ZERO), None);
        for (budget, elapsed, part) in [
            (SECOND, SECOND, 1.0),
            (SECOND, Duration::ZERO, 1.0),
            (SECOND, 4 * SECOND, 0.25),
            (Duration::ZERO, SECOND, 0.0),
            (Duration::ZERO, Duration::ZERO, 1.0),
        ] {
            let is = Efficiency::of_budget(budget, elapsed);
            assert_eq!(Some(is), Some(part), "{budget:?}, {elapsed:?}");
        }
    }

    #[test]
    fn throughput_is_per_second_of_the_duration() {
        let throughput = Throughput::new(Some(50), None, SECOND / 2);
        assert_eq!((throughput.records, throughput.bytes), (Some(100.0), None));
        assert_eq!(throughput.megabytes(), None);
        let in_no_time = Throughput::new(Some(50), Some(0), Duration::ZERO);
        assert_eq!(in_no_time, Throughput::default());
    }

    #[test]
    fn throughput_is_compared_with_those_before_it() {
        let series = Series::default();
        let of = |records, bytes| Throughput { records, bytes }.against(&series);
        assert_eq!(of(Some(100.0), None), None, "the first of its name");
        for _ in 0..20 {
            let part = of(Some(100.0), None).unwrap();
            assert!((part - 1.0).abs() <= 1.0 / 16.0);
        }
        assert!((of(Some(25.0), Some(1e6)).unwrap() - 0.25).abs() < 0.01);
        assert_eq!(of(Some(400.0), None), Some(1.0));
        // Of both the lesser.
        assert!((of(Some(100.0), Some(5e5)).unwrap() - 0.5).abs() < 0.02);
        assert_eq!(of(None, None), None);
    }
}
