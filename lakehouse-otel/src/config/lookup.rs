//! Reading values: the builder's over the environment's, each problem noted.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::environment::Environment;
use super::variables::allowed;
use super::{ConfigError, Problem};

/// What the builder sets, by the name of the variable that it overrides. An empty value says "as if
/// unset".
pub(crate) type Overrides = BTreeMap<&'static str, String>;

/// Values by name, and what was found wrong with them.
pub(crate) struct Lookup<'a> {
    overrides: &'a Overrides,
    environment: &'a Environment<'a>,
    problems: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<String>>,
}

impl<'a> Lookup<'a> {
    pub(crate) fn new(overrides: &'a Overrides, environment: &'a Environment<'a>) -> Self {
        Self {
            overrides,
            environment,
            problems: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// The value of a variable that is set and not empty.
    pub(crate) fn text(&self, name: &'static str) -> Option<String> {
        let value = match self.overrides.get(name) {
            Some(value) => Some(value.clone()),
            None => (self.environment)(name).unwrap_or_else(|value| {
                // What may be secret, and cannot be read, cannot be redacted in part.
                let secret = name.ends_with("HEADERS") || name.ends_with("ENDPOINT");
                let shown = if secret {
                    "REDACTED".to_owned()
                } else {
                    value.to_string_lossy().into_owned()
                };
                self.problem(name, shown, "not UTF-8".to_owned());
                None
            }),
        };
        value
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// The value of the first of these variables that is set; a warning where another one differs.
    pub(crate) fn first_of(&self, names: &[&'static str]) -> Option<String> {
        let mut set = names
            .iter()
            .filter_map(|name| self.text(name).map(|value| (*name, value)));
        let (winner, value) = set.next()?;
        for (name, other) in set {
            if other != value {
                self.warn(format!(
                    "{winner}={value:?} and {name}={other:?} say different things; {winner} holds"
                ));
            }
        }
        Some(value)
    }

    /// The parsed value of a variable. `None` where it is unset, and where it does not parse: then
    /// the problem is noted.
    pub(crate) fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.text(name)?;
        let parsed = parse(&value);
        if parsed.is_none() {
            self.problem(name, value, format!("allowed: {}", allowed(name)));
        }
        parsed
    }

    pub(crate) fn problem(&self, variable: &'static str, value: String, advice: String) {
        self.problems.borrow_mut().push(Problem {
            variable,
            value,
            advice,
            from_builder: self.overrides.contains_key(variable),
        });
    }

    pub(crate) fn warn(&self, warning: String) {
        self.warnings.borrow_mut().push(warning);
    }

    /// The warnings, if there was no problem.
    pub(crate) fn finish(self) -> Result<Vec<String>, ConfigError> {
        let mut problems = self.problems.into_inner();
        // A general variable is read for each signal; it is wrong once.
        let mut seen = Vec::new();
        problems.retain(|problem| {
            let new = !seen.contains(&(problem.variable, problem.advice.clone()));
            if new {
                seen.push((problem.variable, problem.advice.clone()));
            }
            new
        });
        if problems.is_empty() {
            Ok(self.warnings.into_inner())
        } else {
            Err(ConfigError::new(problems))
        }
    }
}
