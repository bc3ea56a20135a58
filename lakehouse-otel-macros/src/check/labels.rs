//! `labels(…)`: which attributes label the operation's metrics beside those that do anyway.

use std::collections::HashSet;

use super::common::Common;
use super::{CheckedArgs, Checker, Given};
use crate::args::{Keep, Key};
use crate::diagnostics::{Code, listed};
use crate::nearest::suggestion;
use crate::tables::{Role, ValueKind};

impl Checker<'_> {
    /// The attributes that `labels(…)` names, before the values are looked at: a label may have any text by it.
    pub(super) fn labelled(&mut self, lists: &[Keep]) -> HashSet<String> {
        let keys = lists.first().into_iter().flat_map(|list| &list.keys);
        keys.map(|key| self.attribute_of(key)).collect()
    }

    /// The attribute that the name stands for, where a former name was told of already.
    fn key_of(&self, key: &Key) -> String {
        let name = key.name();
        let argument = self.table.argument(&name);
        let argument = argument.or_else(|| self.table.renamed(&name));
        argument.map_or(name, |argument| argument.key.to_owned())
    }

    /// Marks what labels the metrics, once all of it is known.
    pub(super) fn labels(&mut self, lists: Vec<Keep>, given: &Given, checked: &mut CheckedArgs) {
        let mut lists = lists.into_iter();
        let Some(list) = lists.next() else {
            return;
        };
        for again in lists {
            let message = "`labels(…)` is given twice; put all its names into one";
            self.diagnostics
                .add(Code::Labels.at(again.name.span(), message));
        }
        let mut seen = HashSet::new();
        for key in list.keys {
            let attribute = self.key_of(&key);
            let result = if seen.insert(attribute.clone()) {
                self.label_metrics(&key, &attribute, given, checked)
            } else {
                Err((Code::Labels, format!("`{}` is there twice", key.name())))
            };
            if let Err((code, message)) = result {
                self.diagnostics.add(code.at(key.span(), message));
            }
        }
    }

    /// Lets this attribute label the metrics; otherwise says what is wrong with the name.
    fn label_metrics(
        &self,
        key: &Key,
        attribute: &str,
        given: &Given,
        checked: &mut CheckedArgs,
    ) -> Result<(), (Code, String)> {
        let name = key.name();
        let declared = self.table.labels.iter().find(|(key, _)| *key == attribute);
        let Some((wire, opt_in)) = declared else {
            return Err((Code::NoLabel, self.not_declared(key, &name)));
        };
        let constant = checked
            .constants
            .iter()
            .any(|(key, _)| key.name == attribute);
        if constant && *opt_in {
            checked.labels.push(wire);
            return Ok(());
        }
        let observed = [&mut checked.ok, &mut checked.err];
        let observed = observed.into_iter().flatten();
        let captures = observed.flat_map(|observed| &mut observed.captures);
        let mut found = false;
        let mut anyway = constant;
        for capture in checked.captures.iter_mut().chain(captures) {
            if capture.attribute == attribute {
                let has_members = matches!(capture.kind, Some(ValueKind::Enum(_)));
                anyway |= capture.role == Role::Label && has_members;
                capture.role = if has_members {
                    Role::Label
                } else {
                    Role::OptedIn
                };
                found = true;
            }
        }
        if anyway {
            let message = format!("`{name}` labels the metrics anyway; leave it out");
            Err((Code::Labels, message))
        } else if found || given.contains_key(attribute) {
            // Where there is none its value is wrong, which is reported.
            Ok(())
        } else {
            let message = format!(
                "`{name}` is not given: `{name} = …, labels({name})`\n\
                 `labels(…)` takes the names of attributes that are given beside it"
            );
            Err((Code::Labels, message))
        }
    }

    fn not_declared(&self, key: &Key, name: &str) -> String {
        let names = || self.table.labels.iter().map(|(key, _)| self.short(key));
        let opt_in = self.table.labels.iter().filter(|(_, opt_in)| *opt_in);
        let opt_in: Vec<_> = opt_in.map(|(key, _)| self.short(key)).collect();
        let wrong = if Common::of(key).is_some() {
            format!("`{name}` says how the operation runs, and is no attribute")
        } else {
            let hint = suggestion(name, names());
            format!(
                "no metric of `#[{}]` has a label `{name}`{hint}",
                self.table.macro_name
            )
        };
        let can = match &opt_in[..] {
            [] => "no label of this macro's metrics has to be asked for".to_owned(),
            keys => format!("here `labels(…)` can add {}", listed(keys.iter().copied())),
        };
        let dynamic = self.table.labels.iter().filter(|(key, opt_in)| {
            let argument = self.table.argument_of(key);
            !opt_in && argument.is_some_and(|it| !it.required && is_text(it.value))
        });
        let dynamic: Vec<_> = dynamic.map(|(key, _)| self.short(key)).collect();
        let dynamic = match &dynamic[..] {
            [] => String::new(),
            keys => format!(
                ", and {} may have a value that is known at run time by it",
                listed(keys.iter().copied())
            ),
        };
        format!("{wrong}\n{can}{dynamic}")
    }

    /// The argument that sets this key, or the key itself.
    fn short(&self, key: &'static str) -> &'static str {
        let argument = self.table.argument_of(key);
        argument.map_or(key, |argument| argument.name)
    }

    /// Whether a label of text may have any value because `labels(…)` names it.
    pub(super) fn may_vary(&self, attribute: &str) -> bool {
        let argument = self.table.argument_of(attribute);
        self.labelled.contains(attribute) && argument.is_some_and(|argument| !argument.required)
    }
}

fn is_text(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::Text)
}
