//! The program in `stranger/`: it calls the runtime by another name, has a schema of its own and uses all the macros.

use std::env;
use std::path::PathBuf;

use crate::skipped::skipped;
use crate::support::{Crate, printed};

#[test]
fn it_compiles_without_a_warning_and_records_what_happens() {
    let mut cargo = Crate::copy_of("stranger").cargo();
    // The compiler with Clippy's lints, which builds what it lints, so that nothing is compiled twice.
    let linting = PathBuf::from(env::var_os("CARGO").unwrap())
        .with_file_name(format!("clippy-driver{}", env::consts::EXE_SUFFIX));
    if linting.exists() {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", linting);
    } else {
        skipped("no Clippy beside cargo; the crate is compiled without its lints");
    }
    let (printed, shown) = printed(cargo.output().unwrap());
    assert_eq!(printed, "35 spans of 23 operations\n");
    assert_eq!(shown, "");
}
