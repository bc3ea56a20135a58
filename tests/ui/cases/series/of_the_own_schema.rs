#![deny(deprecated)]

use lakehouse_otel::prelude::*;

#[allow(unused_imports, reason = "as of a macro")]
mod schema {
    pub mod bars {
        use lakehouse_otel::schema::{AttributeKey, Timeframe};

        pub const FROM: AttributeKey<Timeframe> = AttributeKey::new("bars.from");
        pub const TO: AttributeKey<Timeframe> = AttributeKey::new("bars.to");
        pub const BY: AttributeKey<Timeframe> = AttributeKey::new("bars.by");
    }

    pub use lakehouse_otel::schema::Timeframe;

    pub mod operations {
        pub use lakehouse_otel::schema::operations::CUSTOM as RESAMPLE;
    }

    macro_rules! table {
        ({ $($callback:tt)* } $($state:tt)*) => {
            $($callback)*! {
                {
                    enums {
                        Timeframe closed {
                            S1 "1s", M1 "1m", M3 "3m", M5 "5m", M15 "15m", M30 "30m", H1 "1h", H2 "2h",
                            H4 "4h", H6 "6h", H8 "8h", H12 "12h", D1 "1d", D3 "3d", W1 "1w", Mo1 "1M"
                        }
                    }
                    attributes {
                        "bars.from" bars FROM enum Timeframe label;
                        "bars.to" bars TO enum Timeframe label;
                        "bars.by" bars BY enum Timeframe label;
                    }
                    spans {
                        "bars.resample" RESAMPLE internal
                            attributes {
                                "bars.from" recommended label,
                                "bars.to" recommended label,
                                "bars.by" recommended label,
                            }
                            feeds {};
                    }
                }
                $($state)*
            }
        };
    }
    pub(crate) use table as __table;
}

#[trace_operation(span = bars.resample, from = from, to = to, by = by)]
fn many(from: Timeframe, to: Timeframe, by: Timeframe) {
    let _ = (from, to, by);
}

#[trace_operation(span = bars.resample, from = from, to = to, by = M1)]
fn few(from: Timeframe, to: Timeframe) {
    let _ = (from, to);
}

fn main() {}
