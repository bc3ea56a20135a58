//! From names on the wire to names in Rust.

use crate::model::Attribute;

/// The first part of a dotted name: the module of its constant.
pub(crate) fn root(key: &str) -> &str {
    key.split('.').next().unwrap_or(key)
}

/// A dotted name without its first part.
pub(crate) fn short(key: &str) -> &str {
    key.split_once('.').map_or(key, |(_, rest)| rest)
}

/// `http.request.method` is `http::REQUEST_METHOD`.
pub(crate) fn attribute_constant(key: &str) -> String {
    constant(short(key))
}

/// `crypto.api.requests` is `CRYPTO_API_REQUESTS`.
pub(crate) fn constant(name: &str) -> String {
    name.replace(['.', '-'], "_").to_uppercase()
}

/// `funding_rates` is `FundingRates`.
pub(crate) fn pascal(name: &str) -> String {
    name.split(['.', '_', '-'])
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        })
        .collect()
}

/// `crypto.data_type` is `DataType`, unless the registry names it otherwise.
pub(crate) fn enum_name(attribute: &Attribute) -> String {
    attribute.rust_name.as_ref().map_or_else(
        || pascal(short(attribute.key.as_str())),
        |name| name.value.clone(),
    )
}

/// A name that is a keyword is written raw.
pub(crate) fn identifier(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// Whether Rust has the name for itself.
pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name) || ["crate", "self", "super"].contains(&name)
}

/// The keywords that can be written raw.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];
