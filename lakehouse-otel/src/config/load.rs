//! How the configuration is read from the variables.

mod metrics;
mod otlp;
mod traces;

use super::environment::{self, Environment};
use super::lookup::{Lookup, Overrides};
use super::parse;
use super::{Config, ConfigError, PerformanceConfig, Problem};
use crate::metrics::views::{self, View};

/// Variables of the OTLP family that nothing here can follow, and what to do instead.
const UNSUPPORTED: [(&str, &str); 4] = [
    (
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "SSL_CERT_FILE names root certificates",
    ),
    (
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
        "put a proxy that has the certificate before the backend",
    ),
    (
        "OTEL_EXPORTER_OTLP_CLIENT_KEY",
        "put a proxy that has the key before the backend",
    ),
    (
        "OTEL_EXPORTER_OTLP_INSECURE",
        "the endpoint's scheme, http or https, says it",
    ),
];

/// Attributes of the resource that have variables of their own.
const DEDICATED: [(&str, &str); 3] = [
    ("K8S_NAMESPACE", "k8s.namespace.name"),
    ("K8S_POD_NAME", "k8s.pod.name"),
    ("K8S_CLUSTER_NAME", "k8s.cluster.name"),
];

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names every variable whose value cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::load(&Overrides::new(), &environment::process)
    }

    /// Reads variables from `lookup`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names every variable whose value cannot be used.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Self::load(&Overrides::new(), &|name: &str| Ok(lookup(name)))
    }

    pub(crate) fn load(
        overrides: &Overrides,
        environment: &Environment<'_>,
    ) -> Result<Self, ConfigError> {
        let lookup = Lookup::new(overrides, environment);
        let disabled = lookup.parsed("OTEL_SDK_DISABLED", parse::switch) == Some(true)
            || lookup.parsed("ENABLE_OPENTELEMETRY", parse::switch) == Some(false);
        if disabled {
            // Off means off: a mistake in another variable stops nothing.
            return Self::read(&Lookup::new(&Overrides::new(), &|_: &str| Ok(None)), false)
                .finish(lookup);
        }
        Self::read(&lookup, true).finish(lookup)
    }

    /// Adds the views of a builder, which are stronger than those of the environment.
    pub(crate) fn add_views(&mut self, views: &[View]) -> Result<(), ConfigError> {
        let problems = views.iter().filter_map(|view| {
            Some(Problem {
                variable: "OTEL_METRICS_VIEWS",
                value: view.pattern().to_owned(),
                advice: view.problem()?,
                from_builder: true,
            })
        });
        let problems: Vec<_> = problems.collect();
        if !problems.is_empty() {
            return Err(ConfigError::new(problems));
        }
        self.metrics.views.extend(views.iter().cloned());
        match views::one_name_for_two(&self.metrics.views) {
            Some((view, advice)) => Err(ConfigError::new(vec![Problem {
                variable: "OTEL_METRICS_VIEWS",
                value: view.pattern().to_owned(),
                advice,
                from_builder: true,
            }])),
            None => Ok(()),
        }
    }

    fn read(lookup: &Lookup<'_>, enabled: bool) -> Self {
        let mut attributes = lookup
            .parsed("OTEL_RESOURCE_ATTRIBUTES", parse::pairs)
            .unwrap_or_default();
        let environment = environment(lookup, &attributes);
        let service_name = dedicated(lookup, "OTEL_SERVICE_NAME", "service.name", &mut attributes);
        let service_version = dedicated(
            lookup,
            "OTEL_SERVICE_VERSION",
            "service.version",
            &mut attributes,
        );
        for (variable, key) in DEDICATED {
            if let Some(value) = dedicated(lookup, variable, key, &mut attributes) {
                attributes.push((key.to_owned(), value));
            }
        }
        let host_name = lookup.text("HOSTNAME");
        let has = |key: &str| attributes.iter().any(|(name, _)| name == key);
        // In a pod the host's name is the pod's.
        if let Some(host_name) = &host_name
            && has("k8s.namespace.name")
            && !has("k8s.pod.name")
        {
            attributes.push(("k8s.pod.name".to_owned(), host_name.clone()));
        }

        for (variable, instead) in UNSUPPORTED {
            if lookup.text(variable).is_some() {
                lookup.warn(format!("{variable} is set and not supported; {instead}"));
            }
        }

        let local = matches!(&*environment, "local" | "development");
        let production = matches!(&*environment, "production" | "prod");
        Self {
            enabled,
            service_name,
            service_version,
            environment,
            resource_attributes: attributes,
            host_name,
            traces: traces::traces(lookup, local),
            metrics: metrics::metrics(lookup, local, production),
            performance: performance(lookup),
            colour: lookup.text("NO_COLOR").is_none(),
            warnings: Vec::new(),
        }
    }

    fn finish(self, lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let warnings = lookup.finish()?;
        Ok(Self { warnings, ..self })
    }
}

/// The value of an attribute's own variable; where that is unset, the one among the attributes, which
/// is taken out of them.
fn dedicated(
    lookup: &Lookup<'_>,
    variable: &'static str,
    key: &str,
    attributes: &mut Vec<(String, String)>,
) -> Option<String> {
    let listed = attributes
        .iter()
        .rev()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.clone());
    attributes.retain(|(name, _)| name != key);
    let own = lookup.text(variable);
    if let (Some(own), Some(listed)) = (&own, &listed)
        && own != listed
    {
        lookup.warn(format!(
            "{variable}={own:?} and {key}={listed:?} in OTEL_RESOURCE_ATTRIBUTES say different things; {variable} holds"
        ));
    }
    own.or(listed)
}

fn environment(lookup: &Lookup<'_>, attributes: &[(String, String)]) -> String {
    const VARIABLES: [&str; 3] = ["DEPLOYMENT_ENV", "DEPLOYMENT_ENVIRONMENT", "ENVIRONMENT"];
    let own = lookup.first_of(&VARIABLES);
    let listed = attributes
        .iter()
        .rev()
        .find(|(name, _)| name == "deployment.environment.name" || name == "deployment.environment")
        .map(|(_, value)| value.clone());
    if let (Some(own), Some(listed)) = (&own, &listed)
        && own != listed
    {
        lookup.warn(format!(
            "the environment is {own:?} by its variable and {listed:?} in OTEL_RESOURCE_ATTRIBUTES; the variable holds"
        ));
    }
    own.or(listed).unwrap_or_else(|| "local".to_owned())
}

fn performance(lookup: &Lookup<'_>) -> PerformanceConfig {
    let percent = |name, default| lookup.parsed(name, parse::percent).unwrap_or(default);
    let unset = PerformanceConfig::default();
    PerformanceConfig {
        monitoring: lookup
            .parsed("OTEL_PERFORMANCE_MONITORING", parse::switch)
            .unwrap_or(unset.monitoring),
        cpu_threshold: percent("OTEL_CPU_THRESHOLD", unset.cpu_threshold),
        memory_threshold: percent("OTEL_MEMORY_THRESHOLD", unset.memory_threshold),
    }
}
