//! CPU time, of a thread and of the program.

use std::time::Duration;

/// How long the calling thread has run on a CPU since it started, in user and kernel mode.
///
/// One system call, and no allocation. `None` where the system has no such clock: it is read on Linux
/// (`CLOCK_THREAD_CPUTIME_ID`) and on Apple's systems.
///
/// ```
/// use lakehouse_otel::performance::thread_cpu_time;
///
/// let before = thread_cpu_time();
/// let sum: u64 = (0..1_000).sum();
/// # assert_eq!(sum, 499_500);
/// if let (Some(before), Some(after)) = (before, thread_cpu_time()) {
///     println!("{:?} on the CPU", after - before);
/// }
/// ```
#[must_use]
#[inline]
pub fn thread_cpu_time() -> Option<Duration> {
    clock::thread()
}

/// How long all threads of the program have run on CPUs since it started, those that ended included.
///
/// One system call, and no allocation. `None` where [`thread_cpu_time`] is.
#[must_use]
pub fn process_cpu_time() -> Option<Duration> {
    clock::process()
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
mod clock {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    pub(super) fn thread() -> Option<Duration> {
        Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).ok()
    }

    pub(super) fn process() -> Option<Duration> {
        Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).ok()
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
mod clock {
    use std::time::Duration;

    pub(super) const fn thread() -> Option<Duration> {
        None
    }

    pub(super) const fn process() -> Option<Duration> {
        None
    }
}

#[cfg(all(test, any(target_os = "linux", target_vendor = "apple")))]
mod tests {
    use std::hint::black_box;

    use super::*;

    #[test]
    fn a_thread_s_time_goes_on_with_its_own_work_and_is_part_of_the_program_s() {
        let before = thread_cpu_time().unwrap();
        let mut sum = 0_u64;
        // Until the clock has seen it: it has the kernel's resolution.
        while thread_cpu_time().unwrap() == before {
            sum = (0..10_000).fold(sum, |sum, it| black_box(sum ^ it));
        }
        black_box(sum);
        let after = thread_cpu_time().unwrap();
        assert!(after > before);
        assert!(process_cpu_time().unwrap() >= after.saturating_sub(before));
    }
}
