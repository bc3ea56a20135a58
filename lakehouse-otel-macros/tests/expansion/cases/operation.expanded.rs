fn embed(&self, sentences: &[&str]) -> Result<Vec<f32>, EmbedError> {
    const _: fn() -> crate::schema::Language = || crate::schema::Language::En;
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::new(
            &crate::schema::operations::EMBEDDING,
            "embed",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    crate::schema::text_analysis::LANGUAGE.name(),
                    ::lakehouse_otel::__private::Constant::Text("en"),
                ),
            ],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation
        .begin(
            &__CALLSITE,
            |operation| {
                if operation.measures() {
                    operation
                        .measure(
                            crate::schema::text_analysis::EMBEDDING_BATCH_SIZE,
                            &sentences.len(),
                        );
                }
                if operation.records() {
                    operation
                        .attribute(
                            crate::schema::text_analysis::EMBEDDING_MODEL,
                            &self.model_name,
                        );
                }
            },
        );
    return operation
        .run(
            move || -> Result<Vec<f32>, EmbedError> { self.model.embed(sentences) },
            |operation, returned: &Result<Vec<f32>, EmbedError>| {
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        );
}
fn split(
    text: &str,
    language: Language,
) -> impl ::lakehouse_otel::__private::Future<Output = Vec<&str>> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::stage(
            "split",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing_stage",
                    ::lakehouse_otel::__private::Constant::Text("split"),
                ),
            ],
        );
    return ::lakehouse_otel::__private::future(
        &__CALLSITE,
        move |operation| {
            if operation.records() {
                operation.attribute(crate::schema::text_analysis::LANGUAGE, &language);
            }
            async move {
                let text = text;
                let language = language;
                let _ = &language;
                if false {
                    return ::lakehouse_otel::__private::unreachable::<Vec<&str>>();
                }
                '_body: { text.split('.').collect() }
            }
        },
        |operation, returned: &Vec<&str>| {
            operation
                .returned(
                    ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                );
        },
    );
}
fn warm_up() {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::custom(
            "warm_up",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.operation.name",
                    ::lakehouse_otel::__private::Constant::Text("warm_up"),
                ),
            ],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation.begin(&__CALLSITE, |_| {});
    operation
        .run(
            move || -> () {
                model();
            },
            ::lakehouse_otel::__private::completed,
        );
}
impl Embedder {
    pub const fn new() -> Self {
        Self
    }
    pub fn embed(&self) -> usize {
        static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::custom(
                "embed",
                ::lakehouse_otel::__private::module_path!(),
                ::lakehouse_otel::__private::file!(),
                ::core::line!(),
            )
            .constants(
                &[
                    (
                        "crypto.operation.name",
                        ::lakehouse_otel::__private::Constant::Text("Embedder::embed"),
                    ),
                ],
            )
            .budget_nanos(1000000000);
        let mut operation = ::lakehouse_otel::__private::Call::off();
        operation.begin(&__CALLSITE, |_| {});
        return operation
            .run(
                move || -> usize { self.helper() },
                |operation, returned: &usize| {
                    operation
                        .returned(
                            ::lakehouse_otel::__private::Returned::new(returned)
                                .outcome(),
                        );
                },
            );
    }
    pub fn skipped(&self) {}
    fn helper(&self) -> usize {
        1
    }
}
