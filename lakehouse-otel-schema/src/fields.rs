//! Reading a mapping's fields by name and type, with every mistake reported.

use crate::source::{Located, Position, Report};
use crate::suggest::{allowed, unknown};
use crate::yaml::{Node, Value};

/// The fields of one mapping, each of which is known and there once.
pub(crate) struct Fields<'n> {
    /// What the mapping describes, with its article: "an attribute".
    what: &'static str,
    pub(crate) at: Position,
    entries: Vec<(&'n Located<String>, &'n Node)>,
}

impl<'n> Fields<'n> {
    /// The fields of `node`; `None`, with a report, where it is no mapping.
    pub(crate) fn of(
        node: &'n Node,
        what: &'static str,
        known: &[&str],
        report: &mut Report,
    ) -> Option<Self> {
        let Value::Mapping(mapping) = &node.value else {
            report.at(
                &node.at,
                format!(
                    "{what} is a mapping, found {}; its fields are {}",
                    describe(node),
                    allowed(known)
                ),
            );
            return None;
        };
        let mut entries: Vec<(&Located<String>, &Node)> = Vec::new();
        for (key, value) in mapping {
            if !known.contains(&key.as_str()) {
                report.at(
                    &key.at,
                    unknown(&format!("field of {what}"), key.as_str(), known),
                );
            } else if let Some((first, _)) =
                entries.iter().find(|(first, _)| first.value == key.value)
            {
                report.at(
                    &key.at,
                    format!(
                        "the field `{}` is there twice; first on line {}",
                        key.value, first.at.line
                    ),
                );
            } else {
                entries.push((key, value));
            }
        }
        Some(Self {
            what,
            at: node.at.clone(),
            entries,
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'n Node> {
        self.entries
            .iter()
            .find(|(key, _)| key.value == name)
            .map(|(_, node)| *node)
    }

    pub(crate) fn required(&self, name: &str, report: &mut Report) -> Option<&'n Node> {
        let node = self.get(name);
        if node.is_none() {
            report.at(&self.at, format!("{} needs the field `{name}`", self.what));
        }
        node
    }

    pub(crate) fn text(&self, name: &str, report: &mut Report) -> Option<Located<String>> {
        text(self.get(name)?, name, report)
    }

    pub(crate) fn required_text(&self, name: &str, report: &mut Report) -> Option<Located<String>> {
        text(self.required(name, report)?, name, report)
    }

    pub(crate) fn boolean(&self, name: &str, report: &mut Report) -> Option<bool> {
        let node = self.get(name)?;
        if let Some(Scalar::Boolean(value)) = scalar(node) {
            return Some(value);
        }
        report.at(
            &node.at,
            format!("`{name}` is `true` or `false`, found {}", describe(node)),
        );
        None
    }

    /// The items of a list; an absent one is empty.
    pub(crate) fn list(&self, name: &str, report: &mut Report) -> &'n [Node] {
        self.get(name).map_or(&[], |node| list(node, name, report))
    }

    /// A list of texts; an absent one is empty.
    pub(crate) fn texts(&self, name: &str, report: &mut Report) -> Vec<Located<String>> {
        let nodes = self.list(name, report);
        nodes
            .iter()
            .filter_map(|node| text(node, name, report))
            .collect()
    }

    /// One of the named values.
    pub(crate) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
        report: &mut Report,
    ) -> Option<T> {
        choice(self.get(name)?, name, choices, report)
    }

    pub(crate) fn required_choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
        report: &mut Report,
    ) -> Option<T> {
        choice(self.required(name, report)?, name, choices, report)
    }
}

/// What a plain scalar means in YAML 1.2.
pub(crate) enum Scalar<'n> {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(&'n str),
}

pub(crate) fn scalar(node: &Node) -> Option<Scalar<'_>> {
    let Value::Scalar { text, plain } = &node.value else {
        return None;
    };
    if !plain {
        return Some(Scalar::Text(text));
    }
    Some(match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Boolean(true),
        "false" | "False" | "FALSE" => Scalar::Boolean(false),
        text => {
            if let Ok(integer) = text.parse() {
                Scalar::Integer(integer)
            } else if text
                .starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
            {
                // Rust also reads `inf` and `nan`, which are words here.
                text.parse().map_or(Scalar::Text(text), Scalar::Float)
            } else {
                Scalar::Text(text)
            }
        }
    })
}

/// What stands there, for a message.
pub(crate) fn describe(node: &Node) -> String {
    match (&node.value, scalar(node)) {
        (Value::Sequence(_), _) => "a list".to_owned(),
        (_, Some(Scalar::Null)) => "nothing".to_owned(),
        (_, Some(Scalar::Boolean(value))) => format!("the truth value {value}"),
        (_, Some(Scalar::Integer(value))) => format!("the integer {value}"),
        (_, Some(Scalar::Float(value))) => format!("the number {value}"),
        (_, Some(Scalar::Text(text))) => format!("the text `{text}`"),
        (_, None) => "a mapping".to_owned(),
    }
}

pub(crate) fn text(node: &Node, name: &str, report: &mut Report) -> Option<Located<String>> {
    match scalar(node) {
        Some(Scalar::Text(text)) => Some(Located::new(text.trim_end().to_owned(), node.at.clone())),
        Some(Scalar::Null) | None => {
            report.at(
                &node.at,
                format!("`{name}` is a text, found {}", describe(node)),
            );
            None
        }
        Some(_) => {
            let Value::Scalar { text, .. } = &node.value else {
                return None;
            };
            report.at(
                &node.at,
                format!(
                    "`{name}` is a text, found {}; in quotes it is one: \"{text}\"",
                    describe(node)
                ),
            );
            None
        }
    }
}

pub(crate) fn number(node: &Node, name: &str, report: &mut Report) -> Option<f64> {
    match scalar(node) {
        #[expect(clippy::cast_precision_loss, reason = "boundaries are far below 2^53")]
        Some(Scalar::Integer(value)) => Some(value as f64),
        Some(Scalar::Float(value)) => Some(value),
        _ => {
            report.at(
                &node.at,
                format!("`{name}` takes numbers, found {}", describe(node)),
            );
            None
        }
    }
}

pub(crate) fn list<'n>(node: &'n Node, name: &str, report: &mut Report) -> &'n [Node] {
    if let Value::Sequence(nodes) = &node.value {
        nodes
    } else {
        report.at(
            &node.at,
            format!("`{name}` is a list, found {}", describe(node)),
        );
        &[]
    }
}

pub(crate) fn choice<T: Copy>(
    node: &Node,
    name: &str,
    choices: &[(&str, T)],
    report: &mut Report,
) -> Option<T> {
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    if let Some(Scalar::Text(text)) = scalar(node) {
        let found = choices.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            report.at(
                &node.at,
                unknown(&format!("value of `{name}`"), text, &names),
            );
        }
        return found.map(|(_, value)| *value);
    }
    report.at(
        &node.at,
        format!(
            "`{name}` is one of {}, found {}",
            allowed(&names),
            describe(node)
        ),
    );
    None
}
