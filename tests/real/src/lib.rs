//! Tests against real systems. `tests/real/install` brings what they need into `target/real-systems`;
//! a test whose system is absent says so and passes, or fails where `REQUIRE_ALL_TESTS` is set.
