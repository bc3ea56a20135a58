//! From requests to what tests ask about.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{NumberDataPoint, number_data_point};

use crate::{Export, Point};

pub(crate) fn traces(request: &ExportTraceServiceRequest) -> Export {
    let mut export = Export::default();
    for resource in &request.resource_spans {
        let attributes = resource
            .resource
            .iter()
            .flat_map(|resource| &resource.attributes);
        export
            .resource
            .extend(attributes.map(|it| (it.key.clone(), text(it.value.as_ref()))));
        for span in resource.scope_spans.iter().flat_map(|scope| &scope.spans) {
            export.names.push(span.name.clone());
            export.items += 1;
        }
    }
    export
}

pub(crate) fn metrics(request: &ExportMetricsServiceRequest) -> Export {
    let mut export = Export::default();
    for resource in &request.resource_metrics {
        let attributes = resource
            .resource
            .iter()
            .flat_map(|resource| &resource.attributes);
        export
            .resource
            .extend(attributes.map(|it| (it.key.clone(), text(it.value.as_ref()))));
        let scopes = resource.scope_metrics.iter();
        let of_scopes = scopes.flat_map(|scope| scope.metrics.iter().map(move |it| (scope, it)));
        for (scope, metric) in of_scopes {
            export.names.push(metric.name.clone());
            export.metrics.push(metric.clone());
            if let Some(Data::Sum(sum)) = &metric.data {
                let scope = scope.scope.as_ref().map(|scope| scope.name.clone());
                let scope = scope.unwrap_or_default();
                let points: Vec<_> = sum
                    .data_points
                    .iter()
                    .filter_map(|point| int_point(&scope, &metric.name, point))
                    .collect();
                let total = points.iter().map(|point| point.value).sum();
                export.sums.insert(metric.name.clone(), total);
                export.points.extend(points);
            }
            export.items += match &metric.data {
                Some(Data::Gauge(gauge)) => gauge.data_points.len(),
                Some(Data::Sum(sum)) => sum.data_points.len(),
                Some(Data::Histogram(histogram)) => histogram.data_points.len(),
                Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
                Some(Data::Summary(summary)) => summary.data_points.len(),
                None => 0,
            } as u64;
        }
    }
    export
}

fn int_point(scope: &str, metric: &str, point: &NumberDataPoint) -> Option<Point> {
    let Some(number_data_point::Value::AsInt(value)) = point.value else {
        return None;
    };
    let attributes = point.attributes.iter();
    Some(Point {
        scope: scope.to_owned(),
        metric: metric.to_owned(),
        attributes: attributes
            .map(|it| (it.key.clone(), text(it.value.as_ref())))
            .collect(),
        value,
    })
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        Some(any_value::Value::IntValue(int)) => int.to_string(),
        Some(any_value::Value::ArrayValue(array)) => {
            let items = array.values.iter().map(|item| text(Some(item)));
            items.collect::<Vec<_>>().join(",")
        }
        other => format!("{other:?}"),
    }
}
