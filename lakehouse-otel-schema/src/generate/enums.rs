//! `enums.rs`: an enum for each attribute that has members.

use super::target::Target;
use super::text::{Text, list};
use crate::model::{Attribute, AttributeType, EnumType, Registry};
use crate::names;

pub(super) fn write(registry: &Registry, target: Target) -> String {
    let enums: Vec<(&Attribute, &EnumType)> = registry
        .attributes
        .iter()
        .filter_map(|attribute| match &attribute.kind {
            AttributeType::Enum(members) => Some((attribute, members)),
            _ => None,
        })
        .collect();
    let std = target.std();
    let mut out = Text::new();
    out.line("//! The attributes that have a set of values, an enum each.");
    out.line("");
    if enums.iter().any(|(_, members)| members.open) {
        out.line(&format!("use {std}::borrow::Cow;"));
    }
    out.line(&format!("use {std}::fmt;"));
    out.line(&format!("use {std}::str::FromStr;"));
    out.line("");
    out.line(&format!(
        "use {}::{{StringValue, Value}};",
        target.opentelemetry()
    ));
    out.line("");
    out.line(&format!(
        "use {}::schema::{{EnumValue, IntoValue, UnknownMember}};",
        target.runtime()
    ));
    for (attribute, members) in enums {
        let name = names::enum_name(attribute);
        definition(attribute, members, &name, target, &mut out);
        inherent(members, &name, &mut out);
        conversions(members, &name, target, &mut out);
        value(attribute, members, &name, &mut out);
    }
    out.finish()
}

fn definition(
    attribute: &Attribute,
    members: &EnumType,
    name: &str,
    target: Target,
    out: &mut Text,
) {
    out.line("");
    out.about(&attribute.about);
    let set = if members.open {
        "an open set"
    } else {
        "a closed set"
    };
    out.doc_paragraph(&format!("The values of `{}`: {set}.", attribute.key.value));
    if target.has_examples() {
        example(members, name, out);
    }
    if members.open {
        out.line("#[derive(Clone, PartialEq, Eq, Hash, Debug)]");
        out.line("#[non_exhaustive]");
    } else {
        out.line("#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]");
    }
    out.line(&format!("pub enum {name} {{"));
    for member in &members.members {
        let brief = member.brief.as_deref().unwrap_or_default();
        if brief.is_empty() {
            out.doc(&format!("`{}`", member.value.value));
        } else {
            out.doc(&format!("`{}`: {brief}", member.value.value));
        }
        out.line(&format!("{},", names::pascal(member.id.as_str())));
    }
    if members.open {
        out.line("/// Another value.");
        out.line("Other(Cow<'static, str>),");
    }
    out.line("}");
}

fn example(members: &EnumType, name: &str, out: &mut Text) {
    let Some(first) = members.members.first() else {
        return;
    };
    let variant = names::pascal(first.id.as_str());
    let value = first.value.as_str();
    out.line("///");
    out.line("/// ```");
    out.line(&format!("/// use lakehouse_otel::schema::{name};"));
    out.line("///");
    out.line(&format!(
        "/// assert_eq!({name}::{variant}.as_str(), {value:?});"
    ));
    out.line(&format!(
        "/// assert_eq!({value:?}.parse(), Ok({name}::{variant}));"
    ));
    if members.open {
        out.line(&format!(
            "/// assert_eq!({name}::from(\"another\").as_str(), \"another\");"
        ));
    } else {
        out.line(&format!(
            "/// assert!(\"another\".parse::<{name}>().is_err());"
        ));
    }
    out.line("/// ```");
}

fn inherent(members: &EnumType, name: &str, out: &mut Text) {
    let variants = list(&members.members, |member| {
        format!("Self::{}", names::pascal(member.id.as_str()))
    });
    out.line("");
    out.line(&format!("impl {name} {{"));
    out.line("/// The known values, in the registry's order.");
    out.line(&format!("pub const ALL: &'static [Self] = {variants};"));
    out.line("");
    out.line("/// The value on the wire.");
    out.line("#[must_use]");
    if members.open {
        out.line("pub fn as_str(&self) -> &str {");
        out.line("match self {");
    } else {
        out.line("pub const fn as_str(&self) -> &'static str {");
        out.line("match self {");
    }
    for member in &members.members {
        let variant = names::pascal(member.id.as_str());
        out.line(&format!("Self::{variant} => {:?},", member.value.value));
    }
    if members.open {
        out.line("Self::Other(value) => value,");
    }
    out.line("}");
    out.line("}");
    if members.open {
        out.line("");
        out.line("fn known(value: &str) -> Option<Self> {");
        out.line("Some(match value {");
        arms(members, out);
        out.line("_ => return None,");
        out.line("})");
        out.line("}");
    }
    out.line("}");
}

fn arms(members: &EnumType, out: &mut Text) {
    for member in &members.members {
        let variant = names::pascal(member.id.as_str());
        out.line(&format!("{:?} => Self::{variant},", member.value.value));
    }
}

fn conversions(members: &EnumType, name: &str, target: Target, out: &mut Text) {
    out.line("");
    out.line(&format!("impl fmt::Display for {name} {{"));
    out.line("fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {");
    out.line("f.pad(self.as_str())");
    out.line("}");
    out.line("}");
    out.line("");
    out.line(&format!("impl AsRef<str> for {name} {{"));
    out.line("fn as_ref(&self) -> &str {");
    out.line("self.as_str()");
    out.line("}");
    out.line("}");
    out.line("");
    out.line(&format!("impl FromStr for {name} {{"));
    if members.open {
        out.line(&format!(
            "type Err = {}::convert::Infallible;",
            target.std()
        ));
        out.line("");
        out.line("/// Never fails: an unknown value is [`Self::Other`].");
        out.line("fn from_str(value: &str) -> Result<Self, Self::Err> {");
        out.line("Ok(Self::from(value))");
        out.line("}");
        out.line("}");
        out.line("");
        out.line(&format!("impl From<&str> for {name} {{"));
        out.line("fn from(value: &str) -> Self {");
        out.line("Self::known(value).unwrap_or_else(|| Self::Other(Cow::Owned(value.to_owned())))");
        out.line("}");
        out.line("}");
        out.line("");
        out.line(&format!("impl From<String> for {name} {{"));
        out.line("fn from(value: String) -> Self {");
        out.line("Self::known(&value).unwrap_or(Self::Other(Cow::Owned(value)))");
        out.line("}");
        out.line("}");
    } else {
        out.line("type Err = UnknownMember;");
        out.line("");
        out.line("fn from_str(value: &str) -> Result<Self, Self::Err> {");
        out.line("Ok(match value {");
        arms(members, out);
        out.line("_ => return Err(UnknownMember::new::<Self>(value)),");
        out.line("})");
        out.line("}");
        out.line("}");
    }
}

fn value(attribute: &Attribute, members: &EnumType, name: &str, out: &mut Text) {
    out.line("");
    out.line(&format!("impl EnumValue for {name} {{"));
    out.line(&format!(
        "const ATTRIBUTE: &'static str = {:?};",
        attribute.key.value
    ));
    out.line(&format!("const OPEN: bool = {};", members.open));
    let values = list(&members.members, |member| {
        format!("{:?}", member.value.value)
    });
    out.line(&format!(
        "const MEMBERS: &'static [&'static str] = {values};"
    ));
    out.line("");
    out.line("fn as_str(&self) -> &str {");
    out.line("self.as_str()");
    out.line("}");
    out.line("");
    out.line("fn index(&self) -> Option<usize> {");
    if members.open {
        out.line("Some(match self {");
        for (index, member) in members.members.iter().enumerate() {
            out.line(&format!(
                "Self::{} => {index},",
                names::pascal(member.id.as_str())
            ));
        }
        out.line("Self::Other(_) => return None,");
        out.line("})");
    } else {
        out.line("Some(*self as usize)");
    }
    out.line("}");
    out.line("}");
    out.line("");
    out.line("#[diagnostic::do_not_recommend]");
    out.line(&format!("impl IntoValue<{name}> for {name} {{"));
    out.line("fn to_value(&self) -> Option<Value> {");
    if members.open {
        out.line("if let Self::Other(Cow::Owned(value)) = self {");
        out.line("return Some(Value::String(StringValue::from(value.clone())));");
        out.line("}");
        out.line("let value: &'static str = match self {");
        for member in &members.members {
            let variant = names::pascal(member.id.as_str());
            out.line(&format!("Self::{variant} => {:?},", member.value.value));
        }
        out.line("Self::Other(Cow::Borrowed(value)) => value,");
        out.line("Self::Other(Cow::Owned(_)) => unreachable!(\"returned above\"),");
        out.line("};");
        out.line("Some(Value::String(StringValue::from(value)))");
    } else {
        out.line("Some(Value::String(StringValue::from(self.as_str())))");
    }
    out.line("}");
    out.line("}");
    if members.open {
        for text in ["str", "String"] {
            out.line("");
            out.line("#[diagnostic::do_not_recommend]");
            out.line(&format!("impl IntoValue<{name}> for {text} {{"));
            out.line("fn to_value(&self) -> Option<Value> {");
            out.line("Some(Value::String(StringValue::from(self.to_owned())))");
            out.line("}");
            out.line("}");
        }
    }
}
