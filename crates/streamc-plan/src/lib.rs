//! The typed plan and its printer: expressions, relations and their properties.
