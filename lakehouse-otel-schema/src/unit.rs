//! Units in UCUM, the Unified Code for Units of Measure (<https://ucum.org/ucum>), case sensitive.
//!
//! Read are terms of unit atoms with prefixes and exponents, joined by `.` and `/`, with parentheses, integer factors
//! and annotations: `s`, `kBy`, `By/s`, `1/s`, `%`, `m2`, `10*3`, `{request}`, `By{compressed}`. The atoms are those of
//! the SI, of time and of information; customary and clinical ones are left out.

use crate::suggest::allowed;

/// Atoms that take a prefix.
const METRIC: &[&str] = &[
    "s", "By", "bit", "Bd", "m", "g", "A", "K", "cd", "mol", "rad", "sr", "Hz", "N", "Pa", "J",
    "W", "V", "C", "F", "Ohm", "S", "Wb", "T", "H", "Cel", "lm", "lx", "Bq", "Gy", "Sv", "l", "L",
    "t", "eV", "bar", "B",
];

/// Atoms that take none.
const PLAIN: &[&str] = &[
    "%", "min", "h", "d", "wk", "mo", "a", "deg", "10*", "10^", "[ppth]", "[ppm]", "[ppb]",
    "[pptr]", "[pi]",
];

const PREFIXES: &[&str] = &[
    "Ki", "Mi", "Gi", "Ti", "da", "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "d", "c", "m", "u",
    "n", "p", "f", "a", "z", "y",
];

/// Words that are written in place of units, and the unit.
const WORDS: &[(&[&str], &str)] = &[
    (&["bytes", "byte", "b", "octet", "octets"], "By"),
    (&["bits"], "bit"),
    (&["seconds", "second", "sec", "secs", "S"], "s"),
    (&["milliseconds", "millisecond", "msec", "millis"], "ms"),
    (
        &["microseconds", "microsecond", "µs", "usec", "micros"],
        "us",
    ),
    (&["nanoseconds", "nanosecond", "nanos"], "ns"),
    (&["minutes", "minute"], "min"),
    (&["hours", "hour"], "h"),
    (&["days", "day"], "d"),
    (&["percent", "percentage", "pct"], "%"),
    (&["ratio", "fraction", "dimensionless", "none", ""], "1"),
    (&["KB", "kB"], "kBy"),
    (&["MB"], "MBy"),
    (&["GB"], "GBy"),
    (&["KiB"], "KiBy"),
    (&["MiB"], "MiBy"),
    (&["GiB"], "GiBy"),
];

/// What is wrong with a unit; `None` where it is one.
pub(crate) fn problem(unit: &str) -> Option<String> {
    let mut reader = Reader { rest: unit };
    let read = reader.term().and_then(|()| {
        if reader.rest.is_empty() {
            Ok(())
        } else {
            Err(format!("`{}` is left over", reader.rest))
        }
    });
    // `KB` and `MB` are well-formed UCUM (kelvin-bel, megabel), and never what is meant.
    let word = WORDS.iter().find(|(words, _)| words.contains(&unit));
    let reason = match (read, word) {
        (Ok(()), None) => return None,
        (_, Some((_, unit))) => format!("; did you mean `{unit}`?"),
        (Err(reason), None) if is_word(unit) => {
            format!(
                ": {reason}; things that are counted are annotations: `{{{}}}`?",
                singular(unit)
            )
        }
        (Err(reason), None) => format!(": {reason}"),
    };
    let examples = allowed(&["s", "ms", "By", "%", "1", "{request}", "By/s"]);
    let separator = if reason.ends_with('?') {
        " Units"
    } else {
        "; units"
    };
    Some(format!(
        "`{unit}` is not a unit in UCUM{reason}{separator} are like {examples}"
    ))
}

fn is_word(unit: &str) -> bool {
    unit.len() > 2
        && unit
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

struct Reader<'u> {
    rest: &'u str,
}

impl Reader<'_> {
    fn take(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// `/ component`, or `component`, and then `.component` and `/component`.
    fn term(&mut self) -> Result<(), String> {
        self.take('/');
        self.component()?;
        while self.take('.') || self.take('/') {
            self.component()?;
        }
        Ok(())
    }

    fn component(&mut self) -> Result<(), String> {
        if self.take('(') {
            self.term()?;
            return if self.take(')') {
                Ok(())
            } else {
                Err("a `)` is missing".to_owned())
            };
        }
        if self.rest.starts_with('{') {
            return self.annotation();
        }
        self.simple()?;
        if self.rest.starts_with('{') {
            self.annotation()?;
        }
        Ok(())
    }

    fn annotation(&mut self) -> Result<(), String> {
        let Some(end) = self.rest.find('}') else {
            return Err("a `}` is missing".to_owned());
        };
        let text = &self.rest[1..end];
        if text.is_empty()
            || !text
                .chars()
                .all(|letter| letter.is_ascii_graphic() && letter != '{')
        {
            return Err(format!(
                "`{{{text}}}` is not an annotation: it has ASCII characters and no spaces"
            ));
        }
        self.rest = &self.rest[end + 1..];
        Ok(())
    }

    /// An integer, or an atom with its prefix and exponent.
    fn simple(&mut self) -> Result<(), String> {
        let end = self
            .rest
            .find(['.', '/', '(', ')', '{', '}'])
            .unwrap_or(self.rest.len());
        let (symbol, rest) = self.rest.split_at(end);
        self.rest = rest;
        if symbol.is_empty() {
            return Err("a unit is missing".to_owned());
        }
        if symbol.chars().all(|digit| digit.is_ascii_digit()) {
            return if symbol.starts_with('0') {
                Err(format!("`{symbol}` is not a positive number"))
            } else {
                Ok(())
            };
        }
        let atom = symbol.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let atom = if atom.len() < symbol.len() {
            atom.strip_suffix(['+', '-']).unwrap_or(atom)
        } else {
            atom
        };
        if is_atom(atom) {
            Ok(())
        } else {
            Err(format!("`{symbol}` is unknown"))
        }
    }
}

fn is_atom(symbol: &str) -> bool {
    METRIC.contains(&symbol)
        || PLAIN.contains(&symbol)
        || PREFIXES
            .iter()
            .filter_map(|prefix| symbol.strip_prefix(prefix))
            .any(|atom| METRIC.contains(&atom))
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn units_are_read() {
        let units = [
            "s",
            "ms",
            "us",
            "ns",
            "min",
            "h",
            "d",
            "By",
            "KiBy",
            "kBy",
            "MBy",
            "bit",
            "%",
            "1",
            "1/s",
            "By/s",
            "/s",
            "{request}",
            "{request}/s",
            "By{compressed}",
            "m2",
            "m/s2",
            "10*3",
            "10^6",
            "10*-3/s",
            "kg.m/s2",
            "(By/s)/s",
            "Cel",
            "Hz",
            "GHz",
            "{file_descriptor}",
            "100",
            "[ppm]",
        ];
        for unit in units {
            assert_eq!(problem(unit), None, "{unit}");
        }
    }

    #[test]
    fn other_words_are_refused() {
        let words = [
            "",
            "bytes",
            "seconds",
            "sec",
            "requests",
            "KB",
            "{}",
            "{a b}",
            "{request",
            "By/",
            "By//s",
            "by",
            "ss",
            "kmin",
            "0",
            "(s",
            "s)",
            "request count",
            "µs",
            "s-",
        ];
        for word in words {
            assert!(problem(word).is_some(), "{word}");
        }
    }

    #[test]
    fn the_unit_that_was_meant_is_named() {
        let examples = "Units are like `s`, `ms`, `By`, `%`, `1`, `{request}`, `By/s`";
        assert_eq!(
            problem("bytes").unwrap(),
            format!("`bytes` is not a unit in UCUM; did you mean `By`? {examples}")
        );
        assert_eq!(
            problem("requests").unwrap(),
            format!(
                "`requests` is not a unit in UCUM: `requests` is unknown; things that are counted are annotations: `{{request}}`? \
                 {examples}"
            )
        );
    }
}
