//! Stand-in with the real module's signatures.
pub(crate) mod provider {
    use opentelemetry_sdk::Resource;
    use opentelemetry_sdk::metrics::{MeterProviderBuilder, SdkMeterProvider};

    pub(crate) fn builder(resource: Resource) -> MeterProviderBuilder {
        SdkMeterProvider::builder().with_resource(resource)
    }
}
