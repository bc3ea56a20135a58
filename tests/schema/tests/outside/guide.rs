//! The program of `docs/own-schema.md`, as it stands there.

use crate::support::Crate;

const GUIDE: &str = include_str!("../../../../docs/own-schema.md");

/// The block of code after the words that introduce the file.
fn file(path: &str) -> &'static str {
    let (_, after) = GUIDE.split_once(&format!("`{path}` ")).unwrap();
    let (_, after) = after.split_once("```").unwrap();
    let (_, code) = after.split_once('\n').unwrap();
    code.split_once("```").unwrap().0
}

#[test]
fn it_compiles_without_a_warning_and_shows_its_spans() {
    let of = Crate::new("guide");
    for path in [
        "telemetry/manifest.yaml",
        "telemetry/registry.yaml",
        "src/main.rs",
    ] {
        of.write(path, file(path));
    }
    let (printed, shown) = of.prints();
    assert_eq!(printed, "cat.small.png: 16 pixels\n");
    for expected in [
        "resize png",
        "image.resizes",
        "image.resize.duration",
        "image.resize.pixels",
    ] {
        assert!(shown.contains(expected), "no `{expected}` in\n{shown}");
    }

    let misspelt = file("src/main.rs").replace("format = Format::Png", "fromat = Format::Png");
    of.write("src/main.rs", &misspelt);
    let output = of.run();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{told}");
    assert!(
        told.contains("fromat") && told.contains("`format`"),
        "{told}"
    );
}
