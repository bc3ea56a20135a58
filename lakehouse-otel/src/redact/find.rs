//! Finds the secrets in a text.

use std::ops::Range;

/// How names of secrets end: in lower case, without hyphens and underscores.
const SECRET: [&[u8]; 23] = [
    b"apikey",
    b"accesskey",
    b"accesskeyid",
    b"secretkey",
    b"privatekey",
    b"listenkey",
    b"signature",
    b"apisign",
    b"accesssign",
    b"bapisign",
    b"apisecret",
    b"clientsecret",
    b"secretaccesskey",
    b"password",
    b"passwd",
    b"passphrase",
    b"accesstoken",
    b"refreshtoken",
    b"securitytoken",
    b"authorization",
    b"cookie",
    b"credential",
    b"credentials",
];

/// Names that are words of other meanings too: secret only with a value that is assigned to them.
const ASSIGNED: [&[u8]; 4] = [b"sign", b"sig", b"token", b"secret"];

/// Names whose values are all that follows on the line.
const WHOLE_LINE: [&[u8]; 2] = [b"authorization", b"cookie"];

/// The shortest text with a secret is about `sig=1`.
const SHORTEST: usize = 5;

/// Whether there may be a secret: one has a name and `=`, `:` or `%3D` after it, or stands before an `@`.
pub(super) fn may_hold(text: &[u8]) -> bool {
    const CHUNK: usize = 16;
    if text.len() < SHORTEST {
        return false;
    }
    let is_mark = |byte: u8| matches!(byte, b'=' | b':' | b'%');
    let mut chunks = text.chunks_exact(CHUNK);
    // Without a way out in between, so that a chunk is looked at as a whole.
    let in_chunk = |chunk: &[u8]| chunk.iter().fold(false, |any, byte| any | is_mark(*byte));
    chunks.by_ref().any(in_chunk) || chunks.remainder().iter().copied().any(is_mark)
}

/// The letters and digits that count of a name.
pub(super) fn letters(name: &[u8]) -> impl DoubleEndedIterator<Item = u8> {
    let counts = |byte: &&u8| !matches!(byte, b'-' | b'_');
    name.iter().filter(counts).map(u8::to_ascii_lowercase)
}

/// Where secrets stand, in order.
pub(super) fn secrets(text: &str, more: &[Box<[u8]>]) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"://") {
            at += 3;
            if let Some(user) = user(bytes, at) {
                at = user.end;
                found.extend(parts(bytes, user));
            }
            continue;
        }
        let secret = match bytes[at] {
            b'=' | b':' => value_of(bytes, at, 1, more),
            b'%' if is_encoded(&bytes[at..], b'D') => value_of(bytes, at, 3, more),
            _ => None,
        };
        at = match secret {
            Some(secret) => {
                let end = secret.end;
                found.push(secret);
                end.max(at + 1)
            }
            None => at + 1,
        };
    }
    found
}

/// The name without what is left of an escape before it: the `26` of `%26`, the `u0026` of `\u0026`.
fn without_escape(before: Option<u8>, name: &[u8]) -> &[u8] {
    match (before, name) {
        (Some(b'%'), [first, second, name @ ..])
            if first.is_ascii_hexdigit() && second.is_ascii_hexdigit() =>
        {
            name
        }
        (Some(b'\\'), [b'u', rest @ ..])
            if rest.len() > 4 && rest[..4].iter().all(u8::is_ascii_hexdigit) =>
        {
            &rest[4..]
        }
        _ => name,
    }
}

/// `%3D`, or another of the `%3`s.
fn is_encoded(bytes: &[u8], last: u8) -> bool {
    matches!(bytes, [b'%', b'3', digit, ..] if digit.eq_ignore_ascii_case(&last))
}

/// What stands before the `@` of a URL's authority, which begins here.
fn user(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let ends = |byte: &u8| {
        matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>')
            || byte.is_ascii_whitespace()
    };
    let rest = &bytes[start..];
    let authority = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    let end = authority.iter().rposition(|byte| *byte == b'@')?;
    (end > 0).then_some(start..start + end)
}

/// The name and the password, where there are both.
fn parts(bytes: &[u8], user: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let colon = bytes[user.clone()].iter().position(|byte| *byte == b':');
    let colon = colon.map_or(user.end, |colon| user.start + colon);
    let parts = [user.start..colon, (colon + 1).min(user.end)..user.end];
    parts.into_iter().filter(|part| !part.is_empty())
}

/// The value after the mark that stands here, where the name before it is a secret's.
fn value_of(bytes: &[u8], mark: usize, length: usize, more: &[Box<[u8]>]) -> Option<Range<usize>> {
    let before = &bytes[..mark];
    let unspaced = before.trim_ascii_end();
    let unquoted = trim_quotes_end(unspaced);
    let is_quoted = unquoted.len() < unspaced.len();
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let begin = unquoted.iter().rposition(|byte| !is_letter(byte));
    let name = &unquoted[begin.map_or(0, |begin| begin + 1)..];
    let name = without_escape(begin.map(|begin| unquoted[begin]), name);
    let is_assigned = bytes[mark] != b':' || is_quoted;
    if name.is_empty() || !is_secret(name, is_assigned, more) {
        return None;
    }
    let start = mark + length;
    let opened = opening(&bytes[start..]);
    let start = start + opened;
    let end = start
        + match bytes[..start] {
            // In quotes that stand in quotes themselves.
            [.., b'\\', b'"' | b'\''] => until(&bytes[start..], |rest| rest[0] == b'\\'),
            [.., quote @ (b'"' | b'\'')] => quoted(&bytes[start..], quote),
            _ if bytes[mark] == b':' && ends_with_one(name, &WHOLE_LINE) => {
                until(&bytes[start..], |rest| {
                    matches!(rest[0], b'"' | b'\n' | b'\r')
                })
            }
            _ => until(&bytes[start..], |rest| match rest[0] {
                b'&' | b',' | b';' | b')' | b'}' | b']' | b'<' | b'>' | b'#' | b'"' | b'\''
                | b'\\' => true,
                b'%' => length > 1 && rest.starts_with(b"%26"),
                byte => byte.is_ascii_whitespace(),
            }),
        };
    let is_nothing = matches!(&bytes[start..end], b"" | b"None" | b"null");
    (!is_nothing).then_some(start..end)
}

/// How much stands before the place where it ends.
fn until(bytes: &[u8], ends: impl Fn(&[u8]) -> bool) -> usize {
    let end = (0..bytes.len()).find(|place| ends(&bytes[*place..]));
    end.unwrap_or(bytes.len())
}

/// How much stands before the quote that closes.
fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        match byte {
            b'\\' => place += 2,
            byte if *byte == quote => return place,
            _ => place += 1,
        }
    }
    bytes.len()
}

/// How much stands before the value itself: spaces, `Some(`, and a quote.
fn opening(bytes: &[u8]) -> usize {
    let mut rest = bytes.trim_ascii_start();
    if let Some(inner) = rest.strip_prefix(b"Some(") {
        rest = inner;
    }
    while let [b'\\' | b'"' | b'\'', inner @ ..] = rest {
        rest = inner;
    }
    bytes.len() - rest.len()
}

fn trim_quotes_end(mut bytes: &[u8]) -> &[u8] {
    while let [inner @ .., b'"' | b'\'' | b'\\'] = bytes {
        bytes = inner;
    }
    bytes
}

pub(super) fn is_secret(name: &[u8], is_assigned: bool, more: &[Box<[u8]>]) -> bool {
    ends_with_one(name, &SECRET)
        || more.iter().any(|secret| ends_with(name, secret))
        || (is_assigned
            && ASSIGNED
                .iter()
                .any(|secret| letters(name).eq(secret.iter().copied())))
}

fn ends_with_one(name: &[u8], endings: &[&[u8]]) -> bool {
    endings.iter().any(|ending| ends_with(name, ending))
}

fn ends_with(name: &[u8], ending: &[u8]) -> bool {
    let mut letters = letters(name).rev();
    let mut ending = ending.iter().rev();
    ending.all(|letter| letters.next() == Some(*letter))
}
