//! The typed table of connectors, formats and their options.
