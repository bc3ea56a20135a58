//! The table of a schema of the user's own: what `lakehouse_otel::schema!` says of it in tokens. The generator of
//! lakehouse-otel-schema, which writes it, has all of its form.
//!
//! ```text
//! enums { Language open { En "en", De "de" } }
//! attributes { "text_analysis.language" text_analysis LANGUAGE enum Language label; … }
//! spans {
//!     "text_analysis.embedding" EMBEDDING internal
//!         attributes { "text_analysis.embedding.batch_size" required measurement, … }
//!         feeds { "text_analysis.embedding.batch_size" };
//!     …
//! }
//! ```
//!
//! `by_hand` in its place says that the schema is a module somebody wrote, of which only the compiler knows
//! what is in it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, LitStr, Token, braced};

use super::{Argument, Attribute, EnumTable, MacroTable, Role, ValueKind, attribute};

/// A schema of the user's own.
#[derive(Default)]
pub(crate) struct OwnSchema {
    /// Whether it was written by hand, so that what is in it is not known here.
    pub(crate) by_hand: bool,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) spans: Vec<Span>,
    enums: Vec<&'static EnumTable>,
}

/// A span of the schema.
pub(crate) struct Span {
    /// Its name, as it stands in the schema.
    pub(crate) name: &'static str,
    /// What `#[trace_operation]` takes for it.
    pub(crate) table: MacroTable,
}

/// How a span mentions an attribute.
struct Mention {
    key: &'static str,
    required: bool,
    role: Role,
}

impl OwnSchema {
    /// The schema of this table. Each is read once in a run of the compiler, however many functions use it.
    pub(crate) fn of(table: &TokenStream) -> syn::Result<&'static Self> {
        static READ: Mutex<Option<HashMap<String, &'static OwnSchema>>> = Mutex::new(None);
        let text = table.to_string();
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        let read = read.get_or_insert_default();
        if let Some(schema) = read.get(&text) {
            return Ok(schema);
        }
        let schema: &'static Self = Box::leak(Box::new(Self::parse.parse2(table.clone())?));
        read.insert(text, schema);
        Ok(schema)
    }

    pub(crate) fn attribute(&self, key: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.key == key)
    }

    pub(crate) fn span(&self, name: &str) -> Option<&Span> {
        self.spans.iter().find(|span| span.name == name)
    }

    /// Whether keys under this first part are the schema's.
    pub(crate) fn owns_namespace(&self, namespace: &str) -> bool {
        let root = |attribute: &Attribute| attribute.key.split('.').next() == Some(namespace);
        self.attributes.iter().any(root)
    }

    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut schema = Self::default();
        while !input.is_empty() {
            let section: Ident = input.call(Ident::parse_any)?;
            if section == "by_hand" {
                schema.by_hand = true;
                continue;
            }
            let content;
            braced!(content in input);
            while !content.is_empty() {
                match section.to_string().as_str() {
                    "enums" => schema.enums.push(leaked(enum_table(&content)?)),
                    "attributes" => {
                        let attribute = schema.parse_attribute(&content)?;
                        schema.attributes.push(attribute);
                    }
                    "spans" => {
                        let span = schema.parse_span(&content)?;
                        schema.spans.push(span);
                    }
                    _ => return Err(content.error("unknown part of a schema's table")),
                }
            }
        }
        Ok(schema)
    }

    fn parse_attribute(&self, input: ParseStream<'_>) -> syn::Result<Attribute> {
        let key = text(input)?;
        let module = word(input)?;
        let constant = word(input)?;
        let value = match word(input)? {
            "text" => ValueKind::Text,
            "int" => ValueKind::Int,
            "double" => ValueKind::Double,
            "bool" => ValueKind::Bool,
            "text_list" => ValueKind::TextList,
            "enum" => {
                let name = word(input)?;
                let table = self.enums.iter().find(|table| table.rust_name == name);
                ValueKind::Enum(table.ok_or_else(|| input.error("an enum without members"))?)
            }
            _ => return Err(input.error("unknown type of an attribute")),
        };
        let label = word(input)? == "label";
        let deprecated = if input.peek(Ident::peek_any) {
            word(input)?;
            Some(text(input)?)
        } else {
            None
        };
        input.parse::<Token![;]>()?;
        Ok(Attribute {
            key,
            module,
            constant,
            value,
            label,
            deprecated,
        })
    }

    fn parse_span(&self, input: ParseStream<'_>) -> syn::Result<Span> {
        let name = text(input)?;
        let operation = word(input)?;
        let kind = word(input)?;
        let mut arguments = Vec::new();
        let mut feeds = Vec::new();
        let mut opt_in = Vec::new();
        while !input.peek(Token![;]) {
            let section = word(input)?;
            let content;
            braced!(content in input);
            match section {
                "attributes" => {
                    let mentions = content.parse_terminated(Mention::parse, Token![,])?;
                    let known = mentions
                        .into_iter()
                        .filter_map(|mention| self.argument(name, &mention));
                    arguments.extend(known);
                }
                "feeds" => feeds.extend(content.parse_terminated(text, Token![,])?),
                "opt_in" => opt_in.extend(content.parse_terminated(text, Token![,])?),
                _ => return Err(input.error("unknown part of a span")),
            }
        }
        input.parse::<Token![;]>()?;
        let labels = arguments
            .iter()
            .filter(|argument| argument.role == Role::Label);
        let mut labels: Vec<_> = labels.map(|argument| (argument.key, false)).collect();
        labels.extend(opt_in.into_iter().map(|key| (key, true)));
        Ok(Span {
            name,
            table: MacroTable {
                macro_name: super::TRACE_OPERATION.macro_name,
                constructor: "new",
                operation,
                kind,
                arguments: arguments.leak(),
                feeds: feeds.leak(),
                labels: labels.leak(),
            },
        })
    }

    /// The argument that a mention of an attribute is. What the runtime sets is none.
    fn argument(&self, span: &'static str, mention: &Mention) -> Option<Argument> {
        let Mention { key, required, .. } = *mention;
        if matches!(
            key,
            "crypto.outcome" | "crypto.operation_type" | "error.type"
        ) || key.starts_with("code.")
        {
            return None;
        }
        let attribute = self.attribute(key).or_else(|| attribute(key))?;
        let brief = if required {
            format!("the span `{span}` requires `{key}`")
        } else {
            String::new()
        };
        Some(Argument {
            name: short_name(span, key),
            key,
            module: attribute.module,
            constant: attribute.constant,
            value: attribute.value,
            required,
            role: mention.role,
            brief: brief.leak(),
            deprecated_aliases: &[],
            also: &[],
        })
    }
}

/// The key without the namespace that it shares with the span, as it is usually written.
fn short_name(span: &str, key: &'static str) -> &'static str {
    let Some((namespace, name)) = key.split_once('.') else {
        return key;
    };
    let is_shared = span.split('.').next() == Some(namespace);
    if is_shared && !crate::check::is_common(name) {
        name
    } else {
        key
    }
}

fn enum_table(input: ParseStream<'_>) -> syn::Result<EnumTable> {
    let rust_name = word(input)?;
    let closed = word(input)? == "closed";
    let content;
    braced!(content in input);
    let members = content.parse_terminated(|input| Ok((word(input)?, text(input)?)), Token![,])?;
    Ok(EnumTable {
        rust_name,
        closed,
        members: members.into_iter().collect::<Vec<_>>().leak(),
    })
}

impl Parse for Mention {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = text(input)?;
        let required = word(input)? == "required";
        let role = match word(input)? {
            "label" => Role::Label,
            "measurement" => Role::Measurement,
            _ => Role::Span,
        };
        Ok(Self {
            key,
            required,
            role,
        })
    }
}

/// A name, raw where it is a keyword.
fn word(input: ParseStream<'_>) -> syn::Result<&'static str> {
    let word = input.call(Ident::parse_any)?;
    Ok(word.to_string().leak())
}

fn text(input: ParseStream<'_>) -> syn::Result<&'static str> {
    Ok(input.parse::<LitStr>()?.value().leak())
}

fn leaked<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
