fn embed(&self, sentences: &[&str]) -> Result<Vec<f32>, EmbedError> {
    const _: fn() = || {
        let _ = &crate::schema::operations::EMBEDDING;
    };
    const _: &str = crate::schema::text_analysis::LANGUAGE.name();
    const _: fn() -> crate::schema::Language = || crate::schema::Language::En;
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation
            .measure(
                crate::schema::text_analysis::EMBEDDING_BATCH_SIZE,
                &sentences.len(),
            );
        operation
            .attribute(crate::schema::text_analysis::EMBEDDING_MODEL, &self.model_name);
    }
    self.model.embed(sentences)
}
async fn split(text: &str, language: Language) -> Vec<&str> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.attribute(crate::schema::text_analysis::LANGUAGE, &language);
    }
    text.split('.').collect()
}
fn warm_up() {
    model();
}
impl Embedder {
    pub const fn new() -> Self {
        Self
    }
    pub fn embed(&self) -> usize {
        self.helper()
    }
    pub fn skipped(&self) {}
    fn helper(&self) -> usize {
        1
    }
}
