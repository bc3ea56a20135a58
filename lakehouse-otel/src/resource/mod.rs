//! Who speaks: the resource that every span and every data point carries.
//!
//! | source | wins over |
//! |---|---|
//! | the builder's attributes | the environment |
//! | the environment: a variable of its own (`OTEL_SERVICE_NAME`, `K8S_NAMESPACE`, …), then `OTEL_RESOURCE_ATTRIBUTES` | what is detected |
//! | detected: host, process, a random `service.instance.id` | – |
//!
//! | attribute | where it comes from |
//! |---|---|
//! | `service.name`, `service.version` | builder, `OTEL_SERVICE_NAME`, `OTEL_SERVICE_VERSION`; without a name `unknown_service:<program>` |
//! | `service.instance.id` | a random UUID for each set-up |
//! | `deployment.environment.name` | builder, `DEPLOYMENT_ENV`, `DEPLOYMENT_ENVIRONMENT`, `ENVIRONMENT`; `local` |
//! | `k8s.namespace.name`, `k8s.pod.name`, `k8s.cluster.name` | `K8S_NAMESPACE`, `K8S_POD_NAME`, `K8S_CLUSTER_NAME` |
//! | `host.name`, `host.arch`, `os.type` | `HOSTNAME`, else the machine's |
//! | `process.pid`, `process.executable.name` | the process |
//! | `telemetry.sdk.*`, `telemetry.distro.*` | OpenTelemetry's SDK, this crate |
//! | `processing.*`, `crypto.*`, `lakehouse.*` | the builder; lists in `OTEL_RESOURCE_ATTRIBUTES` are separated by `%2C` |

mod detect;

use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;

use crate::config::Config;
use crate::telemetry::list;

/// Attributes whose values are lists; from a variable they come as one text.
const LISTS: [&str; 3] = [
    "crypto.data_types",
    "crypto.market_types",
    "lakehouse.layers",
];

/// The resource of this process. `attributes` are the builder's.
pub(crate) fn build(config: &Config, attributes: Vec<KeyValue>) -> Resource {
    let mut from_environment: Vec<KeyValue> = config
        .resource_attributes
        .iter()
        .map(|(key, value)| KeyValue::new(key.clone(), value_of(key, value)))
        .collect();
    let dedicated = [
        ("service.name", config.service_name.clone()),
        ("service.version", config.service_version.clone()),
        (
            "deployment.environment.name",
            Some(config.environment.clone()),
        ),
        ("host.name", config.host_name.clone()),
    ];
    for (key, value) in dedicated {
        let listed = from_environment
            .iter()
            .any(|listed| listed.key.as_str() == key);
        // `HOSTNAME` is what a shell or a container sets by itself: what was asked for wins.
        if let Some(value) = value
            && !(key == "host.name" && listed)
        {
            from_environment.push(KeyValue::new(key, value));
        }
    }
    // Each later one wins.
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(detect::attributes())
        .with_attributes(from_environment)
        .with_attributes(attributes)
        .build()
}

fn value_of(key: &str, text: &str) -> Value {
    if LISTS.contains(&key) {
        list(text.split(',').map(str::trim))
    } else {
        Value::from(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::Key;

    use super::*;

    fn get(resource: &Resource, key: &'static str) -> Option<String> {
        resource.get(&Key::new(key)).map(|value| value.to_string())
    }

    fn config(variables: &[(&str, &str)]) -> Config {
        Config::from_lookup(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
        .unwrap()
    }

    #[test]
    fn what_is_detected_is_there() {
        let resource = build(&config(&[]), Vec::new());
        assert!(
            get(&resource, "service.name")
                .unwrap()
                .starts_with("unknown_service:")
        );
        assert_eq!(
            get(&resource, "deployment.environment.name").unwrap(),
            "local"
        );
        assert_eq!(get(&resource, "service.instance.id").unwrap().len(), 36);
        for key in [
            "host.name",
            "host.arch",
            "os.type",
            "process.pid",
            "process.executable.name",
            "telemetry.sdk.name",
            "telemetry.distro.name",
        ] {
            assert!(get(&resource, key).is_some(), "{key}");
        }
        let other = build(&config(&[]), Vec::new());
        assert_ne!(
            get(&resource, "service.instance.id"),
            get(&other, "service.instance.id")
        );
    }

    #[test]
    fn the_builder_wins_over_the_environment_over_what_is_detected() {
        let config = config(&[
            ("OTEL_SERVICE_NAME", "archive"),
            ("OTEL_SERVICE_VERSION", "2"),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "host.arch=vax,host.name=listed,crypto.data_types=klines%2Ctrades,team=a",
            ),
            ("HOSTNAME", "pod-1"),
            ("K8S_NAMESPACE", "prod"),
        ]);
        let resource = build(
            &config,
            vec![
                KeyValue::new("team", "b"),
                KeyValue::new("service.version", "3"),
            ],
        );
        assert_eq!(get(&resource, "service.name").unwrap(), "archive");
        assert_eq!(get(&resource, "service.version").unwrap(), "3");
        assert_eq!(get(&resource, "team").unwrap(), "b");
        assert_eq!(get(&resource, "host.arch").unwrap(), "vax");
        assert_eq!(get(&resource, "host.name").unwrap(), "listed");
        assert_eq!(get(&resource, "k8s.namespace.name").unwrap(), "prod");
        assert_eq!(get(&resource, "k8s.pod.name").unwrap(), "pod-1");
        assert_eq!(
            resource.get(&Key::new("crypto.data_types")),
            Some(list(["klines", "trades"]))
        );
    }
}
