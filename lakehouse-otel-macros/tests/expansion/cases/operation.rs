#[trace_operation(span = text_analysis.embedding, language = En, embedding.batch_size = sentences.len(), embedding.model = self.model_name)]
fn embed(&self, sentences: &[&str]) -> Result<Vec<f32>, EmbedError> {
    self.model.embed(sentences)
}

#[trace_stage(stage = "split", text_analysis.language = language)]
async fn split(text: &str, language: Language) -> Vec<&str> {
    text.split('.').collect()
}

#[trace_operation]
fn warm_up() {
    model();
}

#[trace_operation(budget = "1s")]
impl Embedder {
    pub const fn new() -> Self {
        Self
    }

    pub fn embed(&self) -> usize {
        self.helper()
    }

    #[trace_operation(skip)]
    pub fn skipped(&self) {}

    fn helper(&self) -> usize {
        1
    }
}
