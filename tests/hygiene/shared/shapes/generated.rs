//! Functions that `macro_rules` makes.

use super::*;

macro_rules! cleaner {
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident($($argument:ident: $ty:ty),*) -> $output:ty $body:block, $operation:literal, $layer:ident, $count:expr) => {
        $(#[$attribute])*
        #[track_processing(operation = $operation, layer = $layer, record_count = $count)]
        $visibility fn $name($($argument: $ty),*) -> $output $body

        mod asynchronous {
            use super::*;

            #[track_processing(operation = $operation, layer = $layer, record_count = $count)]
            pub(crate) async fn $name($($argument: $ty),*) -> $output $body
        }
    };
}

cleaner! {
    /// Cleans.
    pub(crate) fn clean(rows: &[u64], scale: u64) -> Result<u64, BoxError> { Ok(rows.iter().sum::<u64>() * scale) }, "clean", Silver, rows.len() + 1
}

macro_rules! boxed {
    ($name:ident, $output:ty) => {
        #[track_processing(operation = "clean")]
        fn $name(number: $output) -> Pin<Box<dyn Future<Output = $output>>> {
            Box::pin(async move { number })
        }
    };
}

boxed!(number, u64);

#[test]
fn behave() {
    assert_eq!(clean(&[1, 2], 2).unwrap(), 6);
    assert_eq!(block_on(asynchronous::clean(&[1, 2], 2)).unwrap(), 6);
    assert_eq!(block_on(number(3)), 3);
}
