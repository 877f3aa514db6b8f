//! sqlparser dialect and the binder from SQL text to the typed plan.
