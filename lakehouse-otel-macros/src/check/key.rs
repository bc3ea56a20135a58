//! Which attribute a key names.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;

use super::{Checker, Within, common, flush, response};
use crate::args::Key;
use crate::diagnostics::{Code, listed};
use crate::nearest::{nearest, suggestion};
use crate::tables::{self, Argument, Role, ValueKind};

/// What a key stands for.
pub(super) enum Resolved {
    Target(Target),
    /// Nothing, which is reported.
    Unknown,
}

/// An attribute to set.
pub(super) struct Target {
    /// Its key on the wire.
    pub(super) key: String,
    /// The same, where the callsite may hold its value; `None` where the compiler has to see the
    /// path, for it may not exist or be deprecated.
    pub(super) constant_key: Option<&'static str>,
    pub(super) path: KeyPath,
    pub(super) role: Role,
    /// `None` for another schema's attribute: what it takes is for the compiler to say.
    pub(super) kind: Option<ValueKind>,
    /// As it was written.
    pub(super) name: String,
}

/// The key of an attribute that the callsite holds.
pub(crate) struct ConstantKey {
    /// As it is on the wire.
    pub(crate) name: &'static str,
    /// The constant of a key of the user's own schema, for the compiler to look at.
    pub(crate) path: Option<TokenStream>,
}

/// The constant of a key.
pub(crate) enum KeyPath {
    /// In the schema of the runtime. The constant has the span of the argument that sets it.
    Registry {
        module: &'static str,
        constant: Ident,
    },
    /// In the user's own schema.
    User(TokenStream),
    /// None: an answer of an exchange, which sets several.
    Response,
}

impl Checker<'_> {
    pub(super) fn resolve(&mut self, key: &Key) -> Resolved {
        let name = key.name();
        if key.is_dotted() {
            return self.resolve_dotted(key, name);
        }
        if let Some(argument) = self.table.argument(&name) {
            return Resolved::Target(self.argument(argument, key, name));
        }
        if name == response::NAME {
            return self.resolve_response(key, name);
        }
        if let Some(argument) = self.table.renamed(&name) {
            self.deprecated.push((key.first().clone(), argument.name));
            return Resolved::Target(self.argument(argument, key, name));
        }
        if let Some(target) = self.own_attribute(key, &name) {
            return Resolved::Target(target);
        }
        self.unknown_argument(&name, key.span());
        Resolved::Unknown
    }

    fn resolve_dotted(&mut self, key: &Key, name: String) -> Resolved {
        if let Some(argument) = self.table.argument(&name).or(self.table.argument_of(&name)) {
            return Resolved::Target(self.argument(argument, key, name));
        }
        if let Some(reason) = self.reserved(&name) {
            self.diagnostics
                .add(Code::ReservedAttribute.at(key.span(), reason));
            return Resolved::Unknown;
        }
        if let Some(target) = self.own_attribute(key, &name) {
            return Resolved::Target(target);
        }
        if let Some(attribute) = tables::attribute(&name) {
            let constant = Ident::new(attribute.constant, key.last().span());
            return Resolved::Target(Target {
                constant_key: attribute.deprecated.is_none().then_some(attribute.key),
                path: KeyPath::Registry {
                    module: attribute.module,
                    constant,
                },
                role: self.table.role_of(attribute.key),
                kind: Some(attribute.value),
                key: attribute.key.to_owned(),
                name,
            });
        }
        let namespace = key.first().unraw().to_string();
        if self.unknown_own_attribute(key, &name, &namespace) {
            return Resolved::Unknown;
        }
        if tables::owns_namespace(&namespace) {
            let prefix = format!("{namespace}.");
            let rest = name.strip_prefix(&prefix).unwrap_or(&name);
            let known = tables::ATTRIBUTES
                .iter()
                .filter_map(|known| known.key.strip_prefix(&prefix));
            let hint = nearest(rest, known);
            let hint = hint.map_or_else(String::new, |near| {
                format!("; did you mean `{prefix}{near}`?")
            });
            let message = format!(
                "the registry has no attribute `{name}`{hint}\n\
                 `{namespace}.…` is the registry's own namespace; attributes of your own need another one, and a constant in `crate::schema`"
            );
            self.diagnostics
                .add(Code::UnknownAttribute.at(key.span(), message));
            return Resolved::Unknown;
        }
        Resolved::Target(Target {
            constant_key: None,
            path: KeyPath::User(self.own.path_of_key(key)),
            role: Role::Span,
            kind: None,
            key: name.clone(),
            name,
        })
    }

    /// Why the runtime alone sets this attribute.
    fn reserved(&self, name: &str) -> Option<&'static str> {
        match name {
            "crypto.outcome" => Some(
                "`crypto.outcome` is the runtime's own: it follows from how the function ends; \
                 an `Err` makes it `error`",
            ),
            "crypto.operation_type" => Some(
                "`crypto.operation_type` is the runtime's own: it follows from which macro is used",
            ),
            "crypto.stream.items" | "crypto.stream.errors" | "crypto.stream.position" => {
                Some("`crypto.stream.…` is the runtime's own: it counts what a stream gives")
            }
            "error.type" if self.within != Within::Err => Some(
                "`error.type` is the runtime's own where nothing failed; \
                 the type of a failure is given in `err(|error| error.type = …)`",
            ),
            _ => None,
        }
    }

    fn argument(&self, argument: &'static Argument, key: &Key, name: String) -> Target {
        Target {
            key: argument.key.to_owned(),
            constant_key: Some(argument.key),
            path: self.key_path(argument.key, argument.module, argument.constant, key),
            role: argument.role,
            kind: Some(argument.value),
            name,
        }
    }

    pub(super) fn unknown_argument(&mut self, name: &str, span: Span) {
        if self.unknown_span {
            return;
        }
        if !self.span.is_empty() && name == "name" {
            let message = "the span has a name, which the schema says; `name` is for an operation without `span`";
            self.diagnostics.add(Code::NameOfSpan.at(span, message));
            return;
        }
        let settings = if self.table.flushes() {
            flush::NAMES
        } else {
            &[]
        };
        let arguments = || self.table.arguments.iter().map(|argument| argument.name);
        let own = || arguments().chain(settings.iter().copied());
        let elsewhere = tables::MACROS.iter().find_map(|table| {
            let argument = table.argument(name)?;
            Some(format!(
                "; `#[{}]` has it, and here its key is taken: `{} = …`",
                table.macro_name, argument.key
            ))
        });
        let nearest = || suggestion(name, own().chain(common::NAMES.iter().copied()));
        let of_invocations = || {
            let is_one = flush::NAMES.contains(&name);
            is_one.then(|| "; `#[trace_invocation]` has it".to_owned())
        };
        let hint = elsewhere.or_else(of_invocations).unwrap_or_else(nearest);
        let message = format!(
            "unknown argument `{name}`{hint}\n\
             `#[{macro_name}]` takes {own}; every macro takes {common}, and any attribute by its key, as in `server.address = …`",
            macro_name = self.table.macro_name,
            own = listed(own()),
            common = listed(common::NAMES.iter().copied()),
        );
        self.diagnostics
            .add(Code::UnknownArgument.at(span, message));
    }
}

impl ConstantKey {
    pub(super) fn new(name: &'static str, path: KeyPath) -> Self {
        let path = match path {
            KeyPath::Registry { .. } | KeyPath::Response => None,
            KeyPath::User(path) => Some(path),
        };
        Self { name, path }
    }
}

impl KeyPath {
    /// The path, seen from the runtime's hidden module.
    pub(crate) fn tokens(&self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Registry { module, constant } => {
                let module = Ident::new(module, Span::mixed_site());
                quote_spanned!(Span::mixed_site()=> #private::schema::#module::#constant)
            }
            Self::User(path) => path.to_token_stream(),
            Self::Response => TokenStream::new(),
        }
    }
}
