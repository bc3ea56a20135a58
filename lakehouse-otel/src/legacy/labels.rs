//! Names that label metrics: few, and none of them a sentence.

use std::sync::{Mutex, PoisonError};

use opentelemetry::KeyValue;

/// The value of what has no name, as OpenTelemetry has it for `error.type`.
pub(super) const OTHER: &str = "_OTHER";

/// Names of one kind. They live as long as the program, so there is a bound.
#[derive(Debug)]
pub(super) struct Names {
    seen: Mutex<Vec<&'static str>>,
    bound: usize,
}

pub(super) static WORKFLOWS: Names = Names::at_most(100);
pub(super) static EVENTS: Names = Names::at_most(100);
pub(super) static ERROR_TYPES: Names = Names::at_most(32);

/// A longer text is no name.
const LONGEST: usize = 80;

impl Names {
    const fn at_most(bound: usize) -> Self {
        Self {
            seen: Mutex::new(Vec::new()),
            bound,
        }
    }

    /// The name as a label.
    pub(super) fn label(&self, name: &str) -> &'static str {
        if !is_name(name) {
            return OTHER;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = seen.iter().find(|known| **known == name) {
            return known;
        }
        if seen.len() == self.bound {
            return OTHER;
        }
        let name: &'static str = name.to_owned().leak();
        seen.push(name);
        name
    }
}

/// Whether a text is a name: short, and one word.
fn is_name(text: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | ':' | '/');
    !text.is_empty() && text.len() <= LONGEST && text.chars().all(is_part)
}

/// The text of the first of these attributes that is there.
pub(super) fn text_of(attributes: &[KeyValue], keys: &[&str]) -> Option<String> {
    let find = |key: &&str| attributes.iter().find(|it| it.key.as_str() == *key);
    let attribute = keys.iter().find_map(find)?;
    Some(attribute.value.as_str().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_few_and_no_sentences() {
        let names = Names::at_most(2);
        assert_eq!(names.label("fetch"), "fetch");
        assert_eq!(names.label("std::io::Error"), "std::io::Error");
        assert_eq!(names.label("third"), OTHER);
        assert_eq!(names.label("fetch"), "fetch");
        let names = Names::at_most(100);
        for no_name in [
            "",
            "could not reach api.binance.com: refused",
            "key=1234",
            &"x".repeat(81),
        ] {
            assert_eq!(names.label(no_name), OTHER, "{no_name}");
        }
    }
}
