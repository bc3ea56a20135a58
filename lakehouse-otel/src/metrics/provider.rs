//! The meter provider: the SDK's, with the registry's limits.

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{Instrument, MeterProviderBuilder, SdkMeterProvider, Stream};

use super::instruments::sdk_limit;
use crate::schema::metrics;

/// A provider's builder on which the limits of the registry stand.
///
/// The SDK reserves memory for each instrument's limit when it is made, so the limits are the
/// registry's, an instrument each, and not the SDK's 2,000 for all.
pub(crate) fn builder(resource: Resource) -> MeterProviderBuilder {
    SdkMeterProvider::builder()
        .with_resource(resource)
        .with_view(limit)
}

fn limit(instrument: &Instrument) -> Option<Stream> {
    let definition = metrics::ALL
        .iter()
        .find(|definition| definition.name == instrument.name())?;
    Stream::builder()
        .with_cardinality_limit(sdk_limit(definition, instrument.scope()))
        .build()
        .ok()
}
