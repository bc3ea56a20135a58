//! `#[derive(ErrorClass)]`: what a type of errors is called in telemetry, how bad it is, and what helps.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, Field, Fields, Generics, Ident, Index, Item, Member, Type, parse_quote_spanned,
};

use super::case;
use super::helper::{Argument, Helper, private, text};
use crate::check::{member_of, word};
use crate::diagnostics::{Code, Diagnostics};
use crate::tables::{self, EnumTable};

const OF_TYPE: Helper = Helper {
    name: "error_class",
    place: "the enum",
    arguments: &[
        ("severity", "severity = …"),
        ("recovery", "recovery = …"),
        ("crate", "crate = …"),
    ],
};

const OF_STRUCT: Helper = Helper {
    place: "a struct",
    arguments: &[
        ("type", "type = \"…\""),
        ("severity", "severity = …"),
        ("recovery", "recovery = …"),
        ("transparent", "transparent"),
        ("crate", "crate = …"),
    ],
    ..OF_TYPE
};

const OF_VARIANT: Helper = Helper {
    place: "a variant",
    arguments: &[
        ("type", "type = \"…\""),
        ("severity", "severity = …"),
        ("recovery", "recovery = …"),
        ("transparent", "transparent"),
    ],
    ..OF_TYPE
};

const OF_FIELD: Helper = Helper {
    place: "a field",
    arguments: &[("source", "source")],
    ..OF_TYPE
};

/// A part of the class.
enum Part {
    /// Not said.
    Unsaid,
    /// The source's own.
    Source,
    /// This expression, of the part's type.
    Given(TokenStream),
}

/// A variant, or a struct.
struct Class {
    /// `Self`, or `Self::Variant`.
    path: TokenStream,
    error_type: Part,
    severity: Part,
    recovery: Part,
    source: Option<(Member, Type)>,
    backtrace: Option<Member>,
    transparent: bool,
}

/// What is said of all variants.
#[derive(Default)]
struct Defaults {
    severity: Option<TokenStream>,
    recovery: Option<TokenStream>,
    runtime: Option<TokenStream>,
}

/// The implementation for the item, after the errors where there are some.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let (name, generics, private, classes) = match syn::parse2(input) {
        Ok(Item::Enum(item)) => {
            let mut defaults = Defaults::default();
            let arguments = OF_TYPE.read(&item.attrs, &mut diagnostics);
            defaults.apply(&arguments, &mut diagnostics);
            let classes: Vec<_> = item
                .variants
                .iter()
                .map(|variant| {
                    let arguments = OF_VARIANT.read(&variant.attrs, &mut diagnostics);
                    let name = &variant.ident;
                    let path = quote_spanned!(Span::mixed_site()=> Self::#name);
                    let mut class =
                        Class::new(path, name, &variant.fields, &arguments, &mut diagnostics);
                    class.default_to(&defaults);
                    class
                })
                .collect();
            (
                item.ident,
                item.generics,
                private(defaults.runtime),
                classes,
            )
        }
        Ok(Item::Struct(item)) => {
            let arguments = OF_STRUCT.read(&item.attrs, &mut diagnostics);
            let mut runtime = None;
            for argument in arguments.iter().filter(|argument| argument.is("crate")) {
                match argument.path() {
                    Ok(path) => runtime = Some(path),
                    Err(error) => diagnostics.add(error),
                }
            }
            let path = quote_spanned!(Span::mixed_site()=> Self);
            let class = Class::new(
                path,
                &item.ident,
                &item.fields,
                &arguments,
                &mut diagnostics,
            );
            (item.ident, item.generics, private(runtime), vec![class])
        }
        Ok(Item::Union(item)) => {
            let message = "`ErrorClass` is derived of a struct or an enum, and this is a union";
            return Code::DeriveTarget
                .at(item.ident.span(), message)
                .into_compile_error();
        }
        Ok(_) => return TokenStream::new(),
        Err(error) => return Code::DeriveTarget.unless_coded(error).into_compile_error(),
    };
    let mut tokens = diagnostics.into_tokens().unwrap_or_default();
    tokens.extend(implementation(&name, generics, &private, &classes));
    tokens
}

impl Defaults {
    fn apply(&mut self, arguments: &[Argument], diagnostics: &mut Diagnostics) {
        for argument in arguments {
            let result = if argument.is("crate") {
                argument.path().map(|path| self.runtime = Some(path))
            } else {
                level(argument, false).map(|part| {
                    if let Part::Given(tokens) = part {
                        let of = if argument.is("severity") {
                            &mut self.severity
                        } else {
                            &mut self.recovery
                        };
                        *of = Some(tokens);
                    }
                })
            };
            if let Err(error) = result {
                diagnostics.add(error);
            }
        }
    }
}

impl Class {
    fn new(
        path: TokenStream,
        name: &Ident,
        fields: &Fields,
        arguments: &[Argument],
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let name = name.unraw().to_string();
        let mut class = Self {
            path,
            error_type: Part::Unsaid,
            severity: Part::Unsaid,
            recovery: Part::Unsaid,
            source: source(fields, diagnostics),
            backtrace: backtrace(fields),
            transparent: false,
        };
        for argument in arguments {
            let result = match argument.name.to_string().as_str() {
                "type" => error_type(argument).map(|part| class.error_type = part),
                "severity" => level(argument, true).map(|part| class.severity = part),
                "recovery" => level(argument, true).map(|part| class.recovery = part),
                "transparent" => argument.alone().map(|()| class.transparent = true),
                // `crate`, which is the type's.
                _ => Ok(()),
            };
            if let Err(error) = result {
                diagnostics.add(error);
            }
        }
        if class.transparent {
            for part in [
                &mut class.error_type,
                &mut class.severity,
                &mut class.recovery,
            ] {
                if matches!(part, Part::Unsaid) {
                    *part = Part::Source;
                }
            }
        }
        if let Part::Unsaid = class.error_type {
            let word = case::snake(&name);
            class.error_type = Part::Given(quote_spanned!(Span::mixed_site()=> #word));
        }
        if class.source.is_none() {
            class.without_source(arguments, diagnostics);
        }
        class
    }

    /// Takes nothing of a source: there is none, which is an error where one is asked for.
    fn without_source(&mut self, arguments: &[Argument], diagnostics: &mut Diagnostics) {
        let message = "there is no field that is the source: mark it with `#[source]`, `#[from]` or `#[error_class(source)]`, or call it `source`";
        if let Some(argument) = arguments.iter().find(|argument| argument.is("transparent")) {
            diagnostics.add(Code::NoSource.at(argument.name.span(), message));
        } else {
            for argument in arguments {
                let of = match argument.name.to_string().as_str() {
                    "type" => &self.error_type,
                    "severity" => &self.severity,
                    _ => &self.recovery,
                };
                if let (Part::Source, Ok(value)) = (of, argument.value()) {
                    diagnostics.add(Code::NoSource.on(value, message));
                }
            }
        }
        self.transparent = false;
        for part in [&mut self.error_type, &mut self.severity, &mut self.recovery] {
            if let Part::Source = part {
                *part = Part::Unsaid;
            }
        }
    }

    fn default_to(&mut self, defaults: &Defaults) {
        for (part, default) in [
            (&mut self.severity, &defaults.severity),
            (&mut self.recovery, &defaults.recovery),
        ] {
            if let (Part::Unsaid, Some(default)) = (&*part, default) {
                *part = Part::Given(default.clone());
            }
        }
    }

    /// An arm of a `match` over `self` that asks the source for this.
    fn of_source(&self, private: &TokenStream, method: &str) -> Option<TokenStream> {
        let path = &self.path;
        let (member, ty) = self.source.as_ref()?;
        let method = Ident::new(method, Span::mixed_site());
        // At the field's type, so that an error about it points there.
        let span = ty.span().resolved_at(Span::mixed_site());
        let call = quote_spanned!(span=> <#ty as #private::ErrorClass>::#method(source));
        Some(quote_spanned!(Span::mixed_site()=> #path { #member: source, .. } => #call,))
    }
}

/// `type = "…"`, `type = source`, or `type = function` of the error.
fn error_type(argument: &Argument) -> syn::Result<Part> {
    let value = argument.value()?;
    if text(value).is_some() {
        let text = argument.text()?;
        return Ok(Part::Given(quote_spanned!(value.span()=> #text)));
    }
    match value {
        Expr::Path(path) if path.path.is_ident("source") => Ok(Part::Source),
        Expr::Path(path) => {
            let of = Ident::new("self", Span::mixed_site());
            Ok(Part::Given(quote_spanned!(path.span()=> #path(#of))))
        }
        _ => {
            let message = "`type` takes a text, `source`, or the path of a function of the error: `type = \"rate_limited\"`, `type = Self::status`";
            Err(Code::DeriveValue.on(value, message))
        }
    }
}

/// `severity = High` or `recovery = Retry`: a member, its text, or `source`.
fn level(argument: &Argument, of_source: bool) -> syn::Result<Part> {
    let (table, key): (&'static EnumTable, _) = if argument.is("severity") {
        (&tables::ERROR_SEVERITY, "severity")
    } else {
        (&tables::ERROR_RECOVERY, "recovery")
    };
    let value = argument.value()?;
    if of_source && word(value).as_deref() == Some("source") {
        return Ok(Part::Source);
    }
    let (member, _) = member_of(value, table, key)?;
    // With the user's span, for completion and what the editor shows.
    let member = Ident::new(member, value.span());
    let owner = Ident::new(table.rust_name, Span::mixed_site());
    Ok(Part::Given(
        quote_spanned!(Span::mixed_site()=> #owner::#member),
    ))
}

/// The field that is the source: the one that says so, as thiserror has it, or the only one of a tuple.
fn source(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<(Member, Type)> {
    let mut marked = None;
    let mut by_role = None;
    let mut named = None;
    for (index, field) in fields.iter().enumerate() {
        let found = Some((member(index, field), field.ty.clone()));
        let mut is_marked = false;
        for argument in OF_FIELD.read(&field.attrs, diagnostics) {
            match argument.alone() {
                Ok(()) => is_marked = true,
                Err(error) => diagnostics.add(error),
            }
        }
        if is_marked {
            if marked.is_some() {
                let message = "two fields are the source; an error has one";
                diagnostics.add(Code::NoSource.on(field, message));
            }
            marked = found;
        } else if has_role(&field.attrs) {
            by_role = found;
        } else if field.ident.as_ref().is_some_and(|name| name == "source") {
            named = found;
        }
    }
    let only = || match fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let field = fields.unnamed.first()?;
            Some((member(0, field), field.ty.clone()))
        }
        _ => None,
    };
    marked.or(by_role).or(named).or_else(only)
}

/// Whether thiserror takes the field for the source.
fn has_role(attributes: &[Attribute]) -> bool {
    let is = |name: &str| {
        attributes
            .iter()
            .any(|attribute| attribute.path().is_ident(name))
    };
    is("source") || is("from")
}

/// The field with the backtrace.
fn backtrace(fields: &Fields) -> Option<Member> {
    let is_backtrace = |field: &Field| match &field.ty {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "Backtrace")
        }
        _ => false,
    };
    let (index, field) = fields
        .iter()
        .enumerate()
        .find(|(_, field)| is_backtrace(field))?;
    Some(member(index, field))
}

fn member(index: usize, field: &Field) -> Member {
    match &field.ident {
        Some(name) => Member::Named(name.clone()),
        None => Member::Unnamed(Index::from(index)),
    }
}

fn implementation(
    name: &Ident,
    mut generics: Generics,
    private: &TokenStream,
    classes: &[Class],
) -> TokenStream {
    let site = Span::mixed_site();
    if generics.type_params().next().is_some() {
        let clause = generics.make_where_clause();
        clause
            .predicates
            .push(parse_quote_spanned!(site=> Self: ::core::error::Error));
        for class in classes {
            let asked = [&class.error_type, &class.severity, &class.recovery];
            if let (true, Some((_, ty))) = (
                asked.iter().any(|part| matches!(part, Part::Source)),
                &class.source,
            ) {
                clause
                    .predicates
                    .push(parse_quote_spanned!(site=> #ty: #private::ErrorClass));
            }
        }
    }
    let types = method(classes, |class| match &class.error_type {
        Part::Source => class.of_source(private, "error_type"),
        Part::Given(given) => {
            let path = &class.path;
            let span = given.span();
            let value =
                quote_spanned!(span.resolved_at(site)=> ::core::convert::Into::into(#given));
            Some(quote_spanned!(site=> #path { .. } => #value,))
        }
        Part::Unsaid => None,
    });
    let levels = |part: fn(&Class) -> &Part, name: &str| {
        method(classes, |class| match part(class) {
            Part::Source => class.of_source(private, name),
            Part::Given(given) => {
                let path = &class.path;
                Some(quote_spanned! {site=>
                    #path { .. } => #private::Option::Some(#private::schema::#given),
                })
            }
            Part::Unsaid => None,
        })
    };
    let severity = levels(|class| &class.severity, "severity");
    let recovery = levels(|class| &class.recovery, "recovery");
    let backtraces = method(classes, |class| {
        let path = &class.path;
        match &class.backtrace {
            Some(member) => Some(quote_spanned! {site=>
                #path { #member: backtrace, .. } => #private::Option::Some(backtrace),
            }),
            None if class.transparent => class.of_source(private, "backtrace"),
            None => None,
        }
    });
    let (all, arguments, bounds) = generics.split_for_impl();
    let types = types.unwrap_or_else(|| quote_spanned!(site=> match *self {}));
    let types = exhaustive(
        types,
        classes,
        &quote_spanned!(site=> #private::Cow::Borrowed("_OTHER")),
        |class| !matches!(class.error_type, Part::Unsaid),
    );
    let none = quote_spanned!(site=> #private::Option::None);
    let optional = |name: &str,
                    returned: TokenStream,
                    arms: Option<TokenStream>,
                    said: &dyn Fn(&Class) -> bool| {
        let name = Ident::new(name, site);
        let body = exhaustive(arms?, classes, &none, said);
        Some(quote_spanned!(site=> fn #name(&self) -> #private::Option<#returned> { #body }))
    };
    let severity = optional(
        "severity",
        quote_spanned!(site=> #private::schema::ErrorSeverity),
        severity,
        &|class| !matches!(class.severity, Part::Unsaid),
    );
    let recovery = optional(
        "recovery",
        quote_spanned!(site=> #private::schema::ErrorRecovery),
        recovery,
        &|class| !matches!(class.recovery, Part::Unsaid),
    );
    let backtrace = optional(
        "backtrace",
        quote_spanned!(site=> &#private::Backtrace),
        backtraces,
        &|class| class.backtrace.is_some() || class.transparent,
    );
    quote_spanned! {site=>
        #[automatically_derived]
        impl #all #private::ErrorClass for #name #arguments #bounds {
            fn error_type(&self) -> #private::Cow<'static, ::core::primitive::str> { #types }
            #severity
            #recovery
            #backtrace
        }
    }
}

/// The arms of those that have one; `None` where none has.
fn method(classes: &[Class], arm: impl Fn(&Class) -> Option<TokenStream>) -> Option<TokenStream> {
    let arms: Vec<_> = classes.iter().filter_map(arm).collect();
    (!arms.is_empty()).then(|| arms.into_iter().collect())
}

/// A `match` over `self` with these arms, and one more where they are not all.
fn exhaustive(
    arms: TokenStream,
    classes: &[Class],
    otherwise: &TokenStream,
    has_arm: impl Fn(&Class) -> bool,
) -> TokenStream {
    let site = Span::mixed_site();
    if classes.is_empty() {
        return arms;
    }
    let rest = (!classes.iter().all(has_arm)).then(|| quote_spanned!(site=> _ => #otherwise,));
    quote_spanned!(site=> match self { #arms #rest }).to_token_stream()
}
