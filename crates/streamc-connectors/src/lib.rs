//! The typed table of connectors, formats and their options.
//!
//! Each connector is declared once ([`table`]): its options with type, default, documentation and the key that each
//! engine knows them by. The checks of a declaration, the backends, the reference page and completion read it.

mod app_options;
pub mod connectors;
mod option;
mod reference;
mod resolve;

pub use app_options::{APP_OPTIONS, resolve_app};
pub use option::{Connector, EngineSupport, OptionKind, OptionSpec, Required, Role, Support};
pub use reference::reference;
pub use resolve::{ExprField, Resolved, SchemaField, resolve};

static TABLE: &[&Connector] = &[
    &connectors::kafka::KAFKA,
    &connectors::upsert_kafka::UPSERT_KAFKA,
    &connectors::file::FILE,
    &connectors::datagen::DATAGEN,
    &connectors::print::PRINT,
    &connectors::jdbc::JDBC,
    &connectors::hive::HIVE,
];

/// Every connector, in the order of the reference.
pub fn table() -> &'static [&'static Connector] {
    TABLE
}

/// The connector of that name.
pub fn find(name: &str) -> Option<&'static Connector> {
    table().iter().copied().find(|c| c.name == name)
}
