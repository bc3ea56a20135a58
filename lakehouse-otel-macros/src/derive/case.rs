//! How a variant's name becomes its value.

/// The rules, by the names that serde gives them.
const RULES: &[(&str, Rule)] = &[
    ("snake_case", |words| words.join("_")),
    ("kebab-case", |words| words.join("-")),
    ("lowercase", |words| words.concat()),
    ("UPPERCASE", |words| words.concat().to_uppercase()),
    ("SCREAMING_SNAKE_CASE", |words| {
        words.join("_").to_uppercase()
    }),
    ("SCREAMING-KEBAB-CASE", |words| {
        words.join("-").to_uppercase()
    }),
    ("camelCase", |words| {
        let pascal = pascal(words);
        let first = pascal
            .chars()
            .next()
            .map(char::len_utf8)
            .unwrap_or_default();
        pascal[..first].to_lowercase() + &pascal[first..]
    }),
    ("PascalCase", pascal),
];

/// Joins the words of a name, which are in lower case.
pub(super) type Rule = fn(&[String]) -> String;

pub(super) fn rule(name: &str) -> Option<Rule> {
    let (_, rule) = RULES.iter().find(|(known, _)| *known == name)?;
    Some(*rule)
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}

/// What a name is by default.
pub(super) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// The words of a name in camel case: `RateLimited` has two, `HTTPStatus` too.
pub(super) fn words(name: &str) -> Vec<String> {
    let letters: Vec<_> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after_small = before.is_some_and(|before| !before.is_uppercase() && before != '_');
        let before_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = letter.is_uppercase() && before.is_some() && (after_small || before_small);
        if *letter == '_' || starts {
            words.push(String::new());
        }
        if *letter != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn pascal(words: &[String]) -> String {
    let capital = |word: &String| {
        let first = word.chars().next().map(char::len_utf8).unwrap_or_default();
        word[..first].to_uppercase() + &word[first..]
    };
    words.iter().map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::{names, rule, snake, words};

    #[test]
    fn a_name_is_taken_apart_as_it_is_read() {
        for (name, value) in [
            ("Timeout", "timeout"),
            ("RateLimited", "rate_limited"),
            ("HTTPStatus", "http_status"),
            ("BadJSON", "bad_json"),
            ("Level2Book", "level2_book"),
            ("USDT", "usdt"),
            ("Snake_Case", "snake_case"),
        ] {
            assert_eq!(snake(name), value);
        }
    }

    #[test]
    fn rules_join_words() {
        let joined: Vec<_> = names()
            .map(|name| rule(name).expect("a rule")(&words("OrderBook")))
            .collect();
        assert_eq!(
            joined,
            [
                "order_book",
                "order-book",
                "orderbook",
                "ORDERBOOK",
                "ORDER_BOOK",
                "ORDER-BOOK",
                "orderBook",
                "OrderBook"
            ]
        );
    }
}
