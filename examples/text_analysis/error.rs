//! What can be wrong with a text.

use std::borrow::Cow;

use lakehouse_otel::operation::ErrorClass;
use lakehouse_otel::schema::{ErrorRecovery, ErrorSeverity};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AnalysisError {
    #[error("there are no sentences in it")]
    NoSentences,
    #[error("{sentences} sentences make no {clusters} groups")]
    TooFewSentences { sentences: usize, clusters: usize },
}

impl ErrorClass for AnalysisError {
    fn error_type(&self) -> Cow<'static, str> {
        match self {
            Self::NoSentences => "no_sentences",
            Self::TooFewSentences { .. } => "too_few_sentences",
        }
        .into()
    }

    fn severity(&self) -> Option<ErrorSeverity> {
        Some(ErrorSeverity::Low)
    }

    fn recovery(&self) -> Option<ErrorRecovery> {
        Some(ErrorRecovery::Skip)
    }
}
