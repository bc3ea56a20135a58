//! The arguments that every macro takes.

use syn::spanned::Spanned;
use syn::{Expr, Ident, Lit};

use super::{CheckedArgs, Checker, duration, own, place, sampling, stream, value};
use crate::args::{Assignment, Key};
use crate::diagnostics::{Code, listed};
use crate::nearest::suggestion;

/// Their names. `ok`, `err`, `keep` and `labels` are parsed apart, for their form.
pub(super) const NAMES: &[&str] = &[
    "kind",
    "context",
    "budget",
    "sample",
    "priority",
    "high_volume",
    "resources",
    "metrics",
    "stream",
    "crate",
    "schema",
    "parent",
    "links",
    "ok",
    "err",
    "keep",
    "labels",
];

/// The span kinds: as written, and the member of `SpanKind`.
const KINDS: &[(&str, &str)] = &[
    ("internal", "Internal"),
    ("client", "Client"),
    ("server", "Server"),
    ("producer", "Producer"),
    ("consumer", "Consumer"),
];

/// Whether this is the name of an argument that every macro takes, and of no attribute.
pub(crate) fn is_common(name: &str) -> bool {
    name == "span" || NAMES.contains(&name)
}

#[derive(Clone, Copy)]
pub(super) enum Common {
    Kind,
    Context,
    Budget,
    Sample,
    Priority,
    HighVolume,
    Resources,
    Metrics,
    Stream,
    Crate,
    Schema,
    Parent,
    Links,
    Observer,
    Keep,
    Labels,
}

/// How to write the argument of this name that is no list in parentheses.
pub(super) fn usage(name: &str) -> Option<&'static str> {
    Some(match name {
        "kind" => "kind = client",
        "context" => "context = operation",
        "budget" => "budget = \"1.5s\"",
        "sample" => "sample = 0.1",
        "priority" => "priority = high",
        "high_volume" => "high_volume = true",
        "resources" => "resources = true",
        "metrics" => "metrics = false",
        "stream" => "stream = items",
        "crate" => "crate = ::renamed_lakehouse_otel",
        "schema" => "schema = crate::schema",
        "parent" => "parent = context",
        "links" => "links = contexts",
        _ => return None,
    })
}

impl Common {
    pub(super) fn of(key: &Key) -> Option<Self> {
        Some(match key.name().as_str() {
            "kind" => Self::Kind,
            "context" => Self::Context,
            "budget" => Self::Budget,
            "sample" => Self::Sample,
            "priority" => Self::Priority,
            "high_volume" => Self::HighVolume,
            "resources" => Self::Resources,
            "metrics" => Self::Metrics,
            "stream" => Self::Stream,
            "crate" => Self::Crate,
            "schema" => Self::Schema,
            "parent" => Self::Parent,
            "links" => Self::Links,
            "ok" | "err" => Self::Observer,
            "keep" => Self::Keep,
            "labels" => Self::Labels,
            _ => return None,
        })
    }

    /// Checks the value, and puts it where it belongs.
    pub(super) fn apply(
        self,
        assignment: &Assignment,
        rules: &mut Checker<'_>,
        checked: &mut CheckedArgs,
    ) {
        if let Some(adds) = assignment.adds {
            let name = assignment.key.name();
            let message = format!("`{name}` says how the operation runs, and takes `=`");
            rules.diagnostics.add(Code::NothingAddsUp.at(adds, message));
            return;
        }
        let Some(value) = assignment.value.as_ref().map(value::seen) else {
            return;
        };
        let result = match self {
            Self::Kind => kind(value).map(|kind| checked.kind = Some(kind)),
            Self::Context => context(value, rules).map(|name| checked.context = Some(name)),
            Self::Budget => budget(value).map(|nanos| checked.budget_nanos = Some(nanos)),
            Self::Sample => {
                sampling::rate(value, rules).map(|rate| checked.sampling.sample = Some(rate))
            }
            Self::Priority => {
                sampling::priority(value).map(|high| checked.sampling.high_priority = high)
            }
            Self::HighVolume => {
                truth("high_volume", value).map(|high| checked.sampling.high_volume = high)
            }
            Self::Resources => {
                truth("resources", value).map(|resources| checked.resources = resources)
            }
            Self::Metrics => truth("metrics", value).map(|metrics| checked.metrics = metrics),
            Self::Stream => {
                let key = assignment.key.span();
                stream::spans(key, value, rules).map(|spans| checked.item_spans = Some(spans))
            }
            Self::Crate => path(value),
            Self::Schema => own::path(value),
            Self::Observer => {
                let name = assignment.key.name();
                let message =
                    format!("`{name}` looks at what was returned: `{name}(|value| name = …)`");
                Err(Code::ObserverForm.at(assignment.key.span(), message))
            }
            Self::Parent => {
                checked.place.parent = place::parent(value, rules);
                Ok(())
            }
            Self::Links => {
                checked.place.links = place::links(value, rules);
                Ok(())
            }
            Self::Keep => Err(names("keep", value)),
            Self::Labels => Err(names("labels", value)),
        };
        if let Err(error) = result {
            rules.diagnostics.add(error);
        }
    }
}

fn kind(value: &Expr) -> syn::Result<&'static str> {
    let written = value::word(value);
    let known = written
        .as_deref()
        .and_then(|written| KINDS.iter().find(|(name, _)| *name == written));
    if let Some((_, member)) = known {
        return Ok(member);
    }
    let names = || KINDS.iter().map(|(name, _)| *name);
    let hint = written.map_or_else(String::new, |written| suggestion(&written, names()));
    let message = format!(
        "no span kind{hint}\na span kind is one of {}",
        listed(names())
    );
    Err(Code::SpanKind.on(value, message))
}

fn context(value: &Expr, rules: &Checker<'_>) -> syn::Result<Ident> {
    let name = match value {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    };
    let Some(name) = name else {
        let message = "`context` takes the name that the operation's handle gets in the body: `context = operation`";
        return Err(Code::HandleName.on(value, message));
    };
    if rules
        .parameters
        .iter()
        .any(|parameter| parameter.name == *name)
    {
        let message = format!(
            "`{name}` is an argument of the function already; give the operation's handle another name"
        );
        return Err(Code::HandleName.on(name, message));
    }
    Ok(name.clone())
}

fn budget(value: &Expr) -> syn::Result<u64> {
    let text = match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    let nanos = match text {
        Some(text) => duration::nanoseconds(&text),
        None => Err(format!("`budget` takes a duration: {}", duration::USAGE)),
    };
    nanos.map_err(|message| Code::Duration.at(value.span(), message))
}

/// `keep = …` or `labels = …`, where names in parentheses belong.
fn names(list: &str, value: &Expr) -> syn::Error {
    let names = match value {
        Expr::Array(array) => array.elems.iter().map(value::word).collect(),
        Expr::Tuple(tuple) => tuple.elems.iter().map(value::word).collect(),
        value => value::word(value).map(|name| vec![name]),
    };
    let names = names.unwrap_or_else(|| vec!["symbol".to_owned(), "…".to_owned()]);
    let message = format!(
        "`{list}` takes the names of attributes in parentheses: `{list}({})`",
        names.join(", ")
    );
    Code::KeepForm.on(value, message)
}

fn truth(name: &str, value: &Expr) -> syn::Result<bool> {
    if let Expr::Lit(literal) = value
        && let Lit::Bool(truth) = &literal.lit
    {
        return Ok(truth.value);
    }
    let message = format!("`{name}` takes `true` or `false`, known at compile time");
    Err(Code::Truth.on(value, message))
}

/// The value of `crate`, of which [`runtime`](super::runtime) makes use.
fn path(value: &Expr) -> syn::Result<()> {
    match value {
        Expr::Path(path) if path.qself.is_none() => Ok(()),
        _ => {
            let message =
                "`crate` takes the path of the runtime: `crate = ::renamed_lakehouse_otel`";
            Err(Code::RuntimePath.on(value, message))
        }
    }
}
