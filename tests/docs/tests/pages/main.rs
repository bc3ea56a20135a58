//! The Rust code of the pages compiles. None of it runs.

mod around;

/// What is right on a page is not always what the project's own code may look like.
#[allow(
    unused,
    unreachable_code,
    unnameable_test_items,
    clippy::all,
    clippy::pedantic,
    reason = "the code is for reading, and nothing of it is called"
)]
mod pages {
    include!(concat!(env!("OUT_DIR"), "/pages.rs"));

    #[test]
    fn the_blocks_were_found() {
        assert!(BLOCKS >= 14, "{BLOCKS}");
    }
}
