//! Writing Rust as text.

use std::fmt::Write as _;

use crate::model::{About, Deprecated};
use crate::names;

/// Lines of Rust; `rustfmt` indents them.
#[derive(Default)]
pub(super) struct Text {
    out: String,
}

impl Text {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// A doc comment, a line for each of `text`'s.
    pub(super) fn doc(&mut self, text: &str) {
        for line in escape(text).lines() {
            let line = line.trim_end();
            if line.is_empty() {
                self.line("///");
            } else {
                let _ = writeln!(self.out, "/// {line}");
            }
        }
    }

    /// A paragraph after what the doc comment already says.
    pub(super) fn doc_paragraph(&mut self, text: &str) {
        self.line("///");
        self.doc(text);
    }

    /// Brief and note.
    pub(super) fn about(&mut self, about: &About) {
        self.doc(&about.brief);
        if let Some(note) = &about.note {
            self.doc_paragraph(note);
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// Brackets of prose are no links and no HTML; what is in backticks stays.
fn escape(text: &str) -> String {
    let mut in_code = false;
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '`' => in_code = !in_code,
            '[' | ']' | '<' | '>' if !in_code => escaped.push('\\'),
            _ => {}
        }
        escaped.push(letter);
    }
    escaped
}

/// `&["a", "b"]`.
pub(super) fn list<T>(items: impl IntoIterator<Item = T>, show: impl Fn(T) -> String) -> String {
    let items: Vec<String> = items.into_iter().map(show).collect();
    format!("&[{}]", items.join(", "))
}

/// What to use instead of something deprecated, by its name on the wire.
pub(super) fn deprecation(deprecated: &Deprecated) -> String {
    match deprecated {
        Deprecated::Renamed(to, _) => format!("use `{}`", to.value),
        Deprecated::Obsoleted(note) | Deprecated::Uncategorized(note) => note.clone(),
    }
}

/// What to use instead of something deprecated, as rustc's note has it.
pub(super) fn deprecation_note(deprecated: &Deprecated) -> String {
    match deprecated {
        Deprecated::Renamed(to, _) => {
            let module = names::root(to.as_str());
            format!("use `{module}::{}`", names::attribute_constant(to.as_str()))
        }
        Deprecated::Obsoleted(note) | Deprecated::Uncategorized(note) => note.clone(),
    }
}
