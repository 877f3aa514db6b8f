//! `ST9xxx`: our own faults.

super::codes! {
    INTERNAL = ST9001 Error "internal error";
}
