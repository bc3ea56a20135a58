//! While an attribute is being typed the function is there, with its body: editors complete in it, and the compiler
//! reports what is wrong in it.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use crate::annotate::annotate;
use crate::tables::TRACK_API_REQUEST;

#[test]
fn the_function_is_there_at_every_keystroke() {
    let attribute = quote! {
        exchange = Binance, endpoint = "/api/v3/klines", symbol = self.symbol.as_str(), kind = client,
        timeframe = interval, server.address = host, budget = "5s", context = operation, keep(symbol),
        ok(|klines: &Vec<Kline>| record_count = klines.len()), err(|error| error.type = error.code())
    };
    let body = quote!({ let answer = self.http.get(host).await?; answer. });
    let function = quote! {
        async fn fetch(&self, host: &str, interval: Timeframe) -> Result<Vec<Kline>, Error> #body
    };
    let mut states = Vec::new();
    prefixes(attribute, &mut |state| states.push(state));
    assert!(states.len() > 80, "{}", states.len());
    for state in states {
        let written = state.to_string();
        let expanded = annotate(&TRACK_API_REQUEST, state, function.clone(), true).to_string();
        for part in [
            "fn fetch",
            "let answer = self . http . get (host) . await ?",
            "answer .",
        ] {
            assert!(
                expanded.contains(part),
                "without `{part}`: #[track_api_request({written})]\n{expanded}"
            );
        }
    }
}

/// The tokens up to each, those in the last group too, as an editor closes what is open.
fn prefixes(tokens: TokenStream, found: &mut dyn FnMut(TokenStream)) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (end, token) in tokens.iter().enumerate() {
        let before: TokenStream = tokens[..end].iter().cloned().collect();
        found(before.clone());
        if let TokenTree::Group(group) = token {
            prefixes(group.stream(), &mut |inner| {
                let group = Group::new(Delimiter::Parenthesis, inner);
                found(quote!(#before #group));
            });
        }
    }
    found(tokens.into_iter().collect());
}
