//! Schema inference from sample records.
