//! A YAML document as a tree in which every key and value knows its place.
//!
//! The parser's own tree stops at the first duplicate key and forgets where keys stand; this one
//! keeps both, so that all mistakes of a file are told at once.

use std::path::Path;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, SpannedEventReceiver};

use crate::source::{Located, Position, Report};

/// A value and where it begins.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: Position,
    pub(crate) value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// `plain` scalars (without quotes) may be numbers, truth values or null.
    Scalar {
        text: String,
        plain: bool,
    },
    Sequence(Vec<Node>),
    Mapping(Vec<(Located<String>, Node)>),
}

/// Reads a file that holds one document.
pub(crate) fn read(file: &Path, text: &str, report: &mut Report) -> Option<Node> {
    let mut builder = Builder {
        file: Arc::from(file),
        open: Vec::new(),
        documents: Vec::new(),
        report,
        has_alias: false,
    };
    let parsed = Parser::new_from_str(text).load(&mut builder, true);
    let Builder {
        file,
        documents,
        report,
        has_alias,
        ..
    } = builder;
    if let Err(error) = parsed {
        let at = position(&file, *error.marker());
        report.at(&at, format!("this is not YAML: {}", error.info()));
        return None;
    }
    if has_alias {
        return None;
    }
    let mut documents = documents.into_iter();
    let Some(document) = documents.next() else {
        report.at(
            &Position::start_of(&file),
            "the file is empty; a registry file begins with `file_format: definition/2`",
        );
        return None;
    };
    if let Some(second) = documents.next() {
        report.at(
            &second.at,
            "a second document in one file; a registry file holds one",
        );
    }
    Some(document)
}

fn position(file: &Arc<Path>, marker: Marker) -> Position {
    Position {
        file: Arc::clone(file),
        line: marker.line(),
        column: marker.col() + 1,
    }
}

/// A sequence or mapping whose end has not come yet.
enum Open {
    Sequence(Position, Vec<Node>),
    Mapping(
        Position,
        Vec<(Located<String>, Node)>,
        Option<Located<String>>,
    ),
}

struct Builder<'r> {
    file: Arc<Path>,
    open: Vec<Open>,
    documents: Vec<Node>,
    report: &'r mut Report,
    /// An alias leaves an empty text in the tree, which would draw messages of its own.
    has_alias: bool,
}

impl Builder<'_> {
    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open::Sequence(_, nodes)) => nodes.push(node),
            Some(Open::Mapping(_, entries, key)) => match (key.take(), node) {
                (Some(key), node) => entries.push((key, node)),
                (
                    None,
                    Node {
                        at,
                        value: Value::Scalar { text, .. },
                    },
                ) => *key = Some(Located::new(text, at)),
                (None, node) => {
                    self.report
                        .at(&node.at, "a key is a name, not a list or a mapping");
                    *key = Some(Located::new(String::new(), node.at));
                }
            },
        }
    }

    fn close(&mut self) {
        let node = match self.open.pop() {
            Some(Open::Sequence(at, nodes)) => Node {
                at,
                value: Value::Sequence(nodes),
            },
            Some(Open::Mapping(at, entries, _)) => Node {
                // A block mapping has no token of its own: it begins with its first key.
                at: entries.first().map_or(at, |(key, _)| key.at.clone()),
                value: Value::Mapping(entries),
            },
            None => return,
        };
        self.put(node);
    }
}

impl<'input> SpannedEventReceiver<'input> for Builder<'_> {
    fn on_event(&mut self, event: Event<'input>, span: Span) {
        let at = position(&self.file, span.start);
        match event {
            Event::Scalar(text, style, ..) => self.put(Node {
                at,
                value: Value::Scalar {
                    text: text.into_owned(),
                    plain: style == ScalarStyle::Plain,
                },
            }),
            Event::Alias(_) => {
                self.report.at(
                    &at,
                    "a YAML alias; a registry says everything where it stands, without anchors and aliases",
                );
                self.has_alias = true;
                self.put(Node {
                    at,
                    value: Value::Scalar {
                        text: String::new(),
                        plain: false,
                    },
                });
            }
            Event::SequenceStart(..) => self.open.push(Open::Sequence(at, Vec::new())),
            Event::MappingStart(..) => self.open.push(Open::Mapping(at, Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
    }
}
