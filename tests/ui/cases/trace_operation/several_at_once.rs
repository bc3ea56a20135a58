use lakehouse_otel::*;

#[path = "../../schemas/text_analysis.rs"]
#[allow(unused_imports, reason = "as of a macro")]
mod schema;

struct Embedder {
    model_name: String,
}

impl Embedder {
    #[trace_operation(
        span = text_analysis.embedding,
        language = Bronce,
        embedding.btach_size = sentences.len(),
        text_analysis.embedding.colour = 1,
        stage = "embed",
    )]
    fn embed(&self, sentences: &[&str]) -> usize {
        sentences.len() + self.model_name.len()
    }
}

// The function is there all the same.
fn use_it(embedder: &Embedder) -> usize {
    embedder.embed(&[])
}

fn main() {}
