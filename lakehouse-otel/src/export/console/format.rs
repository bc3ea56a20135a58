//! Numbers, durations and colours for people.

use std::time::Duration;

/// `850 ns`, `2.1 ms`, `1.23 s`, `2 min 5 s`.
pub(super) fn duration(duration: Duration) -> String {
    seconds(duration.as_secs_f64())
}

pub(super) fn seconds(seconds: f64) -> String {
    if seconds >= 120.0 {
        return format!(
            "{:.0} min {:.0} s",
            (seconds / 60.0).floor(),
            (seconds % 60.0).floor()
        );
    }
    if seconds <= 0.0 {
        return "0 s".to_owned();
    }
    let (scaled, unit) = match seconds {
        it if it >= 0.999_5 => (it, "s"),
        it if it >= 0.000_999_5 => (it * 1e3, "ms"),
        it if it >= 0.000_000_999_5 => (it * 1e6, "µs"),
        it => (it * 1e9, "ns"),
    };
    format!("{} {unit}", three_digits(scaled))
}

/// A value in the unit of its metric: `s` and `By` are scaled, `{request}` is left out.
pub(super) fn value(value: f64, unit: &str) -> String {
    match unit {
        "s" => seconds(value),
        "ms" => seconds(value / 1e3),
        "By" => bytes(value),
        "" | "1" => number(value),
        _ if unit.starts_with('{') => number(value),
        _ if unit.starts_with("1/") => format!("{}{}", number(value), &unit[1..]),
        _ => format!("{} {unit}", number(value)),
    }
}

/// `10,080`; `0.25`.
pub(super) fn number(value: f64) -> String {
    if value.abs() < 1e15 && (value.fract() == 0.0 || value.abs() >= 1e3) {
        let digits = format!("{:.0}", value.abs());
        let mut text = String::from(if value < 0.0 { "-" } else { "" });
        for (index, digit) in digits.char_indices() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    } else {
        three_digits(value)
    }
}

fn bytes(value: f64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut scaled = value;
    let mut unit = 0;
    while scaled.abs() >= 1024.0 && unit + 1 < units.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    let scaled = if unit == 0 {
        number(scaled)
    } else {
        three_digits(scaled)
    };
    format!("{scaled} {}", units[unit])
}

fn three_digits(value: f64) -> String {
    match value.abs() {
        it if it >= 99.95 => format!("{value:.0}"),
        it if it >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// At most `width` characters, the last an ellipsis where something is cut off; control characters,
/// which could command the terminal, become spaces.
pub(super) fn fit(text: &str, width: usize) -> String {
    let mut fitted: String = text
        .chars()
        .take(width)
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect();
    if text.chars().nth(width).is_some() {
        fitted.pop();
        fitted.push('…');
    }
    fitted
}

/// A line of at most `width` columns, with its end of line. Codes of colour take no column, and the last
/// one, which switches colour off, stays.
pub(super) fn fit_line(line: &str, width: usize) -> String {
    let mut fitted = String::with_capacity(line.len() + 1);
    let mut columns = 0;
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        if character == '\x1b' {
            fitted.push(character);
            fitted.extend(rest.by_ref().take_while(|it| *it != 'm'));
            fitted.push('m');
            continue;
        }
        columns += 1;
        if columns == width && visible(rest.as_str()) > 0 {
            fitted.push('…');
            if line.contains('\x1b') {
                fitted.push_str("\x1b[0m");
            }
            break;
        }
        fitted.push(character);
    }
    fitted.push('\n');
    fitted
}

/// How many columns a text takes, without its codes of colour.
fn visible(text: &str) -> usize {
    let mut columns = 0;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character == '\x1b' {
            rest.by_ref().find(|it| *it == 'm');
        } else {
            columns += 1;
        }
    }
    columns
}

/// Text styles; nothing where there is no colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) colour: bool,
}

impl Style {
    pub(super) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.paint("31", text)
    }

    pub(super) fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits_and_a_unit() {
        let cases = [
            (0, "0 s"),
            (850, "850 ns"),
            (1_500, "1.50 µs"),
            (2_100_000, "2.10 ms"),
            (999_999_999, "1.00 s"),
            (12_340_000_000, "12.3 s"),
            (125_000_000_000, "2 min 5 s"),
        ];
        for (nanos, text) in cases {
            assert_eq!(duration(Duration::from_nanos(nanos)), text);
        }
    }

    #[test]
    fn values_follow_their_unit() {
        assert_eq!(value(10_080.0, "{record}"), "10,080");
        assert_eq!(value(1_572_864.0, "By"), "1.50 MiB");
        assert_eq!(value(0.25, "1/s"), "0.25/s");
        assert_eq!(value(460_270.7, "1/s"), "460,271/s");
        assert_eq!(value(0.0021, "s"), "2.10 ms");
        assert_eq!(value(-1_234.0, ""), "-1,234");
    }

    #[test]
    fn what_does_not_fit_is_cut_and_cannot_command_the_terminal() {
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("abcd", 4), "abcd");
        assert_eq!(fit("a\x1b[31m", 9), "a [31m");
    }

    #[test]
    fn a_line_ends_at_the_edge() {
        assert_eq!(fit_line("abcdef", 4), "abc…\n");
        assert_eq!(fit_line("abcd", 4), "abcd\n");
        let style = Style { colour: true };
        let line = format!("{} {}", style.red("ab"), style.dim("cdef"));
        assert_eq!(fit_line(&line, 7), format!("{line}\n"));
        assert_eq!(fit_line(&line, 5), "\x1b[31mab\x1b[0m \x1b[2mc…\x1b[0m\n");
    }
}
