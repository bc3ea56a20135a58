use lakehouse_otel::prelude::*;

#[derive(AttributeValue)]
struct Row {
    language: String,
}

#[derive(AttributeValue)]
union Bits {
    whole: u8,
}

#[derive(AttributeValue)]
enum Never {}

#[derive(AttributeValue)]
enum Fields {
    English,
    Other(String),
    Named { tag: u8 },
}

#[derive(AttributeValue)]
#[attribute(rename_al = "kebab-case", rename_all = "snakecase", key, key = "text_analysis.language", key = "twice")]
enum Container {
    #[attribute(rename = 5)]
    English,
    #[attribute(renam = "de")]
    German,
    #[attribute(rename = "")]
    French,
    #[attribute(rename("fr"))]
    Breton,
    #[attribute]
    Welsh,
}

#[derive(AttributeValue)]
enum Same {
    German,
    #[attribute(rename = "german")]
    Deutsch,
    DEUTSCH,
}

#[derive(AttributeValue)]
#[attribute(crate = "telemetry")]
enum Crate {
    English,
}

fn main() {}
