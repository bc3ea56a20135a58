//! What a schema tells macros: of its own crate, and of others.

macro_rules! table {
    ({ $($table:tt)* } $name:ident) => {
        const $name: &str = stringify!($($table)*);
    };
}

lakehouse_otel_tests_schema::schema::__table! { { table } OF_THE_PROGRAM }
lakehouse_otel_tests_schema_shared::schema::__table! { { table } OF_THE_SHARED }

/// The words, however the compiler sets the spaces.
fn has(table: &str, words: &str) -> bool {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    bare(table).contains(&bare(words))
}

#[test]
fn it_has_attributes_enums_and_spans() {
    let document = r#""document.language" document LANGUAGE enum Language label;"#;
    let read = r#""document.read" READ client attributes { "document.language" required label,"#;
    for table in [OF_THE_PROGRAM, OF_THE_SHARED] {
        assert!(has(table, document), "{table}");
        assert!(has(table, read), "{table}");
    }
    let step = r#""text_analysis.step" text_analysis STEP text label;"#;
    assert!(has(OF_THE_PROGRAM, step) && !has(OF_THE_SHARED, step));
    let closed = r#"EmbeddingModel closed { Small "minilm-l6", Large "mpnet-base", }"#;
    assert!(has(OF_THE_PROGRAM, closed));
}
