//! The user's own schema: which span, attribute or member of it a name means, and their paths.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, Ident};

use super::key::{KeyPath, Target};
use super::{Checker, Value};
use crate::args::{Arguments, Key, SpanName};
use crate::diagnostics::{Code, Diagnostics, listed};
use crate::nearest::nearest;
use crate::tables::{self, Attribute, MacroTable, OwnSchema};

/// The user's own schema.
pub(crate) struct Own {
    /// Its path, where one was given: `crate::schema` otherwise.
    path: Option<TokenStream>,
    /// What is in it; `None` where nothing of it is named.
    schema: Option<&'static OwnSchema>,
}

/// What `span = …` names.
pub(super) struct Named {
    pub(super) table: &'static MacroTable,
    /// The span's name as it was written.
    pub(super) span: String,
    /// The path of the operation's definition.
    pub(super) definition: Option<TokenStream>,
    /// Whether it is not known which span is meant, so that what it takes is not known either.
    pub(super) unknown: bool,
}

impl Own {
    pub(crate) fn new(arguments: &Arguments, schema: Option<&'static OwnSchema>) -> Self {
        let path = arguments.path("schema").map(ToTokens::to_token_stream);
        Self { path, schema }
    }

    /// The first name in the attribute that is of the schema; `None` where none is.
    fn first<'a>(&self, arguments: &'a Arguments, table: &MacroTable) -> Option<&'a Key> {
        let is_own = |key: &&Key| {
            key.is_dotted()
                && match self.path {
                    // A schema that is named may have attributes in the registry's namespaces too.
                    Some(_) => tables::attribute(&key.name()).is_none(),
                    None => !tables::owns_namespace(&key.first().unraw().to_string()),
                }
        };
        let spans = arguments.spans.iter();
        let mut spans = spans.filter_map(|name| name.span.as_ref());
        let span = takes_span(table).then(|| spans.next()).flatten();
        span.or_else(|| arguments.keys().find(is_own))
    }

    /// The path of the schema's table, at that name.
    pub(crate) fn table(&self, arguments: &Arguments, table: &MacroTable) -> Option<TokenStream> {
        let at = self.first(arguments, table)?.first().span();
        let schema = self.path_at(at);
        Some(quote_spanned!(at=> #schema::__table))
    }

    /// The path of the schema, for something that was written at this place.
    fn path_at(&self, span: Span) -> TokenStream {
        let named = self.path.clone();
        unlinted(named.unwrap_or_else(|| quote_spanned!(span=> crate::schema)))
    }

    /// `text_analysis.sentence_count` is `crate::schema::text_analysis::SENTENCE_COUNT`, where no table says so.
    pub(super) fn path_of_key(&self, key: &Key) -> TokenStream {
        let module = key.first();
        let rest: Vec<_> = key.parts[1..]
            .iter()
            .map(|part| part.unraw().to_string())
            .collect();
        let constant = format_ident!(
            "{}",
            rest.join("_").to_uppercase(),
            span = key.last().span()
        );
        let schema = self.path_at(module.span());
        quote_spanned!(module.span()=> #schema::#module::#constant)
    }
}

/// The path with a head of the expansion, so that `unused_qualifications` does not take it for written by the user, who
/// might import what is in it. `$crate` means what it does where it stands.
fn unlinted(path: TokenStream) -> TokenStream {
    let mut tokens = path.into_iter();
    let mut head: Vec<_> = tokens.next().into_iter().collect();
    if let Some(TokenTree::Ident(first)) = head.first_mut()
        && first != "$crate"
    {
        first.set_span(first.span().resolved_at(Span::mixed_site()));
    }
    head.into_iter().chain(tokens).collect()
}

/// The span that the arguments name, and what it takes.
pub(super) fn span(
    given: Vec<SpanName>,
    table: &'static MacroTable,
    own: &Own,
    diagnostics: &mut Diagnostics,
) -> Named {
    let mut named = Named {
        table,
        span: String::new(),
        definition: None,
        unknown: false,
    };
    let mut given = given.into_iter();
    let Some(first) = given.next() else {
        return named;
    };
    for again in given {
        diagnostics.add(Code::Duplicate.at(again.name.span(), "`span` is given twice"));
    }
    if !takes_span(table) {
        let message = format!(
            "unknown argument `span`; `#[{}]` has it\n`#[{}]` is a span of its own",
            tables::TRACE_OPERATION.macro_name,
            table.macro_name,
        );
        diagnostics.add(Code::UnknownArgument.at(first.name.span(), message));
        return named;
    }
    named.unknown = true;
    let (Some(key), Some(schema)) = (first.span, own.schema) else {
        return named;
    };
    named.span = key.name();
    if let Some(span) = schema.span(&named.span) {
        named.unknown = false;
        named.table = &span.table;
        let at = key.last().span();
        let schema = own.path_at(key.first().span());
        let constant = ident(span.table.operation, at);
        named.definition = Some(quote_spanned!(at=> #schema::operations::#constant));
        return named;
    }
    let known = || schema.spans.iter().map(|span| span.name);
    let name = &named.span;
    let message = if schema.by_hand {
        "a schema that is written by hand has no spans; declare them in YAML, for `lakehouse_otel::schema!(…)`"
            .to_owned()
    } else if let Some(near) = nearest(name, known()) {
        format!(
            "the schema has no span `{name}`; did you mean `{near}`?\nits spans are {}",
            listed(known())
        )
    } else if schema.spans.is_empty() {
        format!("the schema has no span `{name}`; it has no spans")
    } else {
        format!(
            "the schema has no span `{name}`\nits spans are {}",
            listed(known())
        )
    };
    diagnostics.add(Code::UnknownSpan.at(key.span(), message));
    named
}

/// Whether the operation is of no schema's own span, and so has a name that is an argument.
pub(crate) fn is_custom(arguments: &Arguments, table: &MacroTable) -> bool {
    takes_span(table) && arguments.spans.is_empty()
}

/// Whether the macro's operation may be a span of the user's own schema.
fn takes_span(table: &MacroTable) -> bool {
    table.macro_name == tables::TRACE_OPERATION.macro_name
}

/// The value of `schema`, which the stage before this has made use of.
pub(super) fn path(value: &Expr) -> syn::Result<()> {
    match value {
        Expr::Path(path) if path.qself.is_none() => Ok(()),
        _ => {
            let message = "`schema` takes the path of a module that `lakehouse_otel::schema!(…)` made: `schema = crate::schema`";
            Err(Code::SchemaPath.on(value, message))
        }
    }
}

impl Checker<'_> {
    /// The attribute of the own schema that the name means: by its key, or by what comes after the span's
    /// name or a namespace of that.
    fn find_own(&self, name: &str) -> Option<&'static Attribute> {
        let schema = self.own.schema?;
        let mut prefix = self.span.as_str();
        while !prefix.is_empty() {
            let key = format!("{prefix}.{name}");
            if let Some(found) = schema.attribute(&key) {
                return Some(found);
            }
            prefix = prefix.rsplit_once('.').map_or("", |(before, _)| before);
        }
        schema.attribute(name)
    }

    /// The key of that attribute.
    pub(super) fn own_key(&self, name: &str) -> Option<&'static str> {
        self.find_own(name).map(|attribute| attribute.key)
    }

    /// What the name sets, where it is of the own schema.
    pub(super) fn own_attribute(&self, key: &Key, name: &str) -> Option<Target> {
        let attribute = self.find_own(name)?;
        let argument = self.table.argument_of(attribute.key);
        let role = argument.map_or_else(
            || self.table.role_of(attribute.key),
            |argument| argument.role,
        );
        Some(Target {
            key: attribute.key.to_owned(),
            // The compiler sees the path of each key of the own schema, and so those that are deprecated.
            constant_key: Some(attribute.key),
            path: self.key_path(attribute.key, attribute.module, attribute.constant, key),
            role,
            kind: Some(attribute.value),
            name: name.to_owned(),
        })
    }

    /// The constant of a key, with the spans of the name that was written.
    pub(super) fn key_path(
        &self,
        attribute: &str,
        module: &'static str,
        constant: &str,
        key: &Key,
    ) -> KeyPath {
        let constant = ident(constant, key.last().span());
        let schema = self.own.schema;
        if schema.is_none_or(|schema| schema.attribute(attribute).is_none()) {
            return KeyPath::Registry { module, constant };
        }
        let at = key.first().span();
        let schema = self.own.path_at(at);
        let module = ident(module, at);
        KeyPath::User(quote_spanned!(at=> #schema::#module::#constant))
    }

    /// Says that the own schema has no such attribute, where the name could be of that alone.
    pub(super) fn unknown_own_attribute(&mut self, key: &Key, name: &str, namespace: &str) -> bool {
        let Some(schema) = self.own.schema.filter(|schema| !schema.by_hand) else {
            return false;
        };
        if self.unknown_span {
            return true;
        }
        if !schema.owns_namespace(namespace)
            && tables::owns_namespace(namespace)
            && nearest(name, tables::ATTRIBUTES.iter().map(|known| known.key)).is_some()
        {
            return false;
        }
        let keys = || schema.attributes.iter().map(|attribute| attribute.key);
        let arguments = || self.table.arguments.iter().map(|argument| argument.name);
        let root = self.span.split('.').next().unwrap_or_default();
        let short = schema
            .attributes
            .iter()
            .filter_map(|attribute| attribute.key.strip_prefix(root)?.strip_prefix('.'));
        let known = if self.span.is_empty() {
            nearest(name, keys())
        } else {
            nearest(name, arguments().chain(keys()).chain(short))
        };
        let hint = known.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        self.meant.extend(known.and_then(|near| {
            let argument = self.table.argument(near).or(self.table.argument_of(near));
            Some(argument?.key)
        }));
        let within = || keys().filter(|key| key.split('.').next() == Some(namespace));
        let known = if !self.span.is_empty() && !self.table.arguments.is_empty() {
            format!("the span `{}` has {}", self.span, listed(arguments()))
        } else if within().next().is_some() {
            format!("`{namespace}.…` has {}", listed(within()))
        } else {
            "attributes are declared in the YAML that `lakehouse_otel::schema!(…)` names".to_owned()
        };
        let message = format!("the schema has no attribute `{name}`{hint}\n{known}");
        self.diagnostics
            .add(Code::UnknownOwnAttribute.at(key.span(), message));
        true
    }

    /// A member of an enum of the own schema is a path, which the compiler looks at.
    pub(super) fn owned(&self, value: Value, target: &Target) -> Value {
        let (
            KeyPath::User(_),
            Value::Member {
                table,
                member,
                path,
                ..
            },
        ) = (&target.path, &value)
        else {
            return value;
        };
        let at = path
            .as_ref()
            .and_then(|path| path.clone().into_iter().last());
        let at = at.map_or_else(Span::call_site, |last| last.span());
        let owner = self.own.path_at(at);
        Value::Member {
            table,
            member,
            path: path
                .as_ref()
                .map(|path| qualified(path, &owner, table.rust_name)),
            owner: Some(owner),
        }
    }
}

/// The path of a member, with the enum before it where it was left out.
fn qualified(path: &TokenStream, owner: &TokenStream, name: &str) -> TokenStream {
    let mut tokens = path.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(member), None) => {
            let name = ident(name, member.span());
            quote_spanned!(member.span()=> #owner::#name::#member)
        }
        _ => path.to_token_stream(),
    }
}

/// A name of the table at this place.
fn ident(name: &str, span: Span) -> Ident {
    match name.strip_prefix("r#") {
        Some(name) => Ident::new_raw(name, span),
        None => Ident::new(name, span),
    }
}
