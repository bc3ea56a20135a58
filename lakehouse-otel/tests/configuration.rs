//! Configuration from variables. The process's environment is never touched.

#![cfg(feature = "enabled")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::{
    Compression, Config, ConfigError, Exporter, PerformanceConfig, Protocol, Sampler,
    SamplingConfig, SpanLimits, TemporalityPreference, VARIABLES, markdown,
};

fn load(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_lookup(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn without_any_variable_it_is_local_and_prints() {
    let config = load(&[]).unwrap();
    assert!(config.enabled);
    assert_eq!(config.environment, "local");
    assert_eq!(config.traces.exporter, Exporter::Console);
    assert_eq!(config.metrics.exporters, [Exporter::Console]);
    assert_eq!(config.metrics.interval, None);
    assert!(!config.metrics.system);
    assert_eq!(config.traces.otlp.timeout, Duration::from_secs(10));
    assert_eq!(config.traces.batch.max_queue_size, 2_048);
    assert_eq!(config.traces.batch.max_export_batch_size, 512);
    assert!(config.warnings.is_empty());
}

#[test]
fn the_endpoint_and_the_environment_choose_the_exporter() {
    let cases = [
        (&[][..], Exporter::Console),
        (&[("DEPLOYMENT_ENV", "development")], Exporter::Console),
        (&[("DEPLOYMENT_ENV", "production")], Exporter::Otlp),
        (
            &[(
                "OTEL_RESOURCE_ATTRIBUTES",
                "deployment.environment.name=staging",
            )],
            Exporter::Otlp,
        ),
        (
            &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")],
            Exporter::Otlp,
        ),
        (
            &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:4318")],
            Exporter::Otlp,
        ),
        (
            &[("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://c:4318")],
            Exporter::Console,
        ),
        (&[("OTEL_TRACES_EXPORTER", "none")], Exporter::None),
        (&[("OTEL_TRACES_EXPORTER", "OTLP")], Exporter::Otlp),
    ];
    for (variables, exporter) in cases {
        assert_eq!(
            load(variables).unwrap().traces.exporter,
            exporter,
            "{variables:?}"
        );
    }
    let config = load(&[("DEPLOYMENT_ENV", "production")]).unwrap();
    assert_eq!(
        config.traces.otlp.endpoint,
        "http://localhost:4318/v1/traces"
    );
    assert_eq!(config.metrics.interval, None, "the exporter's own");
    assert_eq!(config.traces.batch.schedule_delay, Duration::from_secs(5));
}

#[test]
fn a_signals_own_variables_win_over_the_general_ones() {
    let config = load(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/base/"),
        (
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
            "http://metrics/as-it-is",
        ),
        ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20x,a=1"),
        ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a=2"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2000"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "3000"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "none"),
        ("OTEL_METRIC_EXPORT_TIMEOUT", "1000"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "7000"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
    ])
    .unwrap();
    let (traces, metrics) = (&config.traces.otlp, &config.metrics.otlp);
    assert_eq!(traces.endpoint, "http://collector:4318/base/v1/traces");
    assert_eq!(metrics.endpoint, "http://metrics/as-it-is");
    let headers: Vec<_> = traces.headers.iter().collect();
    assert_eq!(headers, [("authorization", "Bearer x"), ("a", "1")]);
    assert_eq!(metrics.headers.iter().collect::<Vec<_>>(), [("a", "2")]);
    assert_eq!(traces.timeout, Duration::from_secs(3));
    assert_eq!(
        metrics.timeout,
        Duration::from_secs(1),
        "the smaller of two"
    );
    assert_eq!(
        (traces.compression, metrics.compression),
        (Compression::Gzip, Compression::None)
    );
    assert_eq!(config.metrics.interval, Some(Duration::from_secs(7)));
    assert_eq!(config.metrics.temporality, TemporalityPreference::Delta);
    assert_eq!(traces.protocol, Protocol::HttpProtobuf);
    assert!(
        !format!("{config:?}").contains("Bearer"),
        "secrets are not printed"
    );
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let config = load(&[
        ("OTEL_SERVICE_NAME", ""),
        ("OTEL_TRACES_EXPORTER", ""),
        ("OTEL_METRIC_EXPORT_INTERVAL", " "),
        ("NO_COLOR", ""),
        ("DEPLOYMENT_ENV", ""),
        ("ENVIRONMENT", "production"),
    ])
    .unwrap();
    assert_eq!(config.service_name, None);
    assert_eq!(config.environment, "production");
    assert!(config.colour);
}

#[test]
fn of_several_variables_the_documented_first_wins_with_a_warning() {
    let config = load(&[
        ("ENVIRONMENT", "staging"),
        ("DEPLOYMENT_ENVIRONMENT", "production"),
        ("OTEL_SERVICE_NAME", "archive"),
        ("K8S_NAMESPACE", "prod"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "service.name=other,k8s.namespace.name=prod,team=data%2Cinfra",
        ),
    ])
    .unwrap();
    assert_eq!(config.environment, "production");
    assert_eq!(config.service_name.as_deref(), Some("archive"));
    assert!(
        config
            .resource_attributes
            .contains(&("team".to_owned(), "data,infra".to_owned()))
    );
    assert_eq!(config.warnings.len(), 2, "{:?}", config.warnings);
    assert!(
        config.warnings[0].contains("DEPLOYMENT_ENVIRONMENT holds"),
        "{:?}",
        config.warnings
    );
    assert!(
        config.warnings[1].contains("OTEL_SERVICE_NAME holds"),
        "{:?}",
        config.warnings
    );
}

#[test]
fn what_is_not_supported_is_a_warning_and_not_silence() {
    let config = load(&[("OTEL_EXPORTER_OTLP_CERTIFICATE", "/etc/ca.pem")]).unwrap();
    assert_eq!(config.warnings.len(), 1);
    assert!(
        config.warnings[0].contains("SSL_CERT_FILE"),
        "{:?}",
        config.warnings
    );
}

#[test]
fn the_sampler_is_read_and_checked() {
    use Sampler::{
        Adaptive, AlwaysOff, AlwaysOn, ParentBasedAlwaysOff, ParentBasedAlwaysOn,
        ParentBasedTraceIdRatio, TraceIdRatio,
    };
    let cases = [
        ("always_on", "", AlwaysOn),
        ("always_off", "", AlwaysOff),
        ("traceidratio", "0.25", TraceIdRatio(0.25)),
        ("traceidratio", "", TraceIdRatio(1.0)),
        ("", "", Adaptive),
        ("adaptive", "", Adaptive),
        ("parentbased_always_off", "", ParentBasedAlwaysOff),
        ("parentbased_always_on", "", ParentBasedAlwaysOn),
        (
            "parentbased_traceidratio",
            "0",
            ParentBasedTraceIdRatio(0.0),
        ),
    ];
    for (name, share, sampler) in cases {
        let config = load(&[
            ("OTEL_TRACES_SAMPLER", name),
            ("OTEL_TRACES_SAMPLER_ARG", share),
        ]);
        let config = config.unwrap();
        assert_eq!(config.traces.sampler, sampler);
        assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    }
    for (name, share, message) in [
        (
            "parentbased",
            "",
            r#"OTEL_TRACES_SAMPLER="parentbased": allowed: adaptive, always_on,"#,
        ),
        (
            "traceidratio",
            "10%",
            r#"OTEL_TRACES_SAMPLER_ARG="10%": allowed: 0 to 1"#,
        ),
        ("traceidratio", "1.5", "allowed: 0 to 1"),
    ] {
        let error = load(&[
            ("OTEL_TRACES_SAMPLER", name),
            ("OTEL_TRACES_SAMPLER_ARG", share),
        ]);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let config = load(&[("OTEL_TRACES_SAMPLER_ARG", "0.1")]).unwrap();
    assert!(config.warnings[0].contains("takes no argument"));
}

#[test]
fn rates_and_bounds_are_read_and_checked() {
    let unset = load(&[]).unwrap();
    assert_eq!(unset.traces.sampler, Sampler::Adaptive);
    assert_eq!(unset.traces.sampling, SamplingConfig::default());
    assert_eq!(unset.traces.limits, SpanLimits::default());
    assert_eq!(unset.performance, PerformanceConfig::default());

    let config = load(&[
        ("OTEL_WORKFLOW_SAMPLE_RATE", "0.9"),
        ("OTEL_API_CALL_SAMPLE_RATE", "0.8"),
        ("OTEL_STORAGE_SAMPLE_RATE", "0.7"),
        ("OTEL_INGESTION_SAMPLE_RATE", "0.6"),
        ("OTEL_INGESTION_MIN_SAMPLE_RATE", "0.5"),
        ("OTEL_HIGH_VOLUME_SAMPLE_RATE", "0"),
        ("OTEL_ROOT_SAMPLE_RATE", "0.4"),
        ("OTEL_MIN_SAMPLE_RATE", "1e-3"),
        ("OTEL_SAMPLE_PER_TRACE", "true"),
        ("OTEL_MAX_SPANS_PER_SECOND", "500"),
        ("OTEL_MAX_ERROR_SPANS_PER_SECOND", "7"),
        ("OTEL_BIG_OBJECT_BYTES", "1048576"),
        ("OTEL_PERFORMANCE_MONITORING", "false"),
        ("OTEL_CPU_THRESHOLD", "62.5"),
        ("OTEL_MEMORY_THRESHOLD", "100"),
    ])
    .unwrap();
    let sampling = config.traces.sampling;
    let rates = [
        sampling.workflow,
        sampling.api_call,
        sampling.storage,
        sampling.ingestion,
        sampling.ingestion_minimum,
        sampling.high_volume,
        sampling.root.unwrap(),
        sampling.floor,
        config.performance.cpu_threshold,
        config.performance.memory_threshold,
    ];
    let expected = [0.9, 0.8, 0.7, 0.6, 0.5, 0.0, 0.4, 0.001, 0.625, 1.0];
    for (rate, expected) in rates.into_iter().zip(expected) {
        assert!((rate - expected).abs() < 1e-12, "{rates:?}");
    }
    assert!(sampling.per_trace && !config.performance.monitoring);
    assert_eq!(sampling.max_spans_per_second, 500);
    assert_eq!(sampling.max_error_spans_per_second, 7);
    assert_eq!(sampling.big_object, 1 << 20);

    for (name, value, allowed) in [
        ("OTEL_WORKFLOW_SAMPLE_RATE", "100", "0 to 1"),
        ("OTEL_ROOT_SAMPLE_RATE", "NaN", "0 to 1"),
        ("OTEL_SAMPLE_PER_TRACE", "yes", "true, false, 1, 0"),
        ("OTEL_MAX_SPANS_PER_SECOND", "-1", "0 to 1000000000"),
        ("OTEL_BIG_OBJECT_BYTES", "64MB", "a number of bytes"),
        (
            "OTEL_CPU_THRESHOLD",
            "0",
            "percent, above 0 and at most 100",
        ),
        ("OTEL_MEMORY_THRESHOLD", "85%", "percent, above 0"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "many", "0 to 1000000"),
    ] {
        let error = load(&[(name, value)]).unwrap_err().to_string();
        let message = format!("{name}={value:?}: allowed: {allowed}");
        assert!(error.contains(&message), "{error}");
    }
}

#[test]
fn the_builder_sets_rates_and_bounds() {
    let error = Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::None)
        .workflow_sample_rate(1.5)
        .api_call_sample_rate(-0.1)
        .storage_sample_rate(f64::NAN)
        .ingestion_sample_rates(2.0, 3.0)
        .high_volume_sample_rate(4.0)
        .root_sample_rate(5.0)
        .min_sample_rate(6.0)
        .max_spans_per_second(u32::MAX)
        .max_error_spans_per_second(u32::MAX)
        .cpu_threshold(0.0)
        .memory_threshold(101.0)
        .span_attribute_count_limit(usize::MAX)
        .span_event_count_limit(usize::MAX)
        .span_link_count_limit(usize::MAX)
        .event_attribute_count_limit(usize::MAX)
        .link_attribute_count_limit(usize::MAX)
        .attribute_value_length_limit(usize::MAX)
        .build_local()
        .unwrap_err()
        .to_string();
    for named in [
        r#"OTEL_WORKFLOW_SAMPLE_RATE="1.5""#,
        r#"OTEL_API_CALL_SAMPLE_RATE="-0.1""#,
        r#"OTEL_STORAGE_SAMPLE_RATE="NaN""#,
        r#"OTEL_INGESTION_MIN_SAMPLE_RATE="2""#,
        r#"OTEL_INGESTION_SAMPLE_RATE="3""#,
        r#"OTEL_HIGH_VOLUME_SAMPLE_RATE="4""#,
        r#"OTEL_ROOT_SAMPLE_RATE="5""#,
        r#"OTEL_MIN_SAMPLE_RATE="6""#,
        r#"OTEL_MAX_SPANS_PER_SECOND="4294967295""#,
        r#"OTEL_MAX_ERROR_SPANS_PER_SECOND="4294967295""#,
        r#"OTEL_CPU_THRESHOLD="0""#,
        r#"OTEL_MEMORY_THRESHOLD="101""#,
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=",
        "OTEL_SPAN_EVENT_COUNT_LIMIT=",
        "OTEL_SPAN_LINK_COUNT_LIMIT=",
        "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT=",
        "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT=",
        "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=",
    ] {
        assert!(error.contains(named), "{named} is not in:\n{error}");
    }
    let usable = Telemetry::builder()
        .variables(|name| (name == "OTEL_SAMPLE_PER_TRACE").then(|| "nonsense".to_owned()))
        .exporter(Exporter::None)
        .sample_per_trace(true)
        .big_object_bytes(1)
        .performance_monitoring(false);
    drop(usable.build_local().unwrap());
}

#[test]
fn a_limit_of_its_own_wins_over_the_general_one() {
    let limits = |variables: &[(&str, &str)]| load(variables).unwrap().traces.limits;

    let general = limits(&[
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "10"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "20"),
    ]);
    assert_eq!(
        [
            general.attributes,
            general.attributes_per_event,
            general.attributes_per_link
        ],
        [10; 3]
    );
    assert_eq!((general.events, general.links), (128, 128));
    assert_eq!(general.value_length, Some(20));

    let own = limits(&[
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "10"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "20"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1"),
        ("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "2"),
        ("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "3"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "4"),
        ("OTEL_SPAN_LINK_COUNT_LIMIT", "0"),
        ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "5"),
    ]);
    assert_eq!(
        [
            own.attributes,
            own.attributes_per_event,
            own.attributes_per_link,
            own.events,
            own.links
        ],
        [1, 2, 3, 4, 0]
    );
    assert_eq!(own.value_length, Some(5));
}

#[test]
fn long_texts_are_cut_between_characters() {
    use lakehouse_otel::opentelemetry::{Array, Value};

    let limits = load(&[("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "3")])
        .unwrap()
        .traces
        .limits;
    for (text, cut) in [
        ("", ""),
        ("abc", "abc"),
        ("abcd", "abc"),
        ("ßßß", "ßßß"),
        ("日本語の", "日本語"),
    ] {
        let mut value = Value::from(text);
        limits.cut(&mut value);
        assert_eq!(value, Value::from(cut));
    }
    let mut list = Value::Array(Array::String(vec!["long".into(), "ok".into()]));
    limits.cut(&mut list);
    assert_eq!(
        list,
        Value::Array(Array::String(vec!["lon".into(), "ok".into()]))
    );
    let mut number = Value::from(123_456);
    limits.cut(&mut number);
    assert_eq!(number, Value::from(123_456));
}

#[test]
fn the_sampler_decides_what_is_recorded() {
    use opentelemetry::trace::{Span as _, Tracer as _};

    for (sampler, recorded) in [
        (Sampler::AlwaysOff, 0),
        (Sampler::ParentBasedTraceIdRatio(0.0), 0),
        (Sampler::TraceIdRatio(1.0), 1),
        (Sampler::ParentBasedAlwaysOn, 1),
    ] {
        let telemetry = Telemetry::builder()
            .variables(|name| (name == "OTEL_TRACES_SAMPLER").then(|| "nonsense".to_owned()))
            .exporter(Exporter::Console)
            .console_writer(std::io::sink())
            .sampler(sampler)
            .build_local()
            .unwrap();
        telemetry.tracer("test").start("span").end();
        telemetry.shutdown(Duration::from_secs(30)).unwrap();
        assert_eq!(telemetry.ledger().spans.created, recorded, "{sampler}");
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let error = load(&[
        ("OTEL_TRACES_EXPORTER", "jaeger"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        (
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
            "ftp://me:secret@host",
        ),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer secret,oops",
        ),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "0"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "-1"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096"),
        ("OTEL_SDK_DISABLED", "nope"),
        ("OTEL_RESOURCE_ATTRIBUTES", "team"),
    ])
    .unwrap_err();
    let named: Vec<_> = error
        .problems()
        .iter()
        .map(|problem| problem.variable)
        .collect();
    let expected = BTreeSet::from([
        "OTEL_TRACES_EXPORTER",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        "OTEL_EXPORTER_OTLP_COMPRESSION",
        "OTEL_METRIC_EXPORT_INTERVAL",
        "OTEL_BSP_MAX_QUEUE_SIZE",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "OTEL_SDK_DISABLED",
        "OTEL_RESOURCE_ATTRIBUTES",
    ]);
    assert_eq!(named.iter().copied().collect::<BTreeSet<_>>(), expected);
    assert_eq!(named.len(), expected.len(), "each once: {named:?}");

    let text = error.to_string();
    assert!(!text.contains("secret"), "{text}");
    for part in [
        r#"OTEL_TRACES_EXPORTER="jaeger": allowed: otlp, console, none"#,
        r#"OTEL_EXPORTER_OTLP_ENDPOINT="collector:4318": has no scheme; write http://collector:4318"#,
        r#"OTEL_EXPORTER_OTLP_TIMEOUT="10s": allowed: milliseconds"#,
        "authorization=REDACTED,REDACTED",
        "ftp://REDACTED@host",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

#[cfg(not(feature = "tls"))]
#[test]
fn https_without_the_feature_says_which_feature() {
    let error = load(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://api.example")]).unwrap_err();
    assert!(error.to_string().contains("cargo feature `tls`"), "{error}");
    // Where nothing is sent over it, it does not matter.
    load(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://api.example"),
        ("OTEL_TRACES_EXPORTER", "console"),
        ("OTEL_METRICS_EXPORTER", "none"),
    ])
    .unwrap();
}

#[cfg(not(feature = "otlp-grpc"))]
#[test]
fn grpc_without_the_feature_says_which_feature() {
    let error = load(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
    ])
    .unwrap_err();
    assert!(
        error.to_string().contains("cargo feature `otlp-grpc`"),
        "{error}"
    );
}

#[test]
fn off_means_off() {
    for variables in [
        [
            ("OTEL_SDK_DISABLED", "TRUE"),
            ("OTEL_TRACES_EXPORTER", "nonsense"),
        ],
        [
            ("ENABLE_OPENTELEMETRY", "false"),
            ("OTEL_TRACES_EXPORTER", "nonsense"),
        ],
    ] {
        assert!(!load(&variables).unwrap().enabled);
    }
}

#[test]
fn the_builder_wins_over_the_environment() {
    let builder = Telemetry::builder()
        .variables(|name| match name {
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" | "OTEL_TRACES_EXPORTER" => {
                Some("not usable".to_owned())
            }
            _ => None,
        })
        .endpoint("http://localhost:4318")
        .exporter(Exporter::None);
    drop(builder.build_local().unwrap());

    let error = Telemetry::builder()
        .variables(|_| None)
        .endpoint("localhost:4318")
        .build_local()
        .unwrap_err();
    assert!(error.to_string().contains("set by the builder"), "{error}");
}

#[test]
fn the_table_lists_every_variable_that_is_read() {
    let asked = RefCell::new(BTreeSet::new());
    Config::from_lookup(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    })
    .unwrap();
    let listed: BTreeSet<_> = VARIABLES
        .iter()
        .map(|variable| variable.name.to_owned())
        .collect();
    assert_eq!(asked.into_inner(), listed);
}

/// Set `BLESS=1` to renew the table in the document.
#[test]
fn the_document_holds_the_same_table() {
    const START: &str = "<!-- variables -->\n";
    const END: &str = "<!-- /variables -->";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    let document = std::fs::read_to_string(path).unwrap();
    let (before, rest) = document.split_once(START).unwrap();
    let (table, after) = rest.split_once(END).unwrap();
    if table == markdown() {
        return;
    }
    assert!(
        std::env::var_os("BLESS").is_some(),
        "docs/configuration.md is out of date; renew it with BLESS=1"
    );
    std::fs::write(path, format!("{before}{START}{}{END}{after}", markdown())).unwrap();
}
