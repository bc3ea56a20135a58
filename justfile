# The commands of the project. `just` alone lists them.

_default:
    @just --list

# The main job: the annotated archive collection, on an embedded exchange and a local folder.
run *arguments:
    cargo run --example archive_collection -- {{ arguments }}

# All tests.
test:
    cargo test --workspace

# What CI runs.
ci:
    bash .ci/run

# Renews the files that are generated from the registry.
generate:
    cargo run -p lakehouse-otel-schema --bin generate

# Renews the expansion snapshots and the expected messages of the compiler, after a look at the difference.
bless:
    BLESS=1 cargo test -p lakehouse-otel-macros
    TRYBUILD=overwrite cargo test -p lakehouse-otel-tests-ui

# Formats and lints.
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- -D warnings

# Shows what the five-attribute function of docs/expansion.md expands to.
expand:
    RUSTC_BOOTSTRAP=1 cargo rustc --quiet -p lakehouse-otel-examples --example annotated_function -- -Zunpretty=expanded

# Prints what telemetry adds to the main job: see docs/overhead.md.
overhead *runs:
    bash benches/overhead {{ runs }}
