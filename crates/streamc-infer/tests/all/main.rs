//! Tests of the public interface of `streamc-infer`.
