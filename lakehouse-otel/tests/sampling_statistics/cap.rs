//! The cap on spans a second: what it lets out, and what that says of what came.

use super::*;

const SECOND: u64 = 1_000_000_000;

/// What a cap let out, and what it dropped.
#[derive(Default)]
struct Let {
    out: Vec<(u64, Option<Threshold>)>,
    dropped: Vec<u64>,
}

#[test]
fn the_cap_estimates_what_came() {
    let mut random = SmallRng::seed_from_u64(9);
    for (quota, most) in [(100, 400), (500, 600), (20, 2_000)] {
        let mut cap = Cap::new(quota, usize::MAX);
        let mut count = Count::default();
        let mut result = Let::default();
        for second in 1..=1_000 {
            let came = random.random_range(1..most);
            for number in 0..came {
                let at = second * SECOND + number;
                let randomness = Randomness::from_bits(random.random());
                let (out, dropped) = (&mut result.out, &mut result.dropped);
                cap.offer(
                    at,
                    randomness,
                    Some(Threshold::ALWAYS),
                    number,
                    out,
                    dropped,
                );
            }
            cap.close((second + 1) * SECOND, &mut result.out, &mut result.dropped);
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let (n, k) = (came as f64, quota as f64);
            assert_eq!(result.out.len() as u64, came.min(quota));
            count.expected += n;
            count.found += weight(&result.out);
            if n > k {
                // Of the k of n that have the highest randomness.
                count.variance += n * (n - k) / (k - 1.0);
            }
            result = Let::default();
        }
        count.assert_within_3_sigma(&format!("{quota} of up to {most}"));
    }
}

fn weight(out: &[(u64, Option<Threshold>)]) -> f64 {
    let weights = out.iter().filter_map(|(_, threshold)| *threshold);
    weights.map(Threshold::adjusted_count).sum()
}

/// Traces of several spans each, kept before at different rates: the spans of one have one randomness, and all go or stay.
#[test]
fn the_cap_estimates_traces_that_were_sampled_before() {
    let mut random = SmallRng::seed_from_u64(10);
    let rates = [1.0, 0.5, 0.1, 0.02];
    let mut cap = Cap::new(300, usize::MAX);
    let (mut off, mut variance, mut whole) = (0.0, 0.0, 0);
    for second in 1..=2_000 {
        let mut result = Let::default();
        let mut came = 0.0;
        let mut traces = BTreeMap::new();
        for trace in 0..random.random_range(50..400) {
            let threshold = Threshold::from_probability(rates[trace % rates.len()]);
            let randomness = Randomness::from_bits(random.random());
            let spans = random.random_range(1..9_u8);
            came += f64::from(spans);
            if threshold.keeps(randomness) {
                traces.insert(trace, (spans, threshold, randomness));
            }
        }
        for (trace, (spans, threshold, randomness)) in &traces {
            for _ in 0..*spans {
                let (out, dropped) = (&mut result.out, &mut result.dropped);
                let at = second * SECOND;
                cap.offer(
                    at,
                    *randomness,
                    Some(*threshold),
                    *trace as u64,
                    out,
                    dropped,
                );
            }
        }
        cap.close((second + 1) * SECOND, &mut result.out, &mut result.dropped);
        let mut kept: BTreeMap<u64, u8> = BTreeMap::new();
        for (trace, threshold) in &result.out {
            let (_, before, randomness) = traces[&usize::try_from(*trace).unwrap()];
            let threshold = threshold.unwrap();
            assert!(threshold.keeps(randomness) && threshold >= before);
            *kept.entry(*trace).or_default() += 1;
        }
        for (trace, spans) in kept {
            assert_eq!(
                spans,
                traces[&usize::try_from(trace).unwrap()].0,
                "all or none"
            );
            whole += 1;
        }
        assert!(result.out.len() <= 300);
        let error = weight(&result.out) - came;
        off += error;
        variance += error * error;
    }
    assert!(whole > 10_000, "{whole}");
    let sigmas = off / variance.sqrt();
    assert!(sigmas.abs() <= 3.0, "{off}, {sigmas} sigma");
}

/// Failed operations are exported with certainty. Those that were not sampled pass the cap by; those that were go through it, and weigh
/// what it keeps of such.
#[test]
fn failures_under_a_cap_count_once() {
    let mut random = SmallRng::seed_from_u64(13);
    let head = Threshold::from_probability(0.3);
    let mut cap = Cap::new(100, usize::MAX);
    let (mut off, mut variance, mut through) = (0.0, 0.0, 0);
    for second in 1..=2_000 {
        let (mut result, mut came, mut found) = (Let::default(), 0.0, 0.0);
        for number in 0..random.random_range(100..600) {
            let randomness = Randomness::from_bits(random.random());
            let failed = number % 4 == 0;
            came += f64::from(u8::from(failed));
            if head.keeps(randomness) {
                let (out, dropped) = (&mut result.out, &mut result.dropped);
                cap.offer(
                    second * SECOND,
                    randomness,
                    Some(head),
                    u64::from(failed),
                    out,
                    dropped,
                );
            } else if failed {
                found += 1.0;
            }
        }
        cap.close((second + 1) * SECOND, &mut result.out, &mut result.dropped);
        for (_, threshold) in result.out.iter().filter(|(failed, _)| *failed == 1) {
            found += threshold.unwrap().given(head).adjusted_count();
            through += 1;
        }
        let error: f64 = found - came;
        off += error;
        variance += error * error;
    }
    assert!(through > 10_000 && variance > 0.0, "{through}");
    let sigmas = off / variance.sqrt();
    assert!(sigmas.abs() <= 3.0, "{off}, {sigmas} sigma");
}

/// Against all that came, looked at at once.
#[test]
fn the_highest_stay_and_the_first_one_out_is_the_threshold() {
    let mut random = SmallRng::seed_from_u64(11);
    for round in 0..2_000_u64 {
        let quota = random.random_range(1..20);
        let mut cap = Cap::new(quota, usize::MAX);
        let mut result = Let::default();
        // Few values, so that there are ties.
        let values = random.random_range(1..40_u64);
        let came: Vec<_> = (0..random.random_range(0..60_u64))
            .map(|number| {
                (
                    number,
                    Randomness::from_bits(random.random_range(0..values) << 50),
                )
            })
            .collect();
        for (number, randomness) in &came {
            let threshold = (number % 5 != 0).then_some(Threshold::ALWAYS);
            let (out, dropped) = (&mut result.out, &mut result.dropped);
            cap.offer(
                round * SECOND,
                *randomness,
                threshold,
                *number,
                out,
                dropped,
            );
        }
        assert!(result.out.is_empty() && cap.len() as u64 <= quota);
        cap.close(round * SECOND, &mut result.out, &mut result.dropped);
        assert_eq!(result.out.len() + result.dropped.len(), came.len());
        assert!(cap.is_empty());

        let mut sorted = came.clone();
        sorted.sort_by_key(|(number, randomness)| (std::cmp::Reverse(*randomness), *number));
        let first_out = sorted.get(usize::try_from(quota).unwrap());
        let expected: Vec<_> = match first_out {
            None => came
                .iter()
                .map(|(number, _)| (*number, (number % 5 != 0).then_some(Threshold::ALWAYS)))
                .collect(),
            Some((_, border)) if sorted[0].1 == *border => came
                .iter()
                .filter(|(_, randomness)| randomness == border)
                .take(usize::try_from(quota).unwrap())
                .map(|(number, _)| (*number, None))
                .collect(),
            Some((_, border)) => came
                .iter()
                .filter(|(_, randomness)| randomness > border)
                .map(|(number, _)| (*number, (number % 5 != 0).then_some((*border).into())))
                .collect(),
        };
        assert_eq!(result.out, expected, "{came:?}");
    }
}

#[test]
fn the_cap_is_hard() {
    let mut random = SmallRng::seed_from_u64(12);
    // Whatever is held at most: a second's limit is kept, in intervals as short as that asks for.
    for (per_second, held, interval) in [
        (100, usize::MAX, SECOND),
        (10_000, 1_024, SECOND / 10),
        (10_000, 64, SECOND / 200),
        (7, 3, SECOND / 2),
        (4, 1, SECOND / 2),
        (1, 1, SECOND),
        (1_000_000_000, 1_024, SECOND / 1_000_000),
    ] {
        let mut cap = Cap::new(per_second, held);
        assert_eq!(
            cap.interval().as_nanos(),
            u128::from(interval),
            "{per_second}, {held}"
        );
        let mut let_through: BTreeMap<u64, u64> = BTreeMap::new();
        let (mut came, mut out, mut dropped) = (0, Vec::new(), Vec::new());
        let mut now = 3 * SECOND;
        let step = (2 * interval / per_second.min(2_000)).max(1);
        for _ in 0..20_000 {
            now += random.random_range(0..step);
            // The worker comes when it is due; a flush in the midst of an interval; a span that took long on its way.
            let late = random.random_range(0..step);
            if cap.is_due(now) || random.random_ratio(1, 50) {
                let before = out.len();
                cap.close(now, &mut out, &mut dropped);
                *let_through.entry(now / interval).or_default() += (out.len() - before) as u64;
            }
            let before = out.len();
            let randomness = Randomness::from_bits(random.random());
            cap.offer(now - late, randomness, None, came, &mut out, &mut dropped);
            came += 1;
            *let_through.entry(now / interval).or_default() += (out.len() - before) as u64;
            assert!(cap.len() <= held, "{} held", cap.len());
        }
        cap.close(now, &mut out, &mut dropped);
        assert_eq!(out.len() + dropped.len(), came);
        assert!(
            !dropped.is_empty() || per_second > 1_000_000,
            "{per_second}"
        );

        // Of each run of intervals no more comes out than they allow, and one interval's share more.
        let share = (per_second * interval / SECOND).max(1);
        let (first, last) = (3 * SECOND / interval, now / interval);
        let total: u64 = let_through.values().sum();
        assert!(total <= (last - first + 2) * share);
        for (at, through) in &let_through {
            assert!(*through <= 2 * share, "{through} in {at} of {share}");
        }
    }
}

#[test]
fn a_cap_knows_when_it_is_due_and_without_a_limit_holds_nothing() {
    let (mut out, mut dropped) = (Vec::new(), Vec::new());
    let randomness = Randomness::from_bits(1);
    let mut cap = Cap::new(1_000, 100);
    assert_eq!(cap.due_in(0), None);
    cap.offer(
        SECOND + 30_000_000,
        randomness,
        None,
        'a',
        &mut out,
        &mut dropped,
    );
    assert_eq!(cap.due_in(SECOND + 30_000_000).unwrap().as_millis(), 70);
    assert_eq!(cap.due_in(SECOND + 100_000_000).unwrap().as_millis(), 0);
    assert!(cap.is_due(9 * SECOND) && !cap.is_due(SECOND + 99_999_999));
    cap.offer(
        SECOND + 100_000_000,
        randomness,
        None,
        'b',
        &mut out,
        &mut dropped,
    );
    assert_eq!(out, [('a', None)]);

    // A span that says that it ended in some far year shuts nobody out until then.
    cap.offer(1 << 62, randomness, None, 'x', &mut out, &mut dropped);
    assert!(cap.is_due(2 * SECOND));
    cap.close(2 * SECOND, &mut out, &mut dropped);
    cap.offer(2 * SECOND, randomness, None, 'y', &mut out, &mut dropped);
    assert!(!cap.is_due(2 * SECOND) && cap.is_due(2 * SECOND + 100_000_000));
    out.clear();

    let mut open = Cap::new(0, 100);
    open.offer(
        0,
        randomness,
        Some(Threshold::ALWAYS),
        'c',
        &mut out,
        &mut dropped,
    );
    assert_eq!(out, [('c', Some(Threshold::ALWAYS))]);
    assert!(open.is_empty() && dropped.is_empty());
}
