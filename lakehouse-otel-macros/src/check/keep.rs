//! `keep(…)`: which attributes an error's span has, also where the operation was not sampled.

use std::collections::HashSet;

use quote::ToTokens;

use super::common::Common;
use super::{Capture, CheckedArgs, Checker, Given, Value};
use crate::args::{Keep, Key};
use crate::diagnostics::{Code, listed};
use crate::nearest::suggestion;
use crate::tokens;

impl Checker<'_> {
    /// Marks the captures that are kept, once all of them are known.
    pub(super) fn keeps(&mut self, keeps: Vec<Keep>, given: &Given, checked: &mut CheckedArgs) {
        let mut keeps = keeps.into_iter();
        let Some(keep) = keeps.next() else {
            return;
        };
        for again in keeps {
            let message = "`keep(…)` is given twice; put all its names into one";
            self.diagnostics
                .add(Code::Duplicate.at(again.name.span(), message));
        }
        let mut kept = HashSet::new();
        for key in keep.keys {
            let attribute = self.attribute_of(&key);
            if let Err(message) = self.keep(&key, &attribute, given, checked) {
                self.diagnostics.add(Code::KeptName.at(key.span(), message));
            } else if !kept.insert(attribute) {
                let message = format!("`{}` is kept twice", key.name());
                self.diagnostics
                    .add(Code::Duplicate.at(key.span(), message));
            }
        }
    }

    /// The attribute that the name stands for, as it is on the wire.
    pub(super) fn attribute_of(&mut self, key: &Key) -> String {
        let name = key.name();
        if let Some(argument) = self.table.argument(&name) {
            return argument.key.to_owned();
        }
        if let Some(argument) = self.table.renamed(&name) {
            self.deprecated.push((key.first().clone(), argument.name));
            return argument.key.to_owned();
        }
        self.own_key(&name).map_or(name, str::to_owned)
    }

    /// Marks the capture of this attribute; otherwise says what is wrong with the name.
    fn keep(
        &self,
        key: &Key,
        attribute: &str,
        given: &Given,
        checked: &mut CheckedArgs,
    ) -> Result<(), String> {
        let captures = &mut checked.captures;
        if let Some(capture) = captures
            .iter_mut()
            .find(|capture| capture.attribute == attribute)
        {
            capture.kept = true;
            return Ok(());
        }
        let name = key.name();
        let wrong = if checked
            .constants
            .iter()
            .any(|(key, _)| key.name == attribute)
        {
            format!("`{name}` is known at compile time, so every span has it; leave it out")
        } else if Common::of(key).is_some() {
            format!("`{name}` says how the operation runs, and is no attribute")
        } else if given.contains_key(attribute) {
            // Its value is wrong, which is reported.
            return Ok(());
        } else if let Some((_, observer)) = self.observed.iter().find(|(key, _)| key == attribute) {
            match *observer {
                "err" => {
                    format!(
                        "`{name}` is set in `err(…)`, and an error's span has that anyway; leave it out"
                    )
                }
                _ => format!(
                    "`{name}` is set in `{observer}(…)`, of a value that was returned well; what fails has none"
                ),
            }
        } else {
            self.not_given(&name, captures)
        };
        let names: Vec<_> = captures.iter().map(|capture| &*capture.name).collect();
        let takes = match names[..] {
            [] => "nothing beside it is evaluated at the call, so there is nothing to keep".into(),
            _ => format!("here it takes {}", listed(names)),
        };
        Err(format!(
            "{wrong}\n`keep(…)` takes the names of attributes that are given beside it and evaluated at the call; {takes}"
        ))
    }

    /// What is wrong with the name of an attribute that is not there.
    fn not_given(&self, name: &str, captures: &[Capture]) -> String {
        if self.table.argument(name).is_some() || self.table.renamed(name).is_some() {
            return format!("`{name}` is not given: `{name} = …, keep({name})`");
        }
        let uses = |capture: &&Capture| match &capture.value {
            Value::Expression(value) => tokens::mention(value.to_token_stream(), name).is_some(),
            Value::Constant(_) | Value::Member { .. } => false,
        };
        if self.parameters.iter().any(|known| known.name == name)
            && let Some(capture) = captures.iter().find(uses)
        {
            let meant = &capture.name;
            return format!(
                "`{name}` is an argument of the function, and the attribute is `{meant}`: `keep({meant})`"
            );
        }
        let hint = suggestion(name, captures.iter().map(|capture| &*capture.name));
        format!("no attribute `{name}` is given{hint}")
    }
}
