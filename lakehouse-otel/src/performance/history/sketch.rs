//! Quantiles of the last values, in a fixed size.
//!
//! The buckets are those of an HDR histogram: sixteen of equal width for each power of two, so that a
//! value is off by half a width, 1/32 of itself, at most. The window is two sketches: the one that fills, and
//! the full one before it.

/// How many bits of a value are told apart: sixteen buckets for each power of two.
const BITS: u32 = 4;
const PER_OCTAVE: usize = 1 << BITS;

/// Values from here on are all in the last bucket: 2^47 ns are 39 hours, and bytes a second 140 TB.
const END: u64 = 1 << 47;

const BUCKETS: usize = index(END - 1) + 1;

/// How many values a sketch takes.
const CAPACITY: u16 = 1024;

/// Each of the values below sixteen has a bucket of its own.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it is less than 16 at that place"
)]
const fn index(value: u64) -> usize {
    if value < PER_OCTAVE as u64 {
        return value as usize;
    }
    let octave = value.ilog2() - BITS;
    PER_OCTAVE * (octave as usize + 1) + ((value >> octave) as usize & (PER_OCTAVE - 1))
}

/// The middle of a bucket.
const fn middle(index: usize) -> u64 {
    if index < PER_OCTAVE {
        return index as u64;
    }
    let octave = index / PER_OCTAVE - 1;
    let low = ((PER_OCTAVE + index % PER_OCTAVE) as u64) << octave;
    low + (1 << octave) / 2
}

/// Up to [`CAPACITY`] values.
#[derive(Clone)]
struct Sketch {
    buckets: [u16; BUCKETS],
    count: u16,
    max: u64,
    sum: u128,
}

impl Sketch {
    const fn new() -> Self {
        Self {
            buckets: [0; BUCKETS],
            count: 0,
            max: 0,
            sum: 0,
        }
    }
}

/// The last values: at least [`CAPACITY`] of them, as soon as there are as many, and twice as many at most.
pub(super) struct Window {
    filling: Sketch,
    full: Option<Box<Sketch>>,
    count: u64,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            filling: Sketch::new(),
            full: None,
            count: 0,
        }
    }
}

impl Window {
    pub(super) fn record(&mut self, value: u64) {
        if self.filling.count == CAPACITY {
            // One of the two is there already from the second time on.
            let full = self.full.get_or_insert_with(|| Box::new(Sketch::new()));
            std::mem::swap(&mut **full, &mut self.filling);
            self.filling = Sketch::new();
        }
        let sketch = &mut self.filling;
        sketch.buckets[index(value.min(END - 1))] += 1;
        sketch.count += 1;
        sketch.max = sketch.max.max(value);
        sketch.sum += u128::from(value);
        self.count += 1;
    }

    /// How many there were in all.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// How many the window holds.
    pub(super) fn recent(&self) -> u64 {
        self.sketches().map(|sketch| u64::from(sketch.count)).sum()
    }

    /// The greatest in the window.
    pub(super) fn max(&self) -> u64 {
        self.sketches().map(|sketch| sketch.max).max().unwrap_or(0)
    }

    /// The mean of the window; `None` of nothing.
    pub(super) fn mean(&self) -> Option<u64> {
        let sum: u128 = self.sketches().map(|sketch| sketch.sum).sum();
        let mean = sum.checked_div(u128::from(self.recent()))?;
        u64::try_from(mean).ok()
    }

    /// The values below or at which these shares, in ascending order, of the window lie; `None` of nothing.
    pub(super) fn quantiles<const N: usize>(&self, shares: [f64; N]) -> Option<[u64; N]> {
        let recent = self.recent();
        if recent == 0 {
            return None;
        }
        let max = self.max();
        let mut quantiles = [max; N];
        let (mut below, mut next) = (0, 0);
        for bucket in 0..BUCKETS {
            below += self.in_bucket(bucket);
            while next < N && below >= rank(shares[next], recent) {
                quantiles[next] = middle(bucket).min(max);
                next += 1;
            }
            if next == N {
                break;
            }
        }
        Some(quantiles)
    }

    fn in_bucket(&self, bucket: usize) -> u64 {
        self.sketches()
            .map(|sketch| u64::from(sketch.buckets[bucket]))
            .sum()
    }

    fn sketches(&self) -> impl Iterator<Item = &Sketch> {
        [Some(&self.filling), self.full.as_deref()]
            .into_iter()
            .flatten()
    }
}

/// Which of `count` values in ascending order, counted from 1, has this share of them at or below it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a window holds a few thousand values"
)]
fn rank(share: f64, count: u64) -> u64 {
    ((share * count as f64).ceil() as u64).clamp(1, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same in every run.
    fn numbers() -> impl Iterator<Item = u64> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        std::iter::repeat_with(move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        })
    }

    /// Whether it is off by 1/32 at most.
    fn close(value: u64, to: u64) -> bool {
        value.abs_diff(to) <= to / 32
    }

    #[test]
    fn every_value_has_a_bucket_whose_middle_is_near_it() {
        let every = (0..100_000).chain(numbers().take(100_000).map(|it| it >> (17 + it % 47)));
        let edges = (4..47).flat_map(|octave| [(1 << octave) - 1, 1 << octave, (1 << octave) + 1]);
        for value in every.chain(edges).chain([END - 1]) {
            let bucket = index(value);
            assert!(bucket < BUCKETS, "{value}");
            assert!(close(middle(bucket), value), "{value}: {}", middle(bucket));
            assert!(
                index(value + 1) - bucket <= 1,
                "{value}: in order, without a gap"
            );
            assert_eq!(index(middle(bucket)), bucket, "{value}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_values_but_for_the_error() {
        for (count, shift) in [
            (1, 30),
            (2, 30),
            (10, 20),
            (100, 30),
            (1024, 25),
            (2047, 18),
        ] {
            let mut window = Window::default();
            let mut values: Vec<_> = numbers()
                .take(count)
                .map(|it| it >> shift >> (it % 13))
                .collect();
            for &value in &values {
                window.record(value);
            }
            values.sort_unstable();
            let shares = [0.5, 0.95, 0.99];
            let quantiles = window.quantiles(shares).unwrap();
            for (share, quantile) in shares.into_iter().zip(quantiles) {
                let exact = values[usize::try_from(rank(share, count as u64)).unwrap() - 1];
                let exact = exact.min(END - 1);
                assert!(
                    close(quantile, exact),
                    "{count}, {share}: {quantile}, {exact}"
                );
            }
            assert_eq!(window.max(), *values.last().unwrap());
            assert_eq!(window.recent(), count as u64);
            let sum: u128 = values.iter().map(|&it| u128::from(it)).sum();
            assert_eq!(u128::from(window.mean().unwrap()), sum / count as u128);
        }
    }

    #[test]
    fn what_is_long_past_is_forgotten() {
        let mut window = Window::default();
        for (round, value) in [(1, 1_000_000), (2, 1_000)] {
            for _ in 0..2048 {
                window.record(value);
            }
            assert_eq!(window.count(), 2048 * round);
            assert_eq!((window.recent(), window.max()), (2048, value));
        }
        window.record(5);
        assert_eq!(window.recent(), 1025);
        assert_eq!(window.count(), 4097);
    }

    #[test]
    fn values_past_the_end_are_taken_too() {
        let mut window = Window::default();
        window.record(u64::MAX);
        window.record(u64::MAX);
        assert_eq!((window.max(), window.mean()), (u64::MAX, Some(u64::MAX)));
        let [median] = window.quantiles([0.5]).unwrap();
        assert!(close(median, END));
    }

    #[test]
    fn nothing_has_no_quantiles() {
        let window = Window::default();
        assert_eq!((window.quantiles([0.5]), window.mean()), (None, None));
    }

    #[test]
    fn its_size_is_what_the_documentation_says() {
        assert!(size_of::<Window>() <= 1_536, "{}", size_of::<Window>());
    }
}
