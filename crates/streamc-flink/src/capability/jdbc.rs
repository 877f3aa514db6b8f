//! What Flink's JDBC connector cannot read (documentation of flink-connector-jdbc 4.0, "Data Type Mapping").

use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines::NOT_ON_FLINK;
use streamc_plan::{Component, Source};
use streamc_types::{DataType, TypeKind};

const POSTGRESQL: &str = "jdbc:postgresql:";

/// Of a source.
pub(super) fn source(component: &Component, source: &Source, out: &mut Vec<Diagnostic>) {
    let config = &source.connector;
    if config.connector != "jdbc" {
        return;
    }
    let span_of = |option: &str| config.spans.get(option).copied().or(config.span).or(component.span);
    if let Some(url) = config.text("url")
        && !url.starts_with(POSTGRESQL)
    {
        let message = "Flink is asked for tables of PostgreSQL only";
        let help = format!(
            "write `{POSTGRESQL}//host:5432/database`; there is no release of the connector's other databases for Flink 2"
        );
        out.push(Diagnostic::new(NOT_ON_FLINK, span_of("url"), message).help(help));
    }
    let (user, password) = (config.option("username").is_some(), config.option("password").is_some());
    if user != password {
        let message = "Flink wants a user name and a password, or neither";
        let given = if user { "username" } else { "password" };
        let help = "where the server asks for no password, give an empty one: `password: \"\"`";
        out.push(Diagnostic::new(NOT_ON_FLINK, span_of(given), message).help(help));
    }
    for column in source.schema.columns.iter().filter(|c| !is_read(&c.ty)) {
        let message = format!("Flink reads no {} from PostgreSQL: `{}`", column.ty.kind, column.name);
        let help = "it reads booleans, numbers, texts, `BYTES`, `DATE`, `TIME`, `TIMESTAMP` of up to 6 digits, and arrays of \
                    them; leave the column out, or cast it in a view of the database";
        out.push(Diagnostic::new(NOT_ON_FLINK, span_of("schema"), message).help(help));
    }
}

fn is_read(ty: &DataType) -> bool {
    match &ty.kind {
        TypeKind::Boolean
        | TypeKind::TinyInt
        | TypeKind::SmallInt
        | TypeKind::Int
        | TypeKind::BigInt
        | TypeKind::Float
        | TypeKind::Double
        | TypeKind::Decimal { .. }
        | TypeKind::Char(_)
        | TypeKind::Varchar(_)
        | TypeKind::Date
        | TypeKind::Time(_) => true,
        TypeKind::Varbinary(length) => *length == u32::MAX || *length == i32::MAX as u32,
        TypeKind::Timestamp(digits) => (1..=6).contains(digits),
        TypeKind::Array(element) => is_read(element),
        _ => false,
    }
}
