//! What something is under each of the program's pipelines in turn.

use std::fmt;
use std::sync::OnceLock;

/// A value for each pipeline that there has been, by its number. Most programs have one.
///
/// Reading takes no lock. What belongs to a former pipeline stays as long as this does.
pub(crate) struct PerPipeline<T> {
    first: OnceLock<Box<Link<T>>>,
}

struct Link<T> {
    pipeline: u64,
    value: T,
    next: OnceLock<Box<Link<T>>>,
}

impl<T> PerPipeline<T> {
    pub(crate) const fn new() -> Self {
        Self {
            first: OnceLock::new(),
        }
    }

    /// The value under the pipeline of this number.
    #[inline]
    pub(crate) fn find(&self, pipeline: u64) -> Option<&T> {
        let mut link = self.first.get()?;
        while link.pipeline != pipeline {
            link = link.next.get()?;
        }
        Some(&link.value)
    }

    /// Adds the value under this pipeline, unless another thread came first; what it is then.
    pub(crate) fn append(&self, pipeline: u64, value: T) -> &T {
        let mut new = Some(Box::new(Link {
            pipeline,
            value,
            next: OnceLock::new(),
        }));
        let mut place = &self.first;
        loop {
            // One that is there already leaves the new one where it is.
            let link = place.get_or_init(|| new.take().expect("it has one place"));
            if link.pipeline == pipeline {
                return &link.value;
            }
            place = &link.next;
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for PerPipeline<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        let mut place = &self.first;
        while let Some(link) = place.get() {
            list.entry(&(link.pipeline, &link.value));
            place = &link.next;
        }
        list.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::PerPipeline;

    #[test]
    fn each_pipeline_has_the_value_that_came_first() {
        let values = PerPipeline::new();
        assert_eq!(values.find(1), None);
        assert_eq!(values.append(1, "one"), &"one");
        assert_eq!(values.append(2, "two"), &"two");
        assert_eq!(values.append(1, "late"), &"one");
        assert_eq!(
            (values.find(1), values.find(2)),
            (Some(&"one"), Some(&"two"))
        );
        assert_eq!(values.find(3), None);
    }
}
