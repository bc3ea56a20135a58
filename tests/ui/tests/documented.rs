//! `docs/diagnostics.md` has a section for every code, and says what the compiler says: its wrong code stands in a
//! case of `cases/`, its message in the `.stderr` beside it, and its right code in a case of `cases/pass/`.
//!
//! `BLESS=1 cargo test -p lakehouse-otel-tests-ui --test documented` renews the messages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[test]
fn every_code_is_documented() {
    let page = page();
    let sections = sections(&page);
    let documented: BTreeSet<_> = sections.iter().map(|section| section.code).collect();
    assert_eq!(documented.len(), sections.len(), "a code has two sections");
    let in_order = sections.is_sorted_by_key(|section| section.code);
    assert!(in_order, "the sections are sorted by their codes");
    let codes = codes();
    let missing: Vec<_> = codes
        .iter()
        .filter(|code| !documented.contains(code.as_str()))
        .collect();
    assert!(missing.is_empty(), "without a section: {missing:?}");
    let unknown: Vec<_> = documented
        .iter()
        .filter(|code| !codes.contains(**code))
        .collect();
    assert!(unknown.is_empty(), "in no list of codes: {unknown:?}");
}

#[test]
fn every_code_has_a_case() {
    let messages: String = files("stderr").iter().map(|file| text(file)).collect();
    let unseen: Vec<_> = codes()
        .into_iter()
        .filter(|code| !messages.contains(&format!("[{code}]")))
        .collect();
    assert!(unseen.is_empty(), "no case shows {unseen:?}");
}

#[test]
fn every_message_of_ours_has_a_code() {
    let without: Vec<_> = files("stderr")
        .iter()
        .flat_map(|file| {
            let text = text(file);
            let heads = blocks(&text).into_iter().map(|block| block[0].to_owned());
            let heads = heads.filter(|head| !head.contains("[LO") && may_be_ours(head));
            heads
                .map(|head| format!("{}: {head}", file.display()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        without.is_empty(),
        "neither with a code nor in `THE_COMPILERS_OWN`: {without:#?}"
    );
}

/// What the compiler says in words of its own, in the cases: of errors without a number, of lints, and of those two
/// whose words may be a library's, an unimplemented trait (E0277) and a panic at compile time (E0080). `…` is any text.
const THE_COMPILERS_OWN: &[&str] = &[
    "the trait bound `…` is not satisfied",
    "the `?` operator can only be applied to values that implement `Try`",
    // The schema's own words: what to use instead of an attribute.
    "use of deprecated constant `…`: …",
    "expected identifier, found keyword `…`",
    "expected one of …, found `…`",
    "expected pattern, found `…`",
    "extern blocks must be unsafe",
    "function `…` is never used",
    "future cannot be sent between threads safely",
    "proc-macro derive produced unparsable tokens",
    "this trait cannot be derived for unions",
    "unexpected token: `…`",
    "unnecessary braces around …",
    "unnecessary parentheses around …",
    "unreachable statement",
    "unused import: `…`",
    "unused macro definition: `…`",
    "unused variable: `…`",
    "unused … that must be used",
    "value assigned to `…` is never read",
    "variable `…` is assigned to, but never used",
    "variable does not need to be mutable",
];

/// Whether the message is none of the compiler's own. What has another number is worded by the compiler alone.
fn may_be_ours(head: &str) -> bool {
    let kinds = ["error: ", "warning: ", "error[E0277]: ", "error[E0080]: "];
    let message = kinds.iter().find_map(|kind| head.strip_prefix(kind));
    message.is_some_and(|message| !THE_COMPILERS_OWN.iter().any(|own| is_like(message, own)))
}

fn is_like(message: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('…') else {
        return message == pattern;
    };
    let Some(message) = message.strip_prefix(start) else {
        return false;
    };
    let ends = message.char_indices().map(|(end, _)| &message[end..]);
    ends.chain([""]).any(|message| is_like(message, rest))
}

#[test]
fn messages_are_the_compilers() {
    let written = page();
    let mut page = written.clone();
    let mut stale = Vec::new();
    for section in sections(&written) {
        let code = section.code;
        let said =
            said(&section).unwrap_or_else(|| panic!("{code}: no case says it of the wrong code"));
        if section.message != said {
            page = page.replacen(&fenced("text", section.message), &fenced("text", &said), 1);
            stale.push(code);
        }
    }
    if env::var_os("BLESS").is_some() {
        fs::write(page_path(), page).unwrap();
    } else {
        assert!(
            stale.is_empty(),
            "other messages than the compiler's: {stale:?}"
        );
    }
}

#[test]
fn right_code_compiles() {
    let passing: Vec<_> = files("rs")
        .iter()
        .filter(|file| file.starts_with(cases().join("pass")))
        .map(|file| text(file))
        .collect();
    let page = page();
    for section in sections(&page) {
        let compiles = passing
            .iter()
            .any(|source| lines_of(section.right, source).is_some());
        assert!(
            compiles,
            "no case of `cases/pass` has the right code of {}",
            section.code
        );
    }
}

/// `## LO0001: …` to the next.
struct Section<'a> {
    code: &'a str,
    wrong: &'a str,
    message: &'a str,
    right: &'a str,
}

fn sections(page: &str) -> Vec<Section<'_>> {
    let sections = page.split("\n## LO").skip(1);
    let sections = sections.map(|section| {
        let start = section.as_ptr() as usize - page.as_ptr() as usize - "LO".len();
        let code = &page[start..start + "LO0000".len()];
        let mut blocks = section.split("\n```").skip(1).step_by(2);
        let mut block = |kind: &str| {
            let block = blocks
                .next()
                .unwrap_or_else(|| panic!("{code}: no `{kind}` block"));
            let block = block
                .strip_prefix(kind)
                .and_then(|block| block.strip_prefix('\n'));
            block.unwrap_or_else(|| {
                panic!("{code}: wrong, message and right, as `rust`, `text` and `rust`")
            })
        };
        Section {
            code,
            wrong: block("rust"),
            message: block("text"),
            right: block("rust"),
        }
    });
    sections.collect()
}

fn fenced(kind: &str, text: &str) -> String {
    format!("\n```{kind}\n{text}\n```")
}

/// What the compiler says of the section's wrong code, without the place.
fn said(section: &Section<'_>) -> Option<String> {
    let code = format!("[{}]", section.code);
    files("stderr").iter().find_map(|file| {
        let source = text(&file.with_extension("rs"));
        let (first, last) = lines_of(section.wrong, &source)?;
        let text = text(file);
        blocks(&text).into_iter().find_map(|block| {
            let line = block
                .iter()
                .find_map(|line| line.trim_start().strip_prefix("--> cases/"))?;
            let line: usize = line.split(':').nth(1)?.parse().ok()?;
            let here =
                (first..=last).contains(&line) && block.iter().any(|line| line.contains(&code));
            let kept = block
                .iter()
                .filter(|line| !line.trim_start().starts_with("--> "));
            here.then(|| {
                kept.copied()
                    .collect::<Vec<_>>()
                    .join("\n")
                    .trim_end()
                    .to_owned()
            })
        })
    })
}

/// The messages of the compiler: each starts at the line's start with `error` or `warning`.
fn blocks(stderr: &str) -> Vec<Vec<&str>> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in stderr.lines() {
        if line.starts_with("error") || line.starts_with("warning") {
            blocks.push(Vec::new());
        }
        if let Some(block) = blocks.last_mut() {
            block.push(line);
        }
    }
    blocks
}

/// In which lines of the source these lines stand, whatever their indentation.
fn lines_of(wanted: &str, source: &str) -> Option<(usize, usize)> {
    let lines =
        |text: &str| -> Vec<_> { text.lines().map(|line| line.trim().to_owned()).collect() };
    let wanted = lines(wanted.trim());
    let source = lines(source);
    let first = source
        .windows(wanted.len())
        .position(|lines| lines == wanted)?;
    Some((first + 1, first + wanted.len()))
}

/// The codes that the macros have.
fn codes() -> BTreeSet<String> {
    let list = text(&cases().join("../../../lakehouse-otel-macros/src/diagnostics/code.rs"));
    let (_, list) = list.split_once("\ncodes! {").expect("the list of codes");
    let (list, _) = list.split_once("\n}").expect("the list's end");
    let numbers = list
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "));
    let codes: BTreeSet<_> = numbers
        .map(|(_, number)| format!("LO{:04}", number.parse::<u16>().unwrap()))
        .collect();
    assert!(!codes.is_empty());
    codes
}

fn page() -> String {
    text(&page_path())
}

fn page_path() -> PathBuf {
    cases().join("../../../docs/diagnostics.md")
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// All files of the cases with this extension.
fn files(extension: &str) -> Vec<PathBuf> {
    let folders = fs::read_dir(cases()).unwrap();
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    let files = files.map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}

fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
