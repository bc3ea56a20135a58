//! The functions of a package: 1,000 async ones with five attributes each, and one with a large argument.

use std::fmt::Write as _;

/// How many functions a package has.
pub(super) const FUNCTIONS: usize = 1_000;

/// How many stand in a module.
const IN_A_MODULE: usize = 100;

/// Which attribute the functions have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Ours,
    Tracing,
    Fastrace,
}

impl Kind {
    /// The one without an attribute is first.
    pub(super) const ALL: [Self; 4] = [Self::Plain, Self::Ours, Self::Tracing, Self::Fastrace];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "none",
            Self::Ours => "**ours**: span, counter, histogram, outcome",
            Self::Tracing => "`#[tracing::instrument]`: span",
            Self::Fastrace => "`#[fastrace::trace]`: span",
        }
    }

    /// The package's name.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Plain => "annotated-not",
            Self::Ours => "annotated-ours",
            Self::Tracing => "annotated-tracing",
            Self::Fastrace => "annotated-fastrace",
        }
    }

    /// The package's dependency, beside its version in the workspace.
    pub(super) const fn dependency(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Plain => None,
            Self::Ours => Some(("lakehouse-otel", "features = [\"enabled\"]")),
            Self::Tracing => Some(("tracing", "features = [\"std\", \"attributes\"]")),
            Self::Fastrace => Some(("fastrace", "features = [\"enable\"]")),
        }
    }

    const fn attribute(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ours => {
                "#[track_api_request(exchange = Binance, method = \"GET\", endpoint = \"/api/v3/klines\", symbol = symbol, data_type = Klines)]\n"
            }
            Self::Tracing => {
                "#[instrument(name = \"GET /api/v3/klines\", skip_all, err, fields(crypto.exchange = \"binance\", http.request.method = \"GET\", \
                 crypto.endpoint = \"/api/v3/klines\", crypto.data_type = \"klines\", crypto.symbol = symbol))]\n"
            }
            Self::Fastrace => {
                "#[trace(name = \"GET /api/v3/klines\", properties = {\"crypto.exchange\": \"binance\", \"http.request.method\": \"GET\", \
                 \"crypto.endpoint\": \"/api/v3/klines\", \"crypto.data_type\": \"klines\", \"crypto.symbol\": \"{symbol}\"})]\n"
            }
        }
    }

    const fn import(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ours => "use lakehouse_otel::prelude::*;\n",
            Self::Tracing => "use tracing::instrument;\n",
            Self::Fastrace => "use fastrace::trace;\n",
        }
    }
}

/// The program: it says how large the future is, and runs every function.
pub(super) fn program(kind: Kind) -> String {
    let attribute = kind.attribute();
    let import = kind.import();
    let mut text = format!(
        "use std::future::Future;\n\
         use std::pin::Pin;\n\
         use std::task::{{Context, Poll, Waker}};\n\
         {import}\n\
         #[derive(Debug)]\n\
         pub struct Refused(u64);\n\
         impl std::fmt::Display for Refused {{ fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{ write!(f, \"refused {{}}\", self.0) }} }}\n\
         impl std::error::Error for Refused {{}}\n\
         pub type Work = Pin<Box<dyn Future<Output = Result<u64, Refused>>>>;\n\
         pub async fn get(symbol: &str, number: u64) -> Result<u64, Refused> {{\n\
             std::future::ready(()).await;\n\
             if symbol.is_empty() {{ Err(Refused(number)) }} else {{ Ok(number) }}\n\
         }}\n\
         {attribute}pub async fn large(symbol: &'static str, page: [u8; 1024]) -> Result<u64, Refused> {{\n\
             let first = get(symbol, 0).await?;\n\
             Ok(first + page.len() as u64)\n\
         }}\n\
         fn main() {{\n\
             println!(\"{{}}\", std::mem::size_of_val(&large(\"BTCUSDT\", [0; 1024])));\n\
             let mut context = Context::from_waker(Waker::noop());\n"
    );
    let modules = FUNCTIONS / IN_A_MODULE;
    for module in 0..modules {
        let _ = writeln!(
            text,
            "for start in part{module}::ALL {{ if let Poll::Ready(Err(error)) = start().as_mut().poll(&mut context) {{ println!(\"{{error}}\"); }} }}"
        );
    }
    text.push_str("}\n");
    for module in 0..modules {
        let _ = writeln!(text, "mod part{module} {{\nuse crate::*;");
        let mut all = String::new();
        for number in 0..IN_A_MODULE {
            let _ = writeln!(
                text,
                "{attribute}pub async fn fetch{number}(symbol: &'static str, limit: u64) -> Result<u64, Refused> {{\n\
                 let klines = get(symbol, limit).await?;\n\
                 Ok(klines + {number})\n\
                 }}"
            );
            let _ = writeln!(all, "|| Box::pin(fetch{number}(\"BTCUSDT\", 500)),");
        }
        let _ = writeln!(
            text,
            "pub static ALL: [fn() -> Work; {IN_A_MODULE}] = [{all}];\n}}"
        );
    }
    text
}
