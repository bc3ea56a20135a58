//! The sampler: the specification's encodings, and what is decided when.

#![cfg(feature = "enabled")]

use std::sync::Arc;

use lakehouse_otel::config::{Sampler as Configured, SamplingConfig};
use lakehouse_otel::opentelemetry::trace::{TraceId, TraceState};
use lakehouse_otel::performance::Load;
use lakehouse_otel::schema::OperationType;
use lakehouse_otel::trace::sampler::{
    Decision, ErrorBudget, ParentSampling, Randomness, Recording, Sampler, SamplingState,
    Threshold, Traits,
};

const PRODUCTION: &str = "production";

fn adaptive(environment: &str) -> Sampler {
    Sampler::adaptive(&SamplingConfig::default(), environment)
}

fn of_type(operation: OperationType) -> Traits {
    Traits {
        operation: Some(operation),
        ..Traits::default()
    }
}

/// A trace id whose randomness is this.
fn trace_id(randomness: u64) -> TraceId {
    TraceId::from(0xabcd_u128 << 64 | u128::from(randomness))
}

fn threshold(text: &str) -> Threshold {
    Threshold::parse(text).unwrap()
}

fn randomness(text: &str) -> Randomness {
    Randomness::parse(text).unwrap()
}

fn parent(sampled: bool, tracestate: &str) -> ParentSampling {
    ParentSampling {
        sampled,
        is_remote: true,
        state: SamplingState::parse(&tracestate.parse().unwrap()),
    }
}

/// The tracestate that a decision makes of none.
fn said(decision: Decision) -> String {
    decision.state.merge_into(None).header()
}

/// Decides where no draw may happen.
fn decide(
    sampler: &Sampler,
    traits: Traits,
    trace_id: TraceId,
    parent: Option<ParentSampling>,
) -> Decision {
    sampler.decide(&sampler.operation(traits), trace_id, parent, || {
        panic!("drawn")
    })
}

const HIGHEST: u64 = 0xff_ffff_ffff_ffff;

/// The specification's *Probability Sampling*, the table of 1-in-N probabilities, four digits.
#[test]
fn thresholds_are_the_specifications() {
    for (n, text, adjusted_count) in [
        (1.0, "0", 1.0),
        (2.0, "8", 2.0),
        (3.0, "aaab", 3.000_045_777_065_69),
        (4.0, "c", 4.0),
        (5.0, "cccd", 5.000_076_295_109_483_5),
        (8.0, "e", 8.0),
        (10.0, "e666", 9.999_389_685_688_13),
        (16.0, "f", 16.0),
        (100.0, "fd70a", 99.997_711_234_026_33),
        (1_000.0, "ffbe77", 1_000.012_874_769_029),
        (10_000.0, "fff9724", 9_999.830_725_674_266),
        (100_000.0, "ffff583a", 99_999.238_556_461),
        (1_000_000.0, "ffffef39", 999_992.385_564_61),
    ] {
        let made = Threshold::from_probability(1.0 / n);
        assert_eq!(made.to_string(), text, "1 in {n}");
        assert_eq!(threshold(text), made);
        let ratio = made.adjusted_count() / adjusted_count;
        assert!((ratio - 1.0).abs() < 1e-12, "1 in {n}: {ratio}");
    }
    // The text's own example, with five digits: 0xfd70a400000000.
    assert_eq!(threshold("fd70a4").as_u64(), 71_337_018_784_743_424);
    assert_eq!(threshold("0"), Threshold::ALWAYS);
}

#[test]
fn probabilities_at_the_ends() {
    for none in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(Threshold::from_probability(none), Threshold::NEVER);
    }
    for all in [1.0, 2.0, f64::INFINITY] {
        assert_eq!(Threshold::from_probability(all), Threshold::ALWAYS);
    }
    let least = Threshold::from_probability(f64::MIN_POSITIVE);
    assert_eq!(least.to_string(), "ffffffffffffff");
    assert!(least.keeps(Randomness::from_bits(HIGHEST)));
    assert!(!Threshold::NEVER.keeps(Randomness::from_bits(HIGHEST)));
    assert!(Threshold::ALWAYS.keeps(Randomness::from_bits(0)));
    assert_eq!(Threshold::NEVER.to_string(), "never");
    assert_eq!(
        SamplingState::new(Some(Threshold::NEVER), None).merge_into(None),
        TraceState::NONE
    );
    let nearly_all = Threshold::from_probability(1.0 - 1e-9);
    assert_eq!(nearly_all, Threshold::ALWAYS, "four digits");
}

#[test]
fn of_what_was_kept_a_threshold_keeps_a_share() {
    let of = |text: &str, before: &str| threshold(text).given(threshold(before)).to_string();
    assert_eq!(of("c", "8"), "8");
    assert_eq!(of("8", "8"), "0");
    assert_eq!(of("4", "8"), "0");
    assert_eq!(of("c", "0"), "c");
    assert_eq!(threshold("8").given(Threshold::NEVER), Threshold::ALWAYS);
    assert_eq!(Threshold::NEVER.given(threshold("8")), Threshold::NEVER);
    assert_eq!(of("ffffffffffffff", "fffffffffffffe"), "8");
}

#[test]
fn thresholds_are_read_as_they_are_written() {
    for (text, number) in [
        ("0", 0),
        ("1", 0x10_0000_0000_0000),
        ("00000000000001", 1),
        ("01", 0x01_0000_0000_0000),
        ("8", 0x80_0000_0000_0000),
        ("c0", 0xc0_0000_0000_0000),
        ("ffffffffffffff", HIGHEST),
    ] {
        let read = threshold(text);
        assert_eq!(read.as_u64(), number, "{text}");
        assert_eq!(threshold(&read.to_string()), read);
    }
    assert_eq!(threshold("c000").to_string(), "c");
    for bad in [
        "",
        "g",
        "FD70A",
        "+1",
        "-1",
        " 1",
        "0x1",
        "123456789012345",
        "é",
    ] {
        assert_eq!(Threshold::parse(bad), None, "{bad:?}");
    }
}

/// The specification's *Trace State Handling*: `ot=rv:6e6d1a75832a2f` is kept at the rejection thresholds 0x6e6d1a75832a2f through 0, the same
/// as a trace id that ends in 6e6d1a75832a2f.
#[test]
fn randomness_is_the_specifications() {
    let explicit = randomness("6e6d1a75832a2f");
    assert_eq!(explicit.as_u64(), 0x6e_6d1a_7583_2a2f);
    assert_eq!(explicit.to_string(), "6e6d1a75832a2f");
    let id = TraceId::from_hex("4bf92f3577b34da6a36e6d1a75832a2f").unwrap();
    assert_eq!(Randomness::from_trace_id(id), explicit);
    assert!(threshold("6e6d1a75832a2f").keeps(explicit));
    assert!(!threshold("6e6d1a75832a3").keeps(explicit));
    for bad in [
        "",
        "6e6d1a75832a2",
        "6e6d1a75832a2ff",
        "6E6D1A75832A2F",
        "6e6d1a75832a2g",
    ] {
        assert_eq!(Randomness::parse(bad), None, "{bad:?}");
    }
    assert_eq!(randomness("00000000000001").to_string(), "00000000000001");
}

/// Each operation holds one, and each decision copies one.
#[test]
fn a_state_is_small() {
    assert_eq!(size_of::<SamplingState>(), 24);
    assert_eq!(size_of::<Decision>(), 32);
}

#[test]
fn a_state_keeps_what_others_said() {
    let merged = |threshold: Option<&str>, randomness: Option<&str>, others: &str| {
        let threshold = threshold.map(|text| Threshold::parse(text).unwrap());
        let randomness = randomness.map(|text| Randomness::parse(text).unwrap());
        let others: TraceState = others.parse().unwrap();
        SamplingState::new(threshold, randomness)
            .merge_into(Some(&others))
            .header()
    };
    assert_eq!(merged(None, None, ""), "");
    assert_eq!(merged(None, None, "a=1,b=2"), "a=1,b=2");
    assert_eq!(merged(Some("8"), None, "a=1,b=2"), "ot=th:8,a=1,b=2");
    assert_eq!(merged(None, None, "a=1,ot=th:8;rv:6e6d1a75832a2f"), "a=1");
    assert_eq!(
        merged(
            Some("c"),
            Some("6e6d1a75832a2f"),
            "a=1,ot=p:8;th:8;r:62,b=2"
        ),
        "ot=th:c;rv:6e6d1a75832a2f;p:8;r:62,a=1,b=2"
    );
    assert_eq!(merged(None, None, "a=1,ot=th:8;k:v"), "ot=k:v,a=1");
    // Nothing is longer than an entry may be: what is ours, and what still fits.
    let long = format!("ot=k:{};l:1", "v".repeat(250));
    assert_eq!(merged(Some("8"), None, &long), "ot=th:8;l:1");
    // At most 32 entries, ours first.
    let many = (0..32)
        .map(|n| format!("k{n}=v"))
        .collect::<Vec<_>>()
        .join(",");
    let header = merged(Some("0"), None, &many);
    assert!(
        header.starts_with("ot=th:0,k0=v,") && header.ends_with("k30=v"),
        "{header}"
    );
}

#[test]
fn what_is_written_wrongly_is_ignored() {
    for (tracestate, threshold, randomness) in [
        (
            "ot=th:8;rv:6e6d1a75832a2f",
            Some("8"),
            Some("6e6d1a75832a2f"),
        ),
        ("ot=th:g;rv:6e6d1a75832a2f", None, Some("6e6d1a75832a2f")),
        ("ot=th:8;rv:6e6d", Some("8"), None),
        ("ot=th;;:;th:8", Some("8"), None),
        ("other=th:8", None, None),
        ("", None, None),
    ] {
        let state = SamplingState::parse(&tracestate.parse().unwrap());
        assert_eq!(
            state.threshold.map(|found| found.to_string()).as_deref(),
            threshold,
            "{tracestate}"
        );
        assert_eq!(
            state.randomness.map(|found| found.to_string()).as_deref(),
            randomness,
            "{tracestate}"
        );
    }
}

#[test]
fn the_samplers_of_the_specification() {
    use Recording::{Sampled, Unsampled};

    let low = trace_id(0x10_0000_0000_0000);
    let high = trace_id(0x90_0000_0000_0000);
    let kept = Some(parent(true, "ot=th:0"));
    let dropped = Some(parent(false, ""));
    for (sampler, parent, id, recording, tracestate) in [
        (Sampler::always_on(), None, low, Sampled, "ot=th:0"),
        (Sampler::always_on(), dropped, low, Sampled, "ot=th:0"),
        (Sampler::always_off(), None, high, Unsampled, ""),
        (Sampler::always_off(), kept, high, Unsampled, ""),
        (Sampler::trace_id_ratio(0.5), None, low, Unsampled, ""),
        (Sampler::trace_id_ratio(0.5), None, high, Sampled, "ot=th:8"),
        (Sampler::trace_id_ratio(0.5), kept, low, Unsampled, ""),
        (
            Sampler::trace_id_ratio(0.5),
            dropped,
            high,
            Sampled,
            "ot=th:8",
        ),
        (
            Sampler::parent_based_always_on(),
            None,
            low,
            Sampled,
            "ot=th:0",
        ),
        (
            Sampler::parent_based_always_on(),
            dropped,
            low,
            Unsampled,
            "",
        ),
        (
            Sampler::parent_based_always_off(),
            None,
            high,
            Unsampled,
            "",
        ),
        (
            Sampler::parent_based_always_off(),
            kept,
            high,
            Sampled,
            "ot=th:0",
        ),
        (
            Sampler::parent_based_trace_id_ratio(0.5),
            None,
            high,
            Sampled,
            "ot=th:8",
        ),
        (
            Sampler::parent_based_trace_id_ratio(0.5),
            None,
            low,
            Unsampled,
            "",
        ),
        (
            Sampler::parent_based_trace_id_ratio(0.5),
            kept,
            low,
            Sampled,
            "ot=th:0",
        ),
    ] {
        // They do what their names say: what is wanted of the operation counts for nothing.
        let traits = Traits {
            operation: Some(OperationType::ApiCall),
            sample: Some(0.01),
            high_priority: true,
            high_volume: true,
        };
        sampler.load().set(4, true);
        sampler.set_breaker_open(true);
        let decision = decide(&sampler, traits, id, parent);
        assert_eq!(decision.recording, recording, "{sampler:?}, {parent:?}");
        assert_eq!(said(decision), tracestate, "{sampler:?}, {parent:?}");
    }
    // The randomness of the trace is what it says first.
    let explicit = Some(parent(true, "ot=rv:90000000000000"));
    let decision = decide(
        &Sampler::trace_id_ratio(0.5),
        Traits::default(),
        low,
        explicit,
    );
    assert_eq!(said(decision), "ot=th:8;rv:90000000000000");
    let low_rv = Some(parent(true, "ot=rv:10000000000000"));
    let decision = decide(
        &Sampler::trace_id_ratio(0.5),
        Traits::default(),
        high,
        low_rv,
    );
    assert_eq!(decision.recording, Unsampled);
    assert_eq!(said(decision), "ot=rv:10000000000000");
}

#[test]
fn the_configuration_chooses_the_sampler() {
    let made = |configured| Sampler::new(configured, &SamplingConfig::default(), PRODUCTION);
    for (configured, adaptive, rescues) in [
        (Configured::Adaptive, true, true),
        (Configured::AlwaysOn, false, true),
        (Configured::AlwaysOff, false, false),
        (Configured::TraceIdRatio(0.1), false, true),
        (Configured::TraceIdRatio(0.0), false, false),
        (Configured::ParentBasedAlwaysOn, false, true),
        (Configured::ParentBasedAlwaysOff, false, false),
        (Configured::ParentBasedTraceIdRatio(0.1), false, true),
    ] {
        let sampler = made(configured);
        assert_eq!(sampler.is_adaptive(), adaptive, "{configured}");
        assert_eq!(sampler.rescues(), rescues, "{configured}");
        assert_eq!(sampler.big_object(), 64 << 20);
    }
}

/// The threshold with which an operation is kept as a root.
fn rate(sampler: &Sampler, traits: Traits) -> f64 {
    let decision = decide(sampler, traits, trace_id(HIGHEST), None);
    assert_eq!(decision.recording, Recording::Sampled);
    decision.state.threshold.unwrap().probability()
}

fn assert_rate(sampler: &Sampler, traits: Traits, expected: f64) {
    let rate = rate(sampler, traits);
    // Four digits of a threshold.
    assert!(
        (rate / expected - 1.0).abs() < 2e-3,
        "{traits:?}: {rate}, not {expected}"
    );
}

#[test]
fn rates_by_type_and_environment() {
    use OperationType::{
        ApiCall, Custom, DataProcessing, Database, Ingestion, Invocation, Stage, Storage,
        WorkflowExecution,
    };
    for (operation, production, staging) in [
        (Some(WorkflowExecution), 1.0, 1.0),
        (Some(ApiCall), 0.3, 0.5),
        (Some(Storage), 0.2, 0.5),
        (Some(Ingestion), 0.3, 0.5),
        (Some(Stage), 0.1, 0.5),
        (Some(DataProcessing), 0.1, 0.5),
        (Some(Database), 0.1, 0.5),
        (Some(Invocation), 0.1, 0.5),
        (Some(Custom), 0.1, 0.5),
        (None, 0.1, 0.5),
    ] {
        let traits = Traits {
            operation,
            ..Traits::default()
        };
        for (environment, expected) in [
            (PRODUCTION, production),
            ("eu-production-2", production),
            ("staging", staging),
            ("Staging", staging),
            ("local", 1.0),
            ("development", 1.0),
            ("test", 1.0),
        ] {
            assert_rate(&adaptive(environment), traits, expected);
        }
    }
}

#[test]
fn what_a_callsite_says_wins_over_its_type() {
    let sampler = adaptive(PRODUCTION);
    let traits = |sample, high_priority, high_volume| Traits {
        operation: Some(OperationType::ApiCall),
        sample,
        high_priority,
        high_volume,
    };
    assert_rate(&sampler, traits(Some(0.05), false, false), 0.05);
    assert_rate(&sampler, traits(Some(1.0), false, false), 1.0);
    assert_rate(&sampler, traits(None, false, true), 0.1);
    assert_rate(&sampler, traits(Some(0.7), false, true), 0.7);
    assert_rate(&sampler, traits(Some(0.05), true, true), 1.0);
    assert_rate(&adaptive("staging"), traits(Some(0.05), false, false), 0.5);
    assert_rate(&adaptive("local"), traits(None, false, true), 1.0);

    let mut config = SamplingConfig::default();
    config.high_volume = 0.02;
    config.root = Some(0.6);
    let sampler = Sampler::adaptive(&config, PRODUCTION);
    assert_rate(&sampler, traits(None, false, true), 0.02);
    assert_rate(&sampler, Traits::default(), 0.6);
}

#[test]
fn load_halves_rates_down_to_the_floor() {
    let sampler = adaptive(PRODUCTION);
    let api_call = of_type(OperationType::ApiCall);
    for level in 0..5_u8 {
        sampler.load().set(level, false);
        let scale = 0.5_f64.powi(i32::from(level));
        assert_rate(&sampler, api_call, 0.3 * scale);
        assert_rate(&sampler, of_type(OperationType::WorkflowExecution), scale);
        sampler.set_breaker_open(true);
        assert_rate(&sampler, api_call, (0.15 * scale).max(0.01));
        sampler.set_breaker_open(false);
    }
    assert_eq!(Load::LEVELS, 5);
    // A rate that is below the floor stays; nothing is kept more often for there being load.
    let rare = Traits {
        sample: Some(0.004),
        ..api_call
    };
    assert_rate(&sampler, rare, 0.004);
    sampler.load().set(0, false);
    assert_rate(&sampler, rare, 0.004);
}

#[test]
fn load_never_goes_below_what_the_environment_keeps() {
    let request = of_type(OperationType::ApiCall);
    for (environment, threshold) in [
        ("local", Threshold::ALWAYS),
        ("staging", Threshold::from_probability(0.5)),
    ] {
        let sampler = adaptive(environment);
        sampler.load().set(4, false);
        let operation = sampler.operation(request);
        let decision = sampler.decide(&operation, trace_id(u64::MAX >> 8), None, || 0);
        assert_eq!(decision.state.threshold, Some(threshold), "{environment}");
    }
    let sampler = adaptive("local");
    sampler.load().set(4, true);
    let operation = sampler.operation(request);
    let decision = sampler.decide(&operation, trace_id(0), None, || 0);
    assert_eq!(decision.recording, Recording::Sampled);
}

#[test]
fn under_extreme_load_there_is_no_tracing() {
    let sampler = adaptive(PRODUCTION);
    sampler.load().set(4, true);
    let urgent = Traits {
        high_priority: true,
        ..Traits::default()
    };
    for parent in [None, Some(parent(true, "ot=th:0"))] {
        let decision = decide(&sampler, urgent, trace_id(HIGHEST), parent);
        assert_eq!(decision.recording, Recording::Off);
        assert_eq!(said(decision), "");
    }
    sampler.load().set(4, false);
    let decision = decide(&sampler, urgent, trace_id(0), None);
    assert_eq!(
        decision.recording,
        Recording::Sampled,
        "high priority is not scaled"
    );
    assert_eq!(said(decision), "ot=th:0");
}

#[test]
fn what_has_no_rate_follows_its_parent() {
    let sampler = adaptive(PRODUCTION);
    let stage = of_type(OperationType::Stage);
    let id = trace_id(0x90_0000_0000_0000);
    for (parent, recording, tracestate) in [
        (parent(true, "ot=th:8"), Recording::Sampled, "ot=th:8"),
        (
            parent(true, "ot=th:8;rv:a0000000000000"),
            Recording::Sampled,
            "ot=th:8;rv:a0000000000000",
        ),
        (parent(true, ""), Recording::Sampled, ""),
        // R < T while sampled: the threshold is wrong, and is erased.
        (parent(true, "ot=th:c"), Recording::Sampled, ""),
        (
            parent(true, "ot=th:8;rv:10000000000000"),
            Recording::Sampled,
            "ot=rv:10000000000000",
        ),
        (parent(false, "ot=th:8"), Recording::Unsampled, ""),
        (
            parent(false, "ot=rv:10000000000000"),
            Recording::Unsampled,
            "ot=rv:10000000000000",
        ),
    ] {
        let decision = decide(&sampler, stage, id, Some(parent));
        assert_eq!(decision.recording, recording, "{parent:?}");
        assert_eq!(said(decision), tracestate, "{parent:?}");
    }
}

#[test]
fn a_lower_rate_is_drawn_and_a_higher_one_is_not() {
    let sampler = adaptive(PRODUCTION);
    let half = sampler.operation(Traits {
        sample: Some(0.5),
        ..Traits::default()
    });
    let drawn = |parent, bits: u64| sampler.decide(&half, trace_id(HIGHEST), Some(parent), || bits);

    // Of [c, 1) all is above 8.
    let decision = sampler.decide(
        &half,
        trace_id(HIGHEST),
        Some(parent(true, "ot=th:c")),
        || panic!("the parent's rate is lower"),
    );
    assert_eq!(said(decision), "ot=th:c");

    // The draw is made in [T of the parent, 1).
    let below = drawn(parent(true, "ot=th:4"), 0);
    assert_eq!(below.recording, Recording::Unsampled);
    assert_eq!(said(below), "ot=rv:40000000000000");
    let above = drawn(parent(true, "ot=th:4"), u64::MAX);
    assert_eq!(above.recording, Recording::Sampled);
    assert_eq!(said(above), "ot=th:8;rv:ffffffffffffff");
    let middle = drawn(parent(true, "ot=th:4"), u64::MAX / 2 + 1);
    assert_eq!(said(middle), "ot=th:8;rv:a0000000000000");

    // An unknown threshold stays unknown.
    let unknown = drawn(parent(true, ""), u64::MAX);
    assert_eq!(unknown.recording, Recording::Sampled);
    assert_eq!(said(unknown), "ot=rv:ffffffffffffff");
    // In the subtree that was kept the same rate is not drawn again.
    let child = ParentSampling {
        sampled: true,
        is_remote: false,
        state: unknown.state,
    };
    let whole = sampler.decide(&half, trace_id(HIGHEST), Some(child), || {
        panic!("drawn again")
    });
    assert_eq!(whole, unknown);

    let dropped = sampler.decide(&half, trace_id(HIGHEST), Some(parent(false, "")), || {
        panic!("the parent is dropped")
    });
    assert_eq!(dropped.recording, Recording::Unsampled);
}

#[test]
fn per_trace_the_traces_randomness_decides() {
    let mut config = SamplingConfig::default();
    config.per_trace = true;
    let sampler = Sampler::adaptive(&config, PRODUCTION);
    let half = Traits {
        sample: Some(0.5),
        ..Traits::default()
    };
    let (low, high) = (trace_id(0x70_0000_0000_0000), trace_id(0x90_0000_0000_0000));
    for (id, tracestate, recording, expected) in [
        (high, "ot=th:0", Recording::Sampled, "ot=th:8"),
        (low, "ot=th:0", Recording::Unsampled, ""),
        (high, "ot=th:9", Recording::Sampled, "ot=th:9"),
        (
            low,
            "ot=th:0;rv:f0000000000000",
            Recording::Sampled,
            "ot=th:8;rv:f0000000000000",
        ),
        (high, "", Recording::Sampled, ""),
        (low, "", Recording::Unsampled, ""),
    ] {
        let decision = decide(&sampler, half, id, Some(parent(true, tracestate)));
        assert_eq!(decision.recording, recording, "{tracestate}");
        assert_eq!(said(decision), expected, "{tracestate}");
    }
}

#[test]
fn high_priority_is_kept_under_whatever_parent() {
    let sampler = adaptive(PRODUCTION);
    let urgent = Traits {
        operation: Some(OperationType::Storage),
        high_priority: true,
        ..Traits::default()
    };
    for (parent, expected) in [
        (parent(false, ""), "ot=th:0"),
        (parent(true, "ot=th:8"), "ot=th:0"),
        (
            parent(false, "ot=rv:10000000000000"),
            "ot=th:0;rv:10000000000000",
        ),
    ] {
        let decision = decide(&sampler, urgent, trace_id(HIGHEST), Some(parent));
        assert_eq!(decision.recording, Recording::Sampled);
        assert_eq!(said(decision), expected);
    }
}

#[test]
fn an_ingestion_is_thinned_by_its_records() {
    let sampler = adaptive(PRODUCTION);
    for (records, expected) in [
        (0, 0.05),
        (1_000, 0.05),
        (5_000, 0.15),
        (10_000, 0.3),
        (u64::MAX, 0.3),
    ] {
        let probability = sampler.ingestion_threshold(records).probability();
        assert!(
            (probability - expected).abs() < 1e-4,
            "{records}: {probability}"
        );
    }
    let half = adaptive("staging").ingestion_threshold(0).probability();
    assert!((half - 0.5).abs() < 1e-4, "{half}");
    for all in [adaptive("local"), Sampler::always_on()] {
        assert_eq!(all.ingestion_threshold(0), Threshold::ALWAYS);
    }

    // At its end a sampled one is drawn again, in what its start left.
    let state = SamplingState::new(Some(Threshold::from_probability(0.3)), None);
    let thinned = |records, bits: u64| sampler.thin(records, trace_id(HIGHEST), state, || bits);
    assert_eq!(thinned(10_000, 0).state, state);
    assert_eq!(thinned(0, 0).recording, Recording::Unsampled);
    let kept = thinned(0, u64::MAX);
    assert_eq!(kept.recording, Recording::Sampled);
    assert_eq!(
        kept.state.threshold,
        Some(Threshold::from_probability(0.05))
    );
}

#[test]
fn a_budget_comes_back_evenly() {
    const SECOND: u64 = 1_000_000_000;
    let budget = ErrorBudget::new(100);
    let take = |count: u32, at: u64| (0..count).filter(|_| budget.take(at)).count();
    assert_eq!(
        take(1_000, 5 * SECOND),
        100,
        "at once no more than a second's worth"
    );
    assert_eq!(take(1_000, 5 * SECOND + SECOND / 10), 10);
    assert_eq!(
        take(1_000, 5 * SECOND),
        0,
        "a clock that goes back gives nothing"
    );
    assert_eq!(take(1_000, 100 * SECOND), 100);
    assert!(!ErrorBudget::new(0).take(0));
    assert!(ErrorBudget::new(u64::MAX).take(u64::MAX));
}

#[test]
fn a_budget_is_for_all_threads() {
    let budget = Arc::new(ErrorBudget::new(1_000));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let budget = Arc::clone(&budget);
            std::thread::spawn(move || (0..1_000).filter(|_| budget.take(7)).count())
        })
        .collect();
    let taken: usize = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .sum();
    assert_eq!(taken, 1_000);
}
