//! A crate whose registry is edited: it is compiled again, and a mistake is an error of the compiler.

use crate::support::Crate;

const REGISTRY: &str = "\
file_format: definition/2

attributes:

- key: shelf.room
  type:
    members:
    - {id: hall, value: hall, stability: development}
  brief: Where a shelf stands.
  stability: development
";

const MAIN: &str = "\
lakehouse_otel::schema!(\"telemetry/registry.yaml\");

fn main() {
    let rooms: Vec<_> = schema::Room::ALL.iter().map(schema::Room::as_str).collect();
    println!(\"{}\", rooms.join(\" \"));
}
";

#[test]
fn it_is_compiled_again_and_mistakes_are_told() {
    let of = Crate::new("edited");
    of.write("src/main.rs", MAIN);
    of.write("telemetry/registry.yaml", REGISTRY);
    assert_eq!(of.prints().0, "hall\n");

    let attic = "    - {id: attic, value: attic, stability: development}\n";
    let more = REGISTRY.replace("  brief: Where", &format!("{attic}  brief: Where"));
    of.write("telemetry/registry.yaml", &more);
    assert_eq!(of.prints().0, "hall attic\n");

    // Two mistakes, each with its file, line and column.
    let wrong = more
        .replace("brief:", "breif:")
        .replace("attic, stability", "hall, stability");
    of.write("telemetry/registry.yaml", &wrong);
    let output = of.run();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{stderr}");
    for expected in [
        "error: [LO0202] telemetry/registry.yaml:9:26: the value `hall` is there twice; first at telemetry/registry.yaml:8:25",
        "error: [LO0202] telemetry/registry.yaml:10:3: unknown field of an attribute `breif`; did you mean `brief`?",
        "--> src/main.rs:1:25",
    ] {
        assert!(stderr.contains(expected), "no\n{expected}\nin\n{stderr}");
    }

    of.write("telemetry/registry.yaml", REGISTRY);
    assert_eq!(of.prints().0, "hall\n");
}
