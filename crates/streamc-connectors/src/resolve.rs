//! Checks a connector's block against the table.

use crate::option::{Connector, OptionKind, OptionSpec, Required, Role};
use indexmap::IndexMap;
use smol_str::SmolStr;
use streamc_diagnostics::codes::schemas;
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::{ConnectorConfig, OptionValue};
use streamc_syntax::ast;

/// Where a source's columns come from.
#[derive(Clone, Debug, PartialEq)]
pub enum SchemaField {
    /// Declared.
    Declared(ast::SchemaBlock),
    /// `sample("file")`.
    Sample {
        /// The path as written.
        path: SmolStr,
        /// Where it is written.
        span: Span,
    },
}

/// An option whose value is an expression over the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct ExprField {
    /// Where the expression is written.
    pub span: Span,
}

/// A checked block.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The table's entry; `None` for a connector that does not exist.
    pub connector: Option<&'static ConnectorEntry>,
    /// The plain options.
    pub config: ConnectorConfig,
    /// The `schema` option.
    pub schema: Option<SchemaField>,
    /// The `watermark` option.
    pub watermark: Option<ExprField>,
    /// The columns of the `key` option, as written.
    pub key: Vec<ast::Name>,
}

/// Alias, so that [`Resolved`] can be compared: entries are compared by name.
pub type ConnectorEntry = Connector;

impl PartialEq for Connector {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Checks `call` (`kafka { … }`) in its role. Problems are reported; what is right is kept.
pub fn resolve(call: &ast::Call, role: Role, diagnostics: &mut Vec<Diagnostic>) -> Resolved {
    let connector = crate::find(&call.name.text);
    let mut out = Resolved {
        connector,
        config: ConnectorConfig {
            connector: call.name.text.clone(),
            options: IndexMap::new(),
            passthrough: IndexMap::new(),
            spans: IndexMap::new(),
            span: Some(call.name.span),
        },
        schema: None,
        watermark: None,
        key: Vec::new(),
    };
    let Some(connector) = connector else {
        if !call.name.is_missing() {
            diagnostics.push(unknown_connector(&call.name, role));
        }
        return out;
    };
    if connector.support(role).is_none() {
        let message = format!("`{}` cannot be a {}", connector.name, role.as_str());
        diagnostics
            .push(Diagnostic::new(schemas::UNKNOWN_CONNECTOR, call.name.span, message).help(known(role)));
        return out;
    }
    for field in &call.block.fields {
        field_of(connector, role, field, &mut out, diagnostics);
    }
    for spec in connector.options_for(role) {
        let required = matches!(
            (spec.required, role),
            (Required::Always, _) | (Required::AsSource, Role::Source) | (Required::AsSink, Role::Sink)
        );
        if required && call.block.get(spec.name).is_none() {
            let code = if spec.name == "schema" { schemas::NO_SCHEMA } else { schemas::MISSING_OPTION };
            let message =
                format!("the `{}` {} needs the option `{}`", connector.name, role.as_str(), spec.name);
            diagnostics.push(Diagnostic::new(code, call.name.span, message).help(spec.doc));
        }
    }
    let order = |name: &SmolStr| connector.options.iter().position(|o| o.name == name);
    out.config.options.sort_by_key(|name, _| order(name));
    out
}

fn field_of(
    connector: &Connector,
    role: Role,
    field: &ast::Field,
    out: &mut Resolved,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let name = &field.key.text;
    if field.key.is_missing() {
        return;
    }
    if name == "options" {
        passthrough(&field.value, out, diagnostics);
        return;
    }
    let Some(spec) = connector.option(name) else {
        let names = connector.options_for(role).map(|o| o.name);
        diagnostics.push(unknown_option(&format!("`{}`", connector.name), &field.key, names));
        return;
    };
    if let Some(only) = spec.only
        && only != role
    {
        let message = format!("`{name}` is an option of a {}, not of a {}", only.as_str(), role.as_str());
        diagnostics.push(Diagnostic::new(schemas::UNKNOWN_OPTION, field.key.span, message));
        return;
    }
    if out.config.spans.contains_key(name) {
        let message = format!("the option `{name}` is given twice");
        diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, field.key.span, message));
        return;
    }
    out.config.spans.insert(name.clone(), field.value.span());
    match spec.kind {
        OptionKind::Schema => out.schema = schema(&field.value, diagnostics),
        OptionKind::Expression => out.watermark = Some(ExprField { span: field.value.span() }),
        OptionKind::Columns => {
            let columns = columns(&field.value, diagnostics);
            distinct(name, field, &columns, diagnostics);
            let words = columns.iter().map(|c| c.text.clone()).collect();
            if name == "key" {
                out.key = columns;
            }
            out.config.options.insert(name.clone(), OptionValue::List(words));
        }
        _ => {
            if let Some(value) = check_value(spec, &field.value, diagnostics) {
                out.config.options.insert(name.clone(), value);
            }
        }
    }
}

fn schema(value: &ast::Value, diagnostics: &mut Vec<Diagnostic>) -> Option<SchemaField> {
    match value {
        ast::Value::Schema(block) => Some(SchemaField::Declared(block.clone())),
        ast::Value::Call { name, args, span } if name.text == "sample" => match args.as_slice() {
            [ast::Value::Str(path)] => {
                Some(SchemaField::Sample { path: path.value.as_str().into(), span: path.span })
            }
            _ => {
                let message = "`sample` takes the path of a file in double quotes";
                diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, *span, message));
                None
            }
        },
        ast::Value::Block(block) if block.fields.is_empty() => {
            diagnostics.push(Diagnostic::new(schemas::NO_SCHEMA, block.span, "the schema has no column"));
            None
        }
        ast::Value::Error(_) => None,
        other => {
            let message = "a schema is `{ column TYPE, … }` or `sample(\"file.jsonl\")`";
            diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, other.span(), message));
            None
        }
    }
}

fn columns(value: &ast::Value, diagnostics: &mut Vec<Diagnostic>) -> Vec<ast::Name> {
    let items = match value {
        ast::Value::List(items, _) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut out = Vec::new();
    for item in items {
        match item {
            ast::Value::Word(name) => out.push(name.clone()),
            ast::Value::Str(text) => {
                out.push(ast::Name { text: text.value.as_str().into(), span: text.span })
            }
            ast::Value::Error(_) => {}
            other => {
                let message = "expected a column, or a list of columns: `[a, b]`";
                diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, other.span(), message));
            }
        }
    }
    out
}

/// A list of columns names at least one, and each once.
fn distinct(option: &str, field: &ast::Field, columns: &[ast::Name], diagnostics: &mut Vec<Diagnostic>) {
    if matches!(&field.value, ast::Value::List(items, _) if items.is_empty()) {
        let message = format!("`{option}` names no column");
        diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, field.value.span(), message));
    }
    for (n, column) in columns.iter().enumerate() {
        if columns[..n].iter().any(|c| c.text == column.text) {
            let message = format!("`{option}` names the column `{}` twice", column.text);
            diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, column.span, message));
        }
    }
}

/// What the backends write themselves, from options of this language or from the connector's name.
const WRITTEN_BY_STREAMC: &[&str] = &[
    "connector",
    "format",
    "key.fields",
    "key.format",
    "path",
    "properties.bootstrap.servers",
    "kafka.bootstrap.servers",
    "properties.group.id",
    "scan.bounded.mode",
    "scan.startup.mode",
    "sink.delivery-guarantee",
    "startingOffsets",
    "subscribe",
    "topic",
    "value.format",
];

fn passthrough(value: &ast::Value, out: &mut Resolved, diagnostics: &mut Vec<Diagnostic>) {
    let ast::Value::Block(block) = value else {
        if !matches!(value, ast::Value::Error(_)) {
            let message = "`options` is a block of the engine's own keys: `options { \"key\": \"value\" }`";
            diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, value.span(), message));
        }
        return;
    };
    for field in &block.fields {
        let key = field.key.text.as_str();
        let option =
            out.connector.and_then(|c| c.options.iter().find(|o| [o.flink, o.spark].contains(&Some(key))));
        if option.is_some() || WRITTEN_BY_STREAMC.contains(&key) {
            let message = format!("`{key}` cannot be passed through: the job file has it already");
            let help = option.map_or_else(
                || "the connector's own options decide it".to_owned(),
                |o| format!("use the option `{}`", o.name),
            );
            diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, field.key.span, message).help(help));
            continue;
        }
        let any = OptionSpec::new("options", OptionKind::Text, "");
        let value = match &field.value {
            ast::Value::Number(n) => Some(OptionValue::Str(n.text.clone())),
            ast::Value::Bool(b, _) => Some(OptionValue::Str(if *b { "true".into() } else { "false".into() })),
            other => check_value(&any, other, diagnostics),
        };
        if let Some(value) = value {
            out.config.passthrough.insert(field.key.text.clone(), value);
        }
    }
}

/// The value, if it is what the option wants.
pub(crate) fn check_value(
    spec: &OptionSpec,
    value: &ast::Value,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<OptionValue> {
    let wanted = match (spec.kind, value) {
        (_, ast::Value::Error(_)) => return None,
        (OptionKind::Text | OptionKind::Path, ast::Value::Str(text))
            if text.value.is_empty() && spec.required != Required::Never =>
        {
            "a text that is not empty".to_owned()
        }
        (OptionKind::Text | OptionKind::Path, ast::Value::Str(text)) => {
            return Some(OptionValue::Str(text.value.as_str().into()));
        }
        (OptionKind::Text | OptionKind::Path, ast::Value::Call { name, args, span }) => {
            return reference(name, args, *span, diagnostics);
        }
        (OptionKind::Text | OptionKind::Path, _) => {
            "a text in double quotes, `env(\"NAME\")` or `secret(\"NAME\")`".to_owned()
        }
        (OptionKind::Integer(min), ast::Value::Number(n)) => match n.value {
            Some(n) if n >= min => return Some(OptionValue::Int(n)),
            _ => format!("a whole number, at least {min}"),
        },
        (OptionKind::Integer(min), _) => format!("a whole number, at least {min}"),
        (OptionKind::Boolean, ast::Value::Bool(b, _)) => return Some(OptionValue::Bool(*b)),
        (OptionKind::Boolean, _) => "`true` or `false`".to_owned(),
        (OptionKind::Duration, ast::Value::Duration(d)) => return Some(OptionValue::Duration(d.millis)),
        (OptionKind::Duration, _) => "a duration such as `5s`, `1min` or `250ms`".to_owned(),
        (OptionKind::Size, ast::Value::Size(s)) => return Some(OptionValue::Size(s.bytes)),
        (OptionKind::Size, _) => "a size such as `4gb`".to_owned(),
        (OptionKind::Word(words), given) => {
            let text = match given {
                ast::Value::Word(word) => Some(word.text.as_str()),
                ast::Value::Str(text) => Some(text.value.as_str()),
                _ => None,
            };
            if let Some(word) = text
                && words.contains(&word)
            {
                return Some(OptionValue::Str(word.into()));
            }
            let list = words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ");
            let mut d = Diagnostic::new(
                schemas::BAD_OPTION_VALUE,
                given.span(),
                format!("`{}` must be one of {list}", spec.name),
            );
            if let Some(near) = text.and_then(|t| did_you_mean(t, words.iter().copied())) {
                d = d.help(format!("did you mean `{near}`?")).fix(
                    format!("change to `{near}`"),
                    given.span(),
                    near,
                );
            }
            diagnostics.push(d);
            return None;
        }
        (OptionKind::Columns | OptionKind::Schema | OptionKind::Expression, _) => return None,
    };
    let message = format!("`{}` must be {wanted}", spec.name);
    diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, value.span(), message).help(spec.doc));
    None
}

/// `env("NAME", "default")` or `secret("NAME")`.
fn reference(
    name: &ast::Name,
    args: &[ast::Value],
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<OptionValue> {
    let text = |v: &ast::Value| match v {
        ast::Value::Str(s) => Some(SmolStr::from(s.value.as_str())),
        _ => None,
    };
    let found = match (name.text.as_str(), args) {
        ("env", [variable]) => text(variable).map(|name| OptionValue::Env { name, default: None }),
        ("env", [variable, default]) => match (text(variable), text(default)) {
            (Some(name), Some(default)) => Some(OptionValue::Env { name, default: Some(default) }),
            _ => None,
        },
        ("secret", [variable]) => text(variable).map(|name| OptionValue::Secret { name }),
        _ => None,
    };
    if found.is_none() {
        let message = "expected a text, `env(\"NAME\", \"default\")` or `secret(\"NAME\")`";
        diagnostics.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, span, message));
    }
    found
}

/// "Unknown option", with the nearest one.
pub(crate) fn unknown_option<'a>(
    of: &str,
    key: &ast::Name,
    names: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let names: Vec<&str> = names.collect();
    let mut d =
        Diagnostic::new(schemas::UNKNOWN_OPTION, key.span, format!("{of} has no option `{}`", key.text));
    d = match did_you_mean(&key.text, names.iter().copied()) {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).fix(format!("change to `{near}`"), key.span, near)
        }
        None => d.help(format!(
            "its options are {}",
            names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
        )),
    };
    d
}

fn known(role: Role) -> String {
    let names: Vec<String> = crate::table()
        .iter()
        .filter(|c| c.support(role).is_some())
        .map(|c| format!("`{}`", c.name))
        .collect();
    format!("a {} can be {}", role.as_str(), names.join(", "))
}

fn unknown_connector(name: &ast::Name, role: Role) -> Diagnostic {
    let d = Diagnostic::new(
        schemas::UNKNOWN_CONNECTOR,
        name.span,
        format!("there is no connector `{}`", name.text),
    );
    match did_you_mean(&name.text, crate::table().iter().map(|c| c.name)) {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).fix(format!("change to `{near}`"), name.span, near)
        }
        None => d.help(known(role)),
    }
}
