//! The catalogue of SQL functions and operators: type rule, evaluator, Flink and Spark spelling, one entry each.
