//! What is wrong with a configuration: everything, in one error.

use std::fmt;

/// Values that cannot be used. All of them, so that one more run is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

/// One value that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The variable's name.
    pub variable: &'static str,
    /// Its value; what is secret in it reads `REDACTED`.
    pub value: String,
    /// What is wrong, and what is allowed.
    pub advice: String,
    /// Whether the value came from the builder and not from the environment.
    pub from_builder: bool,
}

impl ConfigError {
    #[cfg(feature = "enabled")]
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// Each value that cannot be used.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [problem] = &*self.problems {
            return write!(f, "telemetry is configured wrongly: {problem}");
        }
        write!(
            f,
            "telemetry is configured wrongly in {} places:",
            self.problems.len()
        )?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = if self.from_builder {
            " (set by the builder)"
        } else {
            ""
        };
        write!(
            f,
            "{}={:?}{source}: {}",
            self.variable, self.value, self.advice
        )
    }
}

impl std::error::Error for ConfigError {}
