//! Steps, reading by reading.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn cpu(share: f64) -> Shares {
    Shares {
        cpu: Some(share),
        memory: Some(0.1),
    }
}

fn memory(share: f64) -> Shares {
    Shares {
        cpu: Some(0.1),
        memory: Some(share),
    }
}

/// What comes of readings: so many of each, then the level and whether load is extreme.
fn assert_steps(policy: LoadPolicy, table: &[(u32, Shares, u8, bool)]) {
    let mut steps = policy.steps();
    for (row, &(readings, shares, level, extreme)) in table.iter().enumerate() {
        for _ in 0..readings {
            steps.next(shares, SECOND);
        }
        let now = (steps.level(), steps.is_extreme());
        assert_eq!(now, (level, extreme), "row {row}: {shares:?}");
    }
}

#[test]
fn levels_step_one_at_a_time_up_and_down_each_at_a_mark_of_its_own() {
    assert_steps(
        LoadPolicy::default(),
        &[
            (100, cpu(0.79), 0, false),
            (2, cpu(0.81), 0, false),
            (1, cpu(0.81), 1, false),
            // Not above the next level's mark.
            (100, cpu(0.83), 1, false),
            (3, cpu(0.84), 2, false),
            (100, cpu(0.87), 2, false),
            (3, memory(0.91), 3, false),
            (100, cpu(0.91), 3, false),
            (3, cpu(0.92), 4, false),
            // Not below its own mark by the margin.
            (100, cpu(0.87), 4, false),
            (3, cpu(0.86), 3, false),
            (100, cpu(0.83), 3, false),
            (3, cpu(0.82), 2, false),
            (100, cpu(0.79), 2, false),
            (3, cpu(0.78), 1, false),
            (100, cpu(0.76), 1, false),
            (2, cpu(0.74), 1, false),
            (1, cpu(0.74), 0, false),
            (100, cpu(0.0), 0, false),
        ],
    );
}

#[test]
fn by_cpu_alone_load_is_extreme_after_a_minute() {
    assert_steps(
        LoadPolicy::default(),
        &[
            (12, cpu(0.96), 4, false),
            // Not above the extreme mark.
            (100, cpu(0.94), 4, false),
            // A minute lies between the first of 61 readings and the last.
            (60, cpu(0.96), 4, false),
            (1, cpu(0.94), 4, false),
            (60, cpu(1.0), 4, false),
            (1, cpu(1.0), 4, true),
            (100, cpu(1.0), 4, true),
            // Not below the extreme mark by the margin.
            (100, cpu(0.91), 4, true),
            (3, cpu(0.89), 4, false),
            (60, cpu(1.0), 4, false),
            (1, cpu(1.0), 4, true),
            (15, cpu(0.0), 0, false),
        ],
    );
}

#[test]
fn the_minute_is_one_of_time_and_takes_the_readings_of_any_step() {
    let policy = LoadPolicy::default();
    for (passed, readings) in [(SECOND / 10, 601), (SECOND * 20, 4), (SECOND * 300, 3)] {
        let mut steps = policy.steps();
        while steps.level() < 4 {
            steps.next(cpu(1.0), passed);
        }
        let until = (1..1_000).find(|_| steps.next(cpu(1.0), passed));
        assert_eq!(until, Some(readings), "one every {passed:?}");
        assert!(steps.is_extreme());
    }
    let at_once = LoadPolicy {
        extreme_cpu_after: Duration::ZERO,
        ..policy
    };
    assert_steps(at_once, &[(14, cpu(1.0), 4, false), (1, cpu(1.0), 4, true)]);
}

#[test]
fn memory_has_marks_of_its_own_and_is_extreme_as_soon_as_any_level() {
    assert_steps(
        LoadPolicy::default(),
        &[
            (100, memory(0.84), 0, false),
            (100, memory(0.86), 1, false),
            (100, memory(0.89), 2, false),
            (100, memory(0.92), 3, false),
            (100, memory(0.96), 4, false),
            (2, memory(0.97), 4, false),
            (1, memory(0.97), 4, true),
            (100, memory(0.92), 4, true),
            (3, memory(0.91), 4, false),
            (100, memory(0.89), 4, false),
            (3, memory(0.88), 3, false),
            (9, memory(0.79), 0, false),
        ],
    );
}

#[test]
fn one_resource_under_load_holds_the_level_up() {
    let both = |cpu, memory| Shares {
        cpu: Some(cpu),
        memory: Some(memory),
    };
    assert_steps(
        LoadPolicy::default(),
        &[
            (3, both(0.9, 0.9), 1, false),
            (100, both(0.1, 0.84), 1, false),
            (100, both(0.79, 0.1), 1, false),
            (3, both(0.1, 0.1), 0, false),
            (12, both(1.0, 1.0), 4, false),
            // Either breaks off: memory is not above for three in a row, nor CPU for a minute.
            (2, both(0.1, 0.97), 4, false),
            (10, both(1.0, 0.1), 4, false),
            (2, both(1.0, 0.97), 4, false),
            (1, both(1.0, 0.97), 4, true),
        ],
    );
}

#[test]
fn swinging_around_a_mark_moves_nothing() {
    let mut steps = LoadPolicy::default().steps();
    for _ in 0..3 {
        steps.next(cpu(0.81), SECOND);
    }
    assert_eq!(steps.level(), 1);
    // By less than the margin, both ways, around either mark: no step in a row of ever so many.
    for round in 0..10_000 {
        let shares = if round % 2 == 0 {
            cpu(0.801)
        } else {
            cpu(0.749)
        };
        assert!(!steps.next(shares, SECOND), "round {round}");
    }
}

#[test]
fn what_is_unknown_stands_for_no_load() {
    let unknown = Shares::default();
    let only_memory = Shares {
        cpu: None,
        memory: Some(0.9),
    };
    assert_steps(
        LoadPolicy::default(),
        &[
            (100, unknown, 0, false),
            (3, only_memory, 1, false),
            (3, unknown, 0, false),
        ],
    );
    assert_eq!(unknown.load_factor(), None);
    assert_eq!(only_memory.load_factor(), Some(0.9));
}

#[test]
fn thresholds_at_the_ends() {
    let never = LoadPolicy::new(1.0, 1.0);
    assert_steps(
        never,
        &[(100, cpu(1.0), 0, false), (100, memory(1.0), 0, false)],
    );
    // A small threshold still lets go: at its half.
    let small = LoadPolicy {
        settle: 0,
        ..LoadPolicy::new(0.04, 0.85)
    };
    assert_steps(
        small,
        &[
            (1, cpu(0.05), 1, false),
            (9, cpu(0.03), 1, false),
            (1, cpu(0.01), 0, false),
        ],
    );
}
