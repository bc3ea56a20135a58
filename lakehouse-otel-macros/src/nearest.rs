//! The name that was probably meant.

/// The candidate nearest to `name`, where one is near enough to suggest.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = folded(name);
    let bound = wanted.len() / 3;
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &folded(candidate)), candidate))
        .filter(|(distance, _)| *distance <= bound)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A question to append to a message: `; did you mean …?`, or nothing.
pub(crate) fn suggestion<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// Case and separators are what is most often wrong, so they count for nothing.
fn folded(name: &str) -> Vec<char> {
    let letters = name
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-' | '.'));
    letters.flat_map(char::to_lowercase).collect()
}

/// How many letters to insert, remove, replace or swap with their neighbour.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in to.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != other);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == to[j - 1] && from[i - 1] == *other {
                let swapped: usize = before_last[j - 1];
                best = best.min(swapped + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const NAMES: [&str; 4] = ["symbol", "exchange", "data_type", "record_count"];

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest("symbl", NAMES), Some("symbol"));
        assert_eq!(nearest("exhcange", NAMES), Some("exchange"));
        assert_eq!(nearest("dataType", NAMES), Some("data_type"));
        assert_eq!(nearest("records_count", NAMES), Some("record_count"));
    }

    #[test]
    fn suggests_nothing_for_another_word() {
        assert_eq!(nearest("colour", NAMES), None);
        assert_eq!(nearest("x", NAMES), None);
    }
}
