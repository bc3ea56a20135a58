use lakehouse_otel::*;

#[trace_stage(stage = "clean")]
struct Struct;

#[trace_stage(stage = "clean")]
enum Enum {}

#[trace_stage(stage = "clean")]
union Union {
    a: u8,
}

#[trace_stage(stage = "clean")]
impl Struct {}

#[trace_stage(stage = "clean")]
trait Trait {}

#[trace_stage(stage = "clean")]
unsafe trait Unsafe {}

#[trace_stage(stage = "clean")]
mod module {}

#[trace_stage(stage = "clean")]
type Alias = u8;

#[trace_stage(stage = "clean")]
static STATIC: u8 = 1;

#[trace_stage(stage = "clean")]
const CONST: u8 = 1;

#[trace_stage(stage = "clean")]
use std::fmt as imported;

#[trace_stage(stage = "clean")]
extern "C" {}

#[trace_stage(stage = "clean")]
macro_rules! rules {
    () => {};
}

fn main() {}
