//! `parent = …` and `links = …`: where an operation stands in its trace.

use syn::Expr;

use super::Checker;

/// Where an operation stands, where that is not under the current one alone.
#[derive(Default)]
pub(crate) struct Place {
    pub(crate) parent: Option<Parent>,
    pub(crate) links: Option<Expr>,
}

/// The parent that was given.
pub(crate) enum Parent {
    /// None: a trace of its own.
    Root,
    Expression(Expr),
}

impl Place {
    /// Whether anything was said.
    pub(crate) fn is_given(&self) -> bool {
        self.parent.is_some() || self.links.is_some()
    }

    /// What is evaluated.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let parent = match &self.parent {
            Some(Parent::Expression(parent)) => Some(parent),
            Some(Parent::Root) | None => None,
        };
        parent.into_iter().chain(&self.links)
    }
}

/// The value of `parent`; the word `root` is none, unless the function has an argument of that name.
pub(super) fn parent(value: &Expr, rules: &mut Checker<'_>) -> Option<Parent> {
    if let Expr::Path(path) = value
        && let Some(word) = path.path.get_ident()
        && word == "root"
        && !rules.is_argument(word)
    {
        return Some(Parent::Root);
    }
    let allowed = rules.expression(value);
    allowed.then(|| Parent::Expression(value.clone()))
}

/// The value of `links`.
pub(super) fn links(value: &Expr, rules: &mut Checker<'_>) -> Option<Expr> {
    rules.expression(value).then(|| value.clone())
}
