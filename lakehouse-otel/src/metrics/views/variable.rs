//! Views as `OTEL_METRICS_VIEWS` says them.

use super::{DROP_ALONE, View};

/// The views of the variable.
///
/// # Errors
///
/// What cannot be read in it, in words.
pub(crate) fn parse(text: &str) -> Result<Vec<View>, String> {
    let views = text.split(';').map(str::trim);
    views
        .filter(|view| !view.is_empty())
        .map(parse_one)
        .collect()
}

fn parse_one(text: &str) -> Result<View, String> {
    let mut words = text.split_whitespace();
    let metrics = words.next().unwrap_or_default();
    let mut view = View::of(metrics);
    let mut said = 0;
    let mut drops = false;
    for word in words {
        said += 1;
        drops |= word == "drop";
        let (setting, value) = match word.split_once('=') {
            Some((setting, value)) => (setting, Some(value)),
            None => (word, None),
        };
        let items = |value: &str| -> Vec<String> {
            let items = value.split(',').filter(|item| !item.is_empty());
            items.map(ToOwned::to_owned).collect()
        };
        view = match (setting, value) {
            ("drop", None) => view.dropped(),
            ("collect", None) => view.collected(),
            ("exponential", None) => view.exponential(),
            ("name", Some(name)) => view.renamed(name),
            ("keep", Some(keys)) => view.attributes(items(keys)),
            ("boundaries", Some(boundaries)) => {
                let boundaries = items(boundaries).into_iter().map(|item| {
                    let number = item.parse::<f64>();
                    number
                        .map_err(|_| format!("the boundary {item:?} of {metrics} is not a number"))
                });
                view.boundaries(boundaries.collect::<Result<Vec<_>, _>>()?)
            }
            ("limit", Some(limit)) => {
                view.limit(limit.parse().map_err(|_| {
                    format!("the limit {limit:?} of {metrics} is not a whole number")
                })?)
            }
            _ => {
                return Err(format!(
                    "{word:?} is nothing that can be done with {metrics}; allowed: drop, collect, name=…, keep=key,key, boundaries=1,2,5, exponential, limit=…"
                ));
            }
        };
    }
    if said == 0 {
        return Err(format!("the view of {metrics} says nothing to be done"));
    }
    if drops && said > 1 {
        return Err(format!("the view of {metrics} drops it; {DROP_ALONE}"));
    }
    view.problem().map_or(Ok(view), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_says_what_the_builder_says() {
        let parsed = parse(
            "crypto.debug.x collect; a.b name=c.d keep=k,l boundaries=0.1,5 limit=7 ;\n crypto.* exponential; x keep=; y drop;",
        );
        let expected = vec![
            View::of("crypto.debug.x").collected(),
            View::of("a.b")
                .renamed("c.d")
                .attributes(["k", "l"])
                .boundaries([0.1, 5.0])
                .limit(7),
            View::of("crypto.*").exponential(),
            View::of("x").attributes::<String>([]),
            View::of("y").dropped(),
        ];
        assert_eq!(parsed, Ok(expected));
    }

    #[test]
    fn mistakes_are_said() {
        for (text, part) in [
            ("a", "says nothing"),
            ("a dropp", "\"dropp\" is nothing that can be done with a"),
            ("a boundaries=1,x", "\"x\" of a is not a number"),
            ("a boundaries=2,1", "do not rise"),
            ("a boundaries=1,inf", "do not rise"),
            ("a limit=0", "between 1 and"),
            ("a limit=many", "whole number"),
            ("a.* name=b", "one name"),
            ("a name=", "empty name"),
            ("a,b drop", "no metric is called \"a,b\""),
            ("# drop", "allowed are"),
            ("1a drop", "allowed are"),
            ("a name=b,c", "the name \"b,c\""),
            ("a name=b*", "the name \"b*\""),
            ("a drop limit=7", "beside `drop`"),
            ("a drop collect", "beside `drop`"),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(part), "{text}: {problem}");
        }
    }
}
