//! One trace as lines.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use opentelemetry::trace::{SpanId, TraceId};

use super::MAX_TREE_LINES;
use super::format::{Style, duration};
use super::node::{Node, Outcome};

/// Column widths beyond which names are not aligned any more.
const MAX_NAME_COLUMN: usize = 64;

/// Attributes that a line has room for.
const MAX_ATTRIBUTES: usize = 4;

/// How many like-named siblings are shown before the rest is folded: the most that fits wins.
const SHOWN: [usize; 3] = [3, 2, 1];

/// The spans of one trace, as far as they were kept.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) nodes: Vec<Node>,
    /// Spans beyond those that are kept.
    pub(super) not_kept: usize,
}

struct Line {
    indent: String,
    mark: Option<Outcome>,
    name: String,
    duration: String,
    tail: String,
    error: String,
}

impl Trace {
    pub(super) fn failed(&self) -> bool {
        self.nodes.iter().any(|node| node.outcome.failed())
    }

    /// The tree, in few enough lines, under a line that says which trace it is.
    pub(super) fn render(&self, id: TraceId, note: &str, style: Style) -> String {
        let family = Family::of(&self.nodes);
        let mut lines = Vec::new();
        for shown in SHOWN {
            lines = family.lines(shown);
            if lines.len() < MAX_TREE_LINES {
                break;
            }
        }
        let mut cut = None;
        if lines.len() >= MAX_TREE_LINES {
            let too_many = lines.len() - (MAX_TREE_LINES - 2);
            lines.truncate(MAX_TREE_LINES - 2);
            cut = Some(format!("… {too_many} more lines are left out\n"));
        }

        let mut text = self.head(id, note, style);
        let column = lines
            .iter()
            .filter(|line| line.mark.is_some())
            .map(|line| line.indent.chars().count() + line.name.chars().count())
            .filter(|width| *width <= MAX_NAME_COLUMN)
            .max()
            .unwrap_or_default();
        for line in &lines {
            line.write(&mut text, column, style);
        }
        if let Some(cut) = cut {
            text.push_str(&style.dim(&cut));
        }
        text
    }

    fn head(&self, id: TraceId, note: &str, style: Style) -> String {
        let count = self.nodes.len() + self.not_kept;
        let failed = self
            .nodes
            .iter()
            .filter(|node| node.outcome.failed())
            .count();
        let id = id.to_string();
        let mut head = format!(
            "trace {} · {count} span{}",
            &id[..8],
            if count == 1 { "" } else { "s" }
        );
        // Writing to a string cannot fail.
        if failed > 0 {
            let _ = write!(head, " · {failed} failed");
        }
        if self.not_kept > 0 {
            let _ = write!(head, " · {} not kept", self.not_kept);
        }
        if !note.is_empty() {
            let _ = write!(head, " · {note}");
        }
        format!("{}\n", style.dim(&head))
    }
}

/// Who is whose child.
struct Family<'a> {
    nodes: &'a [Node],
    roots: Vec<usize>,
    children: HashMap<SpanId, Vec<usize>>,
}

impl<'a> Family<'a> {
    fn of(nodes: &'a [Node]) -> Self {
        let known: HashSet<SpanId> = nodes.iter().map(|node| node.id).collect();
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_by_key(|index| nodes[*index].start);
        let mut family = Self {
            nodes,
            roots: Vec::new(),
            children: HashMap::new(),
        };
        for index in order {
            let node = &nodes[index];
            if known.contains(&node.parent) && node.parent != node.id {
                family.children.entry(node.parent).or_default().push(index);
            } else {
                family.roots.push(index);
            }
        }
        family
    }

    fn lines(&self, shown: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        self.write_siblings(&self.roots, None, "", shown, &mut lines);
        lines
    }

    fn write_siblings(
        &self,
        siblings: &[usize],
        parent: Option<&Above<'_>>,
        indent: &str,
        shown: usize,
        lines: &mut Vec<Line>,
    ) {
        let entries = self.folded(siblings, shown);
        let last = entries.len().saturating_sub(1);
        for (position, entry) in entries.into_iter().enumerate() {
            let (branch, below) = match (parent, position == last) {
                (None, _) => ("", ""),
                (Some(_), false) => ("├─ ", "│  "),
                (Some(_), true) => ("└─ ", "   "),
            };
            let branch = format!("{indent}{branch}");
            match entry {
                Entry::Span(index) => {
                    let node = &self.nodes[index];
                    lines.push(Line::of(branch, node, parent));
                    if let Some(children) = self.children.get(&node.id) {
                        let above = Above { node, parent };
                        let indent = format!("{indent}{below}");
                        self.write_siblings(children, Some(&above), &indent, shown, lines);
                    }
                }
                Entry::Fold(folded) => lines.push(self.fold_line(branch, &folded)),
            }
        }
    }

    /// The siblings to show, in order of their start, with one entry for the like-named rest.
    fn folded(&self, siblings: &[usize], shown: usize) -> Vec<Entry> {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for index in siblings {
            by_name
                .entry(&*self.nodes[*index].name)
                .or_default()
                .push(*index);
        }
        let mut entries = Vec::new();
        for index in siblings {
            let group = &by_name[&*self.nodes[*index].name];
            // One that is left over takes no more room than the line that would fold it.
            if group.len() <= shown + 1 {
                entries.push(Entry::Span(*index));
                continue;
            }
            let picked = self.picked(group, shown);
            if picked.contains(index) {
                entries.push(Entry::Span(*index));
                if picked.last() == Some(index) {
                    let rest = group.iter().filter(|it| !picked.contains(it));
                    entries.push(Entry::Fold(rest.copied().collect()));
                }
            }
        }
        entries
    }

    /// The first of a group; where none of them failed and another did, that one for the last.
    fn picked(&self, group: &[usize], shown: usize) -> Vec<usize> {
        let failed = |index: &usize| self.nodes[*index].outcome.failed();
        let mut picked = group[..shown].to_vec();
        if !picked.iter().any(failed)
            && let Some(first_failed) = group.iter().copied().find(failed)
        {
            picked.pop();
            picked.push(first_failed);
        }
        picked
    }

    fn fold_line(&self, indent: String, folded: &[usize]) -> Line {
        let nodes = || folded.iter().map(|index| &self.nodes[*index]);
        let shortest = nodes().map(|node| node.duration).min().unwrap_or_default();
        let longest = nodes().map(|node| node.duration).max().unwrap_or_default();
        let failed = nodes().filter(|node| node.outcome.failed()).count();
        let below: usize = nodes().map(|node| self.descendants(node.id)).sum();
        let name = nodes().next().map_or("", |node| &*node.name);
        let mut tail = duration(shortest);
        if longest > shortest {
            let _ = write!(tail, " … {}", duration(longest));
        }
        if below > 0 {
            // Writing to a string cannot fail.
            let _ = write!(tail, ", {below} spans below");
        }
        Line {
            indent,
            mark: None,
            name: format!("… and {} more `{name}`", folded.len()),
            duration: String::new(),
            tail,
            error: if failed > 0 {
                format!("{failed} failed")
            } else {
                String::new()
            },
        }
    }

    fn descendants(&self, id: SpanId) -> usize {
        let mut count = 0;
        let mut waiting = vec![id];
        while let Some(id) = waiting.pop() {
            for child in self.children.get(&id).into_iter().flatten() {
                count += 1;
                waiting.push(self.nodes[*child].id);
            }
        }
        count
    }
}

/// The spans above a line, nearest first.
struct Above<'a> {
    node: &'a Node,
    parent: Option<&'a Above<'a>>,
}

impl Above<'_> {
    /// Whether a line above says this already.
    fn says(&self, attribute: &String) -> bool {
        self.node.attributes.contains(attribute)
            || self.parent.is_some_and(|parent| parent.says(attribute))
    }
}

enum Entry {
    Span(usize),
    Fold(Vec<usize>),
}

impl Line {
    fn of(indent: String, node: &Node, above: Option<&Above<'_>>) -> Self {
        let new = |attribute: &&String| !above.is_some_and(|above| above.says(attribute));
        let attributes: Vec<&str> = node
            .attributes
            .iter()
            .filter(new)
            .map(String::as_str)
            .take(MAX_ATTRIBUTES)
            .collect();
        Self {
            indent,
            mark: Some(node.outcome),
            name: node.name.clone(),
            duration: duration(node.duration),
            tail: attributes.join(" "),
            error: match (&node.error, node.outcome) {
                (Some(error), Outcome::Panicked) => format!("panicked: {error}"),
                (None, Outcome::Panicked) => "panicked".to_owned(),
                (_, Outcome::Cancelled) => "cancelled".to_owned(),
                (Some(error), _) => error.clone(),
                (None, _) => String::new(),
            },
        }
    }

    fn write(&self, text: &mut String, column: usize, style: Style) {
        text.push_str(&style.dim(&self.indent));
        match self.mark {
            Some(outcome) => {
                text.push_str(&match outcome {
                    Outcome::Ok => style.green("✓ "),
                    Outcome::Error | Outcome::Panicked => style.red("✗ "),
                    Outcome::Cancelled => style.yellow("⊘ "),
                });
                text.push_str(&style.bold(&self.name));
                let width = self.indent.chars().count() + self.name.chars().count();
                let padding = column.saturating_sub(width);
                // Writing to a string cannot fail.
                let _ = write!(text, "{:padding$}  {:>10}", "", self.duration);
            }
            // A fold stands where its siblings' marks stand.
            None => text.push_str(&style.dim(&self.name)),
        }
        if !self.error.is_empty() {
            let _ = write!(text, "  {}", style.red(&self.error));
        }
        if !self.tail.is_empty() {
            let _ = write!(text, "  {}", style.dim(&self.tail));
        }
        text.push('\n');
    }
}
