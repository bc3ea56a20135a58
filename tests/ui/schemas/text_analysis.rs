//! A schema with a table by hand, for cases in which its own place is of no matter.

pub mod text_analysis {
    use lakehouse_otel::schema::{AttributeKey, Layer, kind};

    pub const LANGUAGE: AttributeKey<Layer> = AttributeKey::new("text_analysis.language");
    pub const MODEL: AttributeKey<kind::Text> = AttributeKey::new("text_analysis.embedding.model");
    pub const BATCH_SIZE: AttributeKey<kind::Int> =
        AttributeKey::new("text_analysis.embedding.batch_size");
    #[deprecated(note = "use `text_analysis.embedding.batch_size`")]
    pub const BATCH: AttributeKey<kind::Int> = AttributeKey::new("text_analysis.batch");
}

pub use lakehouse_otel::schema::Layer as Language;

pub mod operations {
    pub use lakehouse_otel::schema::operations::CUSTOM as EMBEDDING;
}

macro_rules! table {
    ({ $($callback:tt)* } $($state:tt)*) => {
        $($callback)*! {
            {
                enums { Language closed { Bronze "bronze", Silver "silver" } }
                attributes {
                    "text_analysis.language" text_analysis LANGUAGE enum Language label;
                    "text_analysis.embedding.model" text_analysis MODEL text plain;
                    "text_analysis.embedding.batch_size" text_analysis BATCH_SIZE int plain;
                    "text_analysis.batch" text_analysis BATCH int plain deprecated "use `text_analysis.embedding.batch_size`";
                }
                spans {
                    "text_analysis.embedding" EMBEDDING internal
                        attributes {
                            "text_analysis.language" recommended label,
                            "text_analysis.embedding.model" required span,
                            "text_analysis.embedding.batch_size" required measurement,
                        }
                        feeds { "text_analysis.embedding.batch_size" };
                }
            }
            $($state)*
        }
    };
}
pub(crate) use table as __table;
