//! What must hold of a registry as a whole.

use crate::model::Registry;
use crate::source::Report;

pub(crate) fn registry(_registry: &Registry, _report: &mut Report) {}
pub(crate) const OPERATION_TYPE: &str = "crypto.operation_type";
