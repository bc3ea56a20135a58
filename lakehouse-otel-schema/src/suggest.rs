//! Messages that name what is allowed, and the nearest of it.

/// The names, each in backticks.
pub(crate) fn allowed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// "unknown field of an attribute `breif`; did you mean `brief`? Allowed: …"
pub(crate) fn unknown(what: &str, name: &str, names: &[&str]) -> String {
    match nearest(name, names.iter().copied()) {
        Some(nearest) => format!(
            "unknown {what} `{name}`; did you mean `{nearest}`? Allowed: {}",
            allowed(names)
        ),
        None => format!("unknown {what} `{name}`; allowed: {}", allowed(names)),
    }
}

/// "; did you mean `crypto.symbol`?", or nothing where no name is near.
pub(crate) fn did_you_mean<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    nearest(name, names).map_or_else(String::new, |nearest| {
        format!("; did you mean `{nearest}`?")
    })
}

fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= (name.len().max(known.len()) / 3).max(1))
        .min()
        .map(|(_, known)| known)
}
