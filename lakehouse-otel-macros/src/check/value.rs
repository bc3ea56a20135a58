//! Which values an attribute takes, and which of them are known at compile time.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprPath, Ident, Lit, UnOp};

use super::key::{KeyPath, Target};
use super::stages::{DEPENDS_ON, depends_on};
use super::{Checker, unit};
use crate::diagnostics::{Code, listed};
use crate::function::Parameter;
use crate::nearest::{nearest, suggestion};
use crate::tables::{EnumTable, Role, ValueKind};

/// A value that may stand where it does.
pub(crate) enum Value {
    /// Known at compile time.
    Constant(Constant),
    /// A member of an enum of the schema.
    Member {
        table: &'static EnumTable,
        member: &'static (&'static str, &'static str),
        /// As it was written, where it was a path, or is of the user's own schema: for the compiler to check.
        path: Option<TokenStream>,
        /// The user's own schema, where the enum is of that.
        owner: Option<TokenStream>,
    },
    /// Evaluated at run time.
    Expression(Expr),
}

/// A constant as a variant of the runtime's `Constant`.
pub(crate) struct Constant {
    pub(crate) variant: &'static str,
    pub(crate) tokens: TokenStream,
}

impl Value {
    pub(super) fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_) | Self::Member { .. })
    }

    fn constant(variant: &'static str, tokens: TokenStream) -> Self {
        Self::Constant(Constant { variant, tokens })
    }
}

/// How to write an argument, for messages.
pub(super) fn usage(name: &str, kind: ValueKind) -> String {
    match kind {
        ValueKind::Text => format!("`{name} = \"…\"`"),
        ValueKind::Enum(table) => {
            let (member, _) = table.members[0];
            format!("`{name} = {member}`")
        }
        ValueKind::TextList => format!("`{name} = [\"…\"]`"),
        ValueKind::Int | ValueKind::Double | ValueKind::Bool => format!("`{name} = …`"),
    }
}

/// Without parentheses, and without the invisible groups that `macro_rules` leaves.
pub(crate) fn seen(mut value: &Expr) -> &Expr {
    loop {
        value = match value {
            Expr::Group(group) => &group.expr,
            Expr::Paren(paren) => &paren.expr,
            _ => return value,
        };
    }
}

/// The value as one word, in quotes or without.
pub(crate) fn word(value: &Expr) -> Option<String> {
    match seen(value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

impl Checker<'_> {
    /// The value as the attribute takes it; `None` where it does not, which is reported.
    pub(super) fn value(&mut self, written: &Expr, target: &Target) -> Option<Value> {
        let value = seen(written);
        if target.role == Role::Label && is_empty_text(value) {
            let message = format!(
                "`{}` labels a metric, and an empty one tells nothing",
                target.name
            );
            self.diagnostics
                .add(Code::EmptyLabel.at(value.span(), message));
            return None;
        }
        let result = match target.kind {
            None => Ok(None),
            Some(ValueKind::Enum(table)) => {
                let value = member(value, table, target, |name| self.in_scope(name));
                value.map(|value| value.map(|value| self.owned(value, target)))
            }
            Some(_) if target.key == DEPENDS_ON => {
                depends_on(value, self).map(|stages| Some(Value::constant("TextList", stages)))
            }
            Some(kind) => match literal(value, kind, target) {
                Ok(None)
                    if target.role == Role::Label
                        && matches!(kind, ValueKind::Text)
                        && !self.may_vary(&target.key) =>
                {
                    self.label(value, target).map(Some)
                }
                other => other,
            },
        };
        match result {
            Ok(Some(value)) => Some(value),
            Ok(None) => Some(Value::Expression(written.clone())),
            Err(error) => {
                self.diagnostics.add(error);
                None
            }
        }
    }

    /// Whether the name is one of the function's arguments.
    pub(super) fn is_argument(&self, name: &Ident) -> bool {
        let same = |parameter: &Parameter| parameter.name.unraw() == name.unraw();
        name == "self" || self.parameters.iter().any(same)
    }

    /// Whether the name may be a variable: an argument, or one that `ok(…)` or `err(…)` gives what it looks at.
    fn in_scope(&self, name: &Ident) -> bool {
        let same = |bound: &Ident| bound.unraw() == name.unraw();
        self.has_locals || self.is_argument(name) || self.bindings.iter().any(same)
    }

    /// A label of text type: any string would do, so only constants are taken.
    fn label(&self, value: &Expr, target: &Target) -> syn::Result<Value> {
        let unknown = |what: &str| {
            let name = &target.name;
            // What names the operation stays what it is.
            let argument = self.table.argument_of(&target.key);
            let bounded = match argument {
                Some(argument) if argument.required => String::new(),
                _ => format!(", or labels within a bound, as in `{name} = …, labels({name})`"),
            };
            let message = format!(
                "{what}\n`{name}` labels a metric, so it must be known at compile time: a string literal or the path of a constant; \
                 what varies goes to an attribute of the span, as in `crypto.symbol = …`{bounded}"
            );
            Err(Code::ComputedLabel.on(value, message))
        };
        match value {
            Expr::Path(path) => {
                if let Some(name) = path.path.get_ident()
                    && self.is_argument(name)
                {
                    return unknown(&format!("`{name}` is an argument of the function"));
                }
                Ok(Value::constant("Text", value.to_token_stream()))
            }
            Expr::Const(_) => Ok(Value::constant("Text", value.to_token_stream())),
            Expr::Macro(call) => {
                let name = call
                    .mac
                    .path
                    .segments
                    .last()
                    .map(|last| last.ident.to_string());
                let name = name.unwrap_or_default();
                if matches!(name.as_str(), "concat" | "env" | "stringify") {
                    return Ok(Value::constant("Text", value.to_token_stream()));
                }
                unknown(&format!("`{name}!` makes its value at run time"))
            }
            _ => unknown("this value is computed at run time"),
        }
    }
}

fn is_empty_text(value: &Expr) -> bool {
    matches!(
        value,
        Expr::Lit(literal) if matches!(&literal.lit, Lit::Str(text) if text.value().trim().is_empty())
    )
}

/// The constant that a literal is; an error where the attribute takes none of its type.
fn literal(value: &Expr, kind: ValueKind, target: &Target) -> syn::Result<Option<Value>> {
    if let ValueKind::TextList = kind
        && let Some(list) = text_list(value)
    {
        return Ok(Some(Value::constant("TextList", list)));
    }
    let (literal, negative) = match value {
        Expr::Lit(literal) => (&literal.lit, false),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match seen(&unary.expr) {
            Expr::Lit(literal) => (&literal.lit, true),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    let constant = match (kind, literal) {
        (ValueKind::Text, Lit::Str(text)) => Value::constant("Text", text.to_token_stream()),
        (ValueKind::Text, Lit::Char(_)) if target.role != Role::Label => return Ok(None),
        (ValueKind::Bool, Lit::Bool(truth)) => Value::constant("Bool", truth.to_token_stream()),
        (ValueKind::Int, Lit::Int(number)) => {
            let sign = if negative { "-" } else { "" };
            let Ok(number) = format!("{sign}{}", number.base10_digits()).parse() else {
                let message = format!(
                    "`{}` takes a 64-bit integer, and this one does not fit",
                    target.name
                );
                return Err(Code::WrongType.at(literal.span(), message));
            };
            Value::constant(
                "Int",
                signed(Literal::i64_suffixed, number, i64::checked_neg, literal),
            )
        }
        (ValueKind::Int, Lit::Str(text)) if unit::is_size(&target.key) => {
            let bytes = unit::bytes(&text.value());
            let bytes = bytes.map_err(|message| Code::Size.on(value, message))?;
            let bytes = signed(Literal::i64_suffixed, bytes, i64::checked_neg, literal);
            Value::constant("Int", bytes)
        }
        (ValueKind::Double, Lit::Str(text)) if unit::is_duration(&target.key) => {
            let seconds = unit::seconds(&text.value());
            let seconds = seconds.map_err(|message| Code::Duration.on(value, message))?;
            let seconds = signed(Literal::f64_suffixed, seconds, |_| None, literal);
            Value::constant("Double", seconds)
        }
        (ValueKind::Double, Lit::Int(_) | Lit::Float(_)) => {
            let digits = match literal {
                Lit::Int(number) => number.base10_digits(),
                Lit::Float(number) => number.base10_digits(),
                _ => "0",
            };
            let sign = if negative { "-" } else { "" };
            let number: f64 = format!("{sign}{digits}").parse().unwrap_or_default();
            let negated = |number: f64| {
                number
                    .is_sign_positive()
                    .then_some(number)
                    .or(Some(-number))
            };
            Value::constant(
                "Double",
                signed(Literal::f64_suffixed, number, negated, literal),
            )
        }
        _ => {
            let message = format!(
                "`{}` takes {}, and this is {}",
                target.name,
                taken(kind),
                given(literal)
            );
            return Err(Code::WrongType.on(value, message));
        }
    };
    Ok(Some(constant))
}

/// A number's tokens at the place of the literal that was written, with its sign apart: a literal
/// token has none.
fn signed<N: Copy + PartialOrd + Default>(
    make: fn(N) -> Literal,
    number: N,
    negated: impl Fn(N) -> Option<N>,
    written: &Lit,
) -> TokenStream {
    let (sign, number) = match negated(number) {
        Some(positive) if number < N::default() => (quote!(-), positive),
        _ => (TokenStream::new(), number),
    };
    let mut literal = make(number);
    literal.set_span(written.span());
    quote!(#sign #literal)
}

/// `["a", "b"]` or `&["a", "b"]`, where all of it is literals.
fn text_list(value: &Expr) -> Option<TokenStream> {
    match value {
        Expr::Reference(reference) => text_list(seen(&reference.expr)),
        Expr::Array(array) => {
            let is_text = |element: &Expr| matches!(seen(element), Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)));
            array.elems.iter().all(is_text).then(|| quote!(&#array))
        }
        _ => None,
    }
}

fn taken(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text | ValueKind::Enum(_) => "a string",
        ValueKind::Int => "an integer",
        ValueKind::Double => "a number",
        ValueKind::Bool => "`true` or `false`",
        ValueKind::TextList => "a list of strings, as in `[\"a\", \"b\"]`",
    }
}

fn given(literal: &Lit) -> &'static str {
    match literal {
        Lit::Str(_) => "a string",
        Lit::Char(_) => "a character",
        Lit::Int(_) => "an integer",
        Lit::Float(_) => "a floating-point number",
        Lit::Bool(_) => "a truth value",
        _ => "something else",
    }
}

/// A value of an attribute that has members.
fn member(
    value: &Expr,
    table: &'static EnumTable,
    target: &Target,
    in_scope: impl Fn(&Ident) -> bool,
) -> syn::Result<Option<Value>> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => text_of_member(&text.value(), value, table, target).map(Some),
            other => {
                let message = format!(
                    "`{}` takes a member of `{}`, and this is {}\n{}",
                    target.name,
                    table.rust_name,
                    given(other),
                    allowed(table, target),
                );
                Err(Code::WrongType.on(value, message))
            }
        },
        Expr::Path(path) if path.qself.is_none() => named_member(path, table, target, in_scope),
        _ => Ok(None),
    }
}

/// `Binance` or `Exchange::Binance`. A name in lower case is a variable, one in capitals a constant;
/// the former has to be in scope, for nothing else that the attribute may name looks like it.
fn named_member(
    path: &ExprPath,
    table: &'static EnumTable,
    target: &Target,
    in_scope: impl Fn(&Ident) -> bool,
) -> syn::Result<Option<Value>> {
    let segments: Vec<_> = path
        .path
        .segments
        .iter()
        .map(|segment| &segment.ident)
        .collect();
    let (name, qualified) = match segments[..] {
        [name] => (name, false),
        [.., owner, name] if owner == table.rust_name => (name, true),
        _ => return Ok(None),
    };
    let written = name.unraw().to_string();
    let names = || table.members.iter().map(|(member, _)| *member);
    if let Some(member) = table.member(&written) {
        let is_own = matches!(target.path, KeyPath::User(_));
        let path = (qualified || is_own).then(|| path.to_token_stream());
        return Ok(Some(Value::Member {
            table,
            member,
            path,
            owner: None,
        }));
    }
    if !qualified && is_lower_case(&written) {
        if in_scope(name) {
            return Ok(None);
        }
        if let Some(written) = as_written(&written, table, target) {
            return Err(Code::UnknownMember.on(name, written));
        }
        let values = table.members.iter().map(|(_, wire)| *wire);
        if nearest(&written, values.chain(names())).is_none() {
            return Ok(None);
        }
    } else if !is_camel_case(&written) {
        return Ok(None);
    }
    let hint = suggestion(&written, names());
    let message = format!(
        "`{}` has no member `{written}`{hint}\n{}",
        table.rust_name,
        allowed(table, target)
    );
    Err(Code::UnknownMember.on(name, message))
}

/// The member of a closed enum that stands as the value of an argument: by its name, its path or its text.
pub(crate) fn member_of(
    value: &Expr,
    table: &'static EnumTable,
    argument: &str,
) -> syn::Result<&'static (&'static str, &'static str)> {
    let written = match seen(value) {
        Expr::Path(path) if path.path.segments.len() > 1 => {
            let mut segments = path.path.segments.iter().rev();
            let name = segments.next().map(|last| last.ident.to_string());
            name.filter(|_| {
                segments
                    .next()
                    .is_some_and(|owner| owner.ident == table.rust_name)
            })
        }
        value => word(value),
    };
    let known = written.as_deref().and_then(|written| {
        table
            .member(written)
            .or_else(|| table.member_of_value(written))
    });
    known.ok_or_else(|| {
        let names = || table.members.iter().map(|(name, _)| *name);
        let hint = written.map_or_else(String::new, |written| suggestion(&written, names()));
        let message = format!(
            "no `{argument}`{hint}\n`{argument}` takes {}",
            listed(names())
        );
        Code::UnknownMember.on(value, message)
    })
}

fn is_lower_case(name: &str) -> bool {
    !name.contains(char::is_uppercase)
}

fn is_camel_case(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
}

/// A string in the place of a member.
fn text_of_member(
    text: &str,
    value: &Expr,
    table: &'static EnumTable,
    target: &Target,
) -> syn::Result<Value> {
    if let Some(member) = table.member_of_value(text) {
        return Ok(Value::Member {
            table,
            member,
            path: None,
            owner: None,
        });
    }
    if let Some(message) = as_written(text, table, target) {
        return Err(Code::UnknownMember.on(value, message));
    }
    if table.closed {
        let hint = suggestion(text, table.members.iter().map(|(_, wire)| *wire));
        let message = format!(
            "`{text}` is no value of `{}`{hint}\n{}",
            target.name,
            allowed(table, target)
        );
        return Err(Code::UnknownMember.at(value.span(), message));
    }
    Ok(Value::constant("Text", value.to_token_stream()))
}

/// How to write the member that this is, but for its case.
fn as_written(text: &str, table: &EnumTable, target: &Target) -> Option<String> {
    let same = |(name, wire): &&(&str, &str)| {
        name.eq_ignore_ascii_case(text) || wire.eq_ignore_ascii_case(text)
    };
    let (name, wire) = table.members.iter().find(same)?;
    let argument = &target.name;
    Some(format!(
        "this value is written `{argument} = {name}` or `{argument} = \"{wire}\"`"
    ))
}

/// The members, and whether there may be others.
fn allowed(table: &EnumTable, target: &Target) -> String {
    let members = listed(table.members.iter().map(|(name, _)| *name));
    let name = &target.name;
    if table.closed {
        format!(
            "`{name}` takes {members}, or an expression of type `{}`",
            table.rust_name
        )
    } else {
        format!(
            "`{name}` takes {members}, another value as a string, or an expression of type `{}`",
            table.rust_name
        )
    }
}
