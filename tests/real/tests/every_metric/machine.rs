//! The metrics of the machine, the process and its container, as a real Prometheus scrapes them: whatever this machine
//! has. What they say is the kernel's, and not in the program's books.

use std::fs;
use std::path::Path;

use lakehouse_otel::schema::MetricDefinition;
use lakehouse_otel::schema::metrics::ALL;

use super::program::Program;
use super::prometheus::{Installed, Prometheus, get};
use super::scraped::{SCRAPED, named};

#[test]
fn prometheus_has_the_metrics_of_the_machine() {
    let Some(installed) = Installed::find() else {
        return;
    };
    let variables = SCRAPED.iter().copied();
    let variables: Vec<_> = variables
        .filter(|(variable, _)| *variable != "OTEL_SYSTEM_METRICS")
        .chain([("OTEL_SYSTEM_METRICS_INTERVAL", "500")])
        .collect();
    let program = Program::run(&variables);
    let address = program.address.unwrap();
    let prometheus = Prometheus::scraping(&installed, address);
    // Rates are there from the second reading on.
    prometheus.wait_for("process_cpu_utilization_ratio");
    let (_, page) = get(address, "/metrics");
    // All of it: the program's metrics are on it as well.
    assert_eq!(installed.check(&page), Ok(()));
    let (here, absent): (Vec<&'static MetricDefinition>, _) =
        of_the_machine().partition(|metric| is_here(metric));
    for metric in absent {
        println!("{} is not checked: this machine has none", metric.name);
    }
    named(&prometheus, here);
    for (query, least) in [
        ("sum(process_memory_usage_bytes)", 1e6),
        ("sum(process_threads)", 2.0),
        ("sum(process_unix_file_descriptors)", 3.0),
        ("sum(system_network_io_bytes_total)", 1.0),
        ("count(crypto_system_memory_usage_bytes)", 2.0),
    ] {
        assert!(prometheus.number(query) >= least, "{query}");
    }
    program.end();
}

fn of_the_machine() -> impl Iterator<Item = &'static MetricDefinition> {
    let prefixes = ["process.", "system.", "container.", "crypto.system."];
    ALL.iter().filter(move |metric| {
        prefixes
            .iter()
            .any(|prefix| metric.name.starts_with(prefix))
    })
}

/// Whether the machine has what the metric tells of. This is found out again here, and not by the crate.
fn is_here(metric: &MetricDefinition) -> bool {
    match metric.name {
        "process.disk.io" => fs::read_to_string("/proc/self/io").is_ok(),
        "system.disk.io" => has_a_disk(),
        "system.filesystem.usage" => has_a_local_file_system(),
        name if name.starts_with("system.linux.pressure.") => {
            fs::read_to_string("/proc/pressure/cpu").is_ok_and(|text| text.contains("some"))
        }
        "container.cpu.limit" => limits_of_the_group().0,
        "container.memory.limit" | "container.memory.available" => limits_of_the_group().1,
        name if name.starts_with("container.") => {
            let (cpu, memory) = limits_of_the_group();
            cpu || memory
        }
        _ => true,
    }
}

/// A whole disk that was read or written.
fn has_a_disk() -> bool {
    let disks = fs::read_to_string("/proc/diskstats").unwrap_or_default();
    disks.lines().any(|line| {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        let (name, sectors) = (fields[2], [fields[5], fields[9]]);
        let is_file = ["loop", "ram", "zram"]
            .iter()
            .any(|kind| name.starts_with(kind));
        let is_whole = Path::new("/sys/block").join(name).exists();
        !is_file && is_whole && sectors.iter().any(|count| *count != "0")
    })
}

fn has_a_local_file_system() -> bool {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    mounts.contains(" /dev/")
}

/// Whether the processor time and the memory of the control group, or of one that it is in, have a limit.
fn limits_of_the_group() -> (bool, bool) {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let (mut cpu, mut memory) = (false, false);
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, group) = (fields.next().unwrap(), fields.next().unwrap());
        let root = Path::new("/sys/fs/cgroup");
        for group in Path::new(group.trim_start_matches('/')).ancestors() {
            let read = |controller: &str, file: &str| {
                let path = root.join(controller).join(group).join(file);
                fs::read_to_string(path).unwrap_or_default()
            };
            let number = |text: String| text.trim().parse::<i64>().ok();
            match controllers {
                "" => {
                    cpu |= read("", "cpu.max").starts_with(|it: char| it.is_ascii_digit());
                    memory |= number(read("", "memory.max")).is_some();
                }
                "cpu" | "cpu,cpuacct" => {
                    cpu |= number(read(controllers, "cpu.cfs_quota_us")).is_some_and(|it| it > 0);
                }
                // Without a limit it is as good as all addresses.
                "memory" => {
                    let limit = number(read("memory", "memory.limit_in_bytes"));
                    memory |= limit.is_some_and(|it| it < i64::MAX / 2);
                }
                _ => {}
            }
        }
    }
    (cpu, memory)
}
