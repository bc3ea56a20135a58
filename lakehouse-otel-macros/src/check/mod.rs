//! What the arguments mean, checked against the registry's tables. Every mistake is reported, none
//! stops the search for the next.

mod common;
mod duration;
mod flush;
mod keep;
mod key;
mod labels;
mod own;
mod place;
mod response;
mod sampling;
mod secret;
mod series;
mod stages;
mod stream;
mod unit;
mod value;

use std::collections::{HashMap, HashSet};

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Ident};

use crate::args::{Arguments, Assignment, Observer};
use crate::diagnostics::{Code, Diagnostics};
use crate::function::Parameter;
use crate::tables::{MacroTable, Role, ValueKind};

use common::Common;
pub(crate) use common::is_common;
pub(crate) use flush::Flush;
use flush::FlushArgument;
pub(crate) use key::{ConstantKey, KeyPath};
use key::{Resolved, Target};
pub(crate) use own::{Own, is_custom};
pub(crate) use place::{Parent, Place};
pub(crate) use sampling::{Rate, Sampling};
pub(crate) use stream::{ItemSpans, Together};
pub(crate) use value::{Constant, Value, member_of, seen, word};

/// Arguments without a mistake.
pub(crate) struct CheckedArgs {
    /// The path of the runtime.
    pub(crate) runtime: TokenStream,
    /// The constructor of the callsite.
    pub(crate) constructor: &'static str,
    /// The definition of the operation, where it is of the user's own schema.
    pub(crate) definition: Option<TokenStream>,
    /// The member of `SpanKind`.
    pub(crate) kind: Option<&'static str>,
    pub(crate) budget_nanos: Option<u64>,
    pub(crate) metrics: bool,
    pub(crate) sampling: Sampling,
    pub(crate) resources: bool,
    /// The flush at the end.
    pub(crate) flush: Option<Flush>,
    /// When it has to be over, until it is known whether there is a flush.
    deadline: Option<Expr>,
    /// The spans of a stream's items, where they have some.
    pub(crate) item_spans: Option<ItemSpans>,
    /// The name for the operation's handle in the body.
    pub(crate) context: Option<Ident>,
    pub(crate) place: Place,
    /// What the callsite holds.
    pub(crate) constants: Vec<(ConstantKey, Value)>,
    /// Those of them that label metrics because the attribute asks for it.
    pub(crate) labels: Vec<&'static str>,
    /// What is evaluated at the call, in the order written.
    pub(crate) captures: Vec<Capture>,
    pub(crate) ok: Option<Observed>,
    pub(crate) err: Option<Observed>,
    /// Former names in use, each with what to write instead.
    pub(crate) deprecated: Vec<(Ident, &'static str)>,
    /// What the compiler is to warn of, each at the place of a name.
    pub(crate) warnings: Vec<(Ident, String)>,
}

/// An attribute that is evaluated at run time.
pub(crate) struct Capture {
    pub(crate) role: Role,
    pub(crate) key: KeyPath,
    pub(crate) value: Value,
    /// `None` for another schema's attribute.
    kind: Option<ValueKind>,
    /// Whether an error's span has it, also where the operation was not sampled.
    pub(crate) kept: bool,
    /// Whether it is added to what the items before came to.
    pub(crate) adds: bool,
    /// The attribute's key on the wire.
    attribute: String,
    /// As it was written.
    name: String,
}

impl Capture {
    fn new(target: Target, value: Value, kept: bool) -> Self {
        // A label that is evaluated has members. One of text is a constant, of the span in `ok(…)`.
        let role = match (target.role, target.kind) {
            (Role::Label, Some(ValueKind::Enum(_))) => Role::Label,
            (Role::Label, _) => Role::Span,
            (role, _) => role,
        };
        Self {
            role,
            key: target.path,
            value,
            kind: target.kind,
            kept,
            adds: false,
            attribute: target.key,
            name: target.name,
        }
    }
}

/// What `ok(…)` or `err(…)` records.
pub(crate) struct Observed {
    pub(crate) pattern: TokenStream,
    pub(crate) captures: Vec<Capture>,
}

/// What the arguments are written on.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) parameters: &'a [Parameter],
    /// Whether any variable may be in scope, for this is no function.
    pub(crate) has_locals: bool,
    /// Where an error about all the arguments stands.
    pub(crate) site: Span,
    /// Whether the work is a stream; `None` where its shape is wrong, which is reported.
    pub(crate) is_stream: Option<bool>,
}

/// Checks the arguments of a macro around this.
pub(crate) fn check(
    arguments: Arguments,
    table: &'static MacroTable,
    own: &Own,
    around: Around<'_>,
    diagnostics: &mut Diagnostics,
) -> CheckedArgs {
    let runtime = runtime(&arguments);
    let own::Named {
        table,
        span,
        definition,
        unknown,
    } = own::span(arguments.spans, table, own, diagnostics);
    let mut rules = Checker {
        table,
        own,
        span,
        unknown_span: unknown,
        meant: Vec::new(),
        parameters: around.parameters,
        has_locals: around.has_locals,
        site: around.site,
        is_stream: around.is_stream,
        diagnostics,
        bindings: Vec::new(),
        within: Within::Attribute,
        observed: Vec::new(),
        labelled: HashSet::new(),
        deprecated: Vec::new(),
    };
    rules.labelled = rules.labelled(&arguments.labels);
    let mut checked = CheckedArgs {
        runtime,
        constructor: table.constructor,
        definition,
        kind: None,
        budget_nanos: None,
        metrics: true,
        sampling: Sampling::default(),
        resources: false,
        flush: Flush::of(table),
        deadline: None,
        item_spans: None,
        context: None,
        place: Place::default(),
        constants: Vec::new(),
        labels: Vec::new(),
        captures: Vec::new(),
        ok: None,
        err: None,
        deprecated: Vec::new(),
        warnings: Vec::new(),
    };
    let mut given = HashMap::new();
    for assignment in arguments.assignments {
        rules.assignment(assignment, &mut given, &mut checked);
    }
    for observer in arguments.observers {
        rules.observer(observer, &mut given, &mut checked);
    }
    rules.keeps(arguments.keeps, &given, &mut checked);
    rules.labels(arguments.labels, &given, &mut checked);
    rules.missing(&given);
    rules.flush(&mut checked);
    checked.deprecated = rules.deprecated;
    series::check(&mut checked);
    checked
}

/// What was given, by the key that it sets: the name that was written.
type Given = HashMap<String, String>;

/// Where an attribute stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Between the macro's own parentheses.
    Attribute,
    /// In `ok(…)`.
    Ok,
    /// In `err(…)`.
    Err,
}

struct Checker<'a> {
    table: &'static MacroTable,
    /// The user's own schema.
    own: &'a Own,
    /// The name of the span of that schema, as it was written; empty where there is none.
    span: String,
    /// Whether no span has that name, so that nobody knows what it takes.
    unknown_span: bool,
    /// The required attributes that were probably meant by names that are none.
    meant: Vec<&'static str>,
    parameters: &'a [Parameter],
    has_locals: bool,
    /// Where the attribute stands.
    site: Span,
    /// Whether the work is a stream, where that is known.
    is_stream: Option<bool>,
    diagnostics: &'a mut Diagnostics,
    /// The names that the closure binds whose attributes are being checked.
    bindings: Vec<Ident>,
    /// Where the attributes stand that are being checked.
    within: Within,
    /// The attributes that `ok(…)` or `err(…)` sets, and which of them does.
    observed: Vec<(String, &'static str)>,
    /// The attributes that `labels(…)` names.
    labelled: HashSet<String>,
    deprecated: Vec<(Ident, &'static str)>,
}

impl Checker<'_> {
    /// An argument at the top level.
    fn assignment(&mut self, assignment: Assignment, given: &mut Given, checked: &mut CheckedArgs) {
        if let Some(common) = Common::of(&assignment.key) {
            let name = assignment.key.name();
            if self.first(given, &name, &name, assignment.key.span()) {
                common.apply(&assignment, self, checked);
            }
            return;
        }
        if let Some(adds) = assignment.adds {
            self.adds_nothing(adds);
        }
        if let Some(flush) = FlushArgument::of(&assignment.key.name(), self.table) {
            let name = assignment.key.name();
            if self.first(given, &name, &name, assignment.key.span()) {
                flush.apply(&assignment, self, checked);
            }
            return;
        }
        let Some((target, value)) = self.attribute(assignment, given) else {
            return;
        };
        let constant = match &target.role {
            Role::Measurement => None,
            Role::Label | Role::Span | Role::OptedIn => {
                value.is_constant().then_some(target.constant_key).flatten()
            }
        };
        match constant {
            Some(key) => checked
                .constants
                .push((ConstantKey::new(key, target.path), value)),
            None => checked.captures.push(Capture::new(target, value, false)),
        }
    }

    /// `ok(…)` or `err(…)`.
    fn observer(&mut self, observer: Observer, given: &mut Given, checked: &mut CheckedArgs) {
        let name = observer.name.to_string();
        let (slot, other) = match name.as_str() {
            "ok" => (&mut checked.ok, "ok"),
            "err" => (&mut checked.err, "err"),
            _ => return self.called(&name, observer.name.span(), given),
        };
        if slot.is_some() {
            let message = format!("`{other}(…)` is given twice; put all its attributes into one");
            self.diagnostics
                .add(Code::Duplicate.at(observer.name.span(), message));
            return;
        }
        self.bindings = observer.bindings;
        self.within = if other == "err" {
            Within::Err
        } else {
            Within::Ok
        };
        // One of the two closures runs, so each may set what the other does.
        let mut set = given.clone();
        let mut captures = Vec::new();
        for assignment in observer.assignments {
            if Common::of(&assignment.key).is_some() {
                let message = format!(
                    "`{}` says how the operation runs, so it stands outside of `{name}(…)`",
                    assignment.key.name()
                );
                self.diagnostics
                    .add(Code::OutsideOfObserver.at(assignment.key.span(), message));
                continue;
            }
            let (adds, at) = (assignment.adds, assignment.key.span());
            if let Some((target, value)) = self.attribute(assignment, &mut set) {
                self.amount(&target, at, adds);
                // What is known of an error is of use wherever its span is kept.
                let mut capture = Capture::new(target, value, self.within == Within::Err);
                capture.adds = adds.is_some();
                captures.push(capture);
            }
        }
        let set = set.into_keys().filter(|key| !given.contains_key(key));
        self.observed.extend(set.map(|key| (key, other)));
        *slot = Some(Observed {
            pattern: observer.pattern,
            captures,
        });
    }

    /// `name(…)`, which only `ok`, `err` and `keep` may be.
    fn called(&mut self, name: &str, span: Span, given: &mut Given) {
        if let Some(usage) = common::usage(name) {
            let message = format!("expected `=` and a value: `{usage}`");
            self.diagnostics.add(Code::Syntax.at(span, message));
            return;
        }
        let Some(argument) = self.table.argument(name) else {
            return self.unknown_argument(name, span);
        };
        let usage = value::usage(name, argument.value);
        let message = format!("expected `=` and a value: {usage}");
        self.diagnostics.add(Code::Syntax.at(span, message));
        given.insert(argument.key.to_owned(), name.to_owned());
    }

    /// An attribute with its value, where both are right.
    fn attribute(&mut self, assignment: Assignment, given: &mut Given) -> Option<(Target, Value)> {
        let target = match self.resolve(&assignment.key) {
            Resolved::Target(target) => Some(target),
            Resolved::Unknown => None,
        };
        let first = match &target {
            Some(target) => {
                let name = assignment.key.name();
                self.first(given, &target.key, &name, assignment.key.span())
            }
            None => true,
        };
        let value = assignment.value?;
        let allowed = self.expression(&value);
        let target = target?;
        let value = self.value(&value, &target)?;
        (first && allowed).then_some((target, value))
    }

    /// Whether nothing set this key before; an error otherwise.
    fn first(&mut self, given: &mut Given, key: &str, name: &str, span: Span) -> bool {
        match given.insert(key.to_owned(), name.to_owned()) {
            None => true,
            Some(earlier) if earlier == name => {
                let message = format!("`{name}` is given twice");
                self.diagnostics.add(Code::Duplicate.at(span, message));
                false
            }
            Some(earlier) => {
                let message = format!("`{earlier}` and `{name}` set the same attribute, `{key}`");
                self.diagnostics.add(Code::Duplicate.at(span, message));
                false
            }
        }
    }

    /// An error for each required argument that is not there, on the attribute.
    fn missing(&mut self, given: &Given) {
        for argument in self.table.arguments {
            let is_given = given.contains_key(argument.key) || self.meant.contains(&argument.key);
            if argument.required && !is_given && !self.unknown_span {
                let message = format!(
                    "`#[{}]` needs the argument `{}`: {}\n{}",
                    self.table.macro_name,
                    argument.name,
                    value::usage(argument.name, argument.value),
                    argument.brief,
                );
                let error = Code::MissingArgument.at(self.site, message);
                self.diagnostics.add(error);
            }
        }
    }
}

/// The path of the runtime, which `crate = path` may name.
pub(crate) fn runtime(arguments: &Arguments) -> TokenStream {
    let named = arguments.path("crate").map(ToTokens::to_token_stream);
    named.unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ::lakehouse_otel))
}
