//! Hashes of strings and bytes, as hexadecimal digits in small letters.

use crate::arguments::{bytes, int, strict};
use crate::entry::scalar;
use crate::families::encoding::to_hex;
use crate::function::{Argument, CallError, EvalError, Evaluator, Family, Function, TypeRule, Typed};
use crate::rules::{Takes, fixed, literal_int};
use crate::spark::SparkForm;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use streamc_types::{TypeKind, Value};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    hash("MD5", |f, a| fixed(f, a, &[Takes::TextOrBytes], TypeKind::Char(32)), strict!(|_, _, a| digest::<Md5>(a)))
        .doc("The MD5 hash: 32 hexadecimal digits.", "MD5('abc')", "900150983cd24fb0d6963f7d28e17f72"),
    hash("SHA1", |f, a| fixed(f, a, &[Takes::TextOrBytes], TypeKind::Char(40)), strict!(|_, _, a| digest::<Sha1>(a)))
        .doc("The SHA-1 hash: 40 hexadecimal digits.", "SHA1('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    hash("SHA224", |f, a| fixed(f, a, &[Takes::TextOrBytes], TypeKind::Char(56)), strict!(|_, _, a| digest::<Sha224>(a)))
        .spark(SparkForm::Template("sha2({0}, 224)"))
        .doc(
            "The SHA-224 hash: 56 hexadecimal digits.",
            "SHA224('abc')",
            "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        ),
    hash("SHA256", |f, a| fixed(f, a, &[Takes::TextOrBytes], TypeKind::Char(64)), strict!(|_, _, a| digest::<Sha256>(a)))
        .spark(SparkForm::Template("sha2({0}, 256)"))
        .doc(
            "The SHA-256 hash: 64 hexadecimal digits.",
            "SHA256('abc')",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
    hash("SHA384", |f, a| fixed(f, a, &[Takes::TextOrBytes], TypeKind::Char(96)), strict!(|_, _, a| digest::<Sha384>(a)))
        .spark(SparkForm::Template("sha2({0}, 384)"))
        .doc(
            "The SHA-384 hash: 96 hexadecimal digits.",
            "SHA384('abc')",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        ),
    hash("SHA512", |f, a| fixed(f, a, &[Takes::TextOrBytes], TypeKind::Char(128)), strict!(|_, _, a| digest::<Sha512>(a)))
        .spark(SparkForm::Template("sha2({0}, 512)"))
        .doc(
            "The SHA-512 hash: 128 hexadecimal digits.",
            "SHA512('abc')",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    scalar(Family::Hash, "SHA2", (2, 2), sha2_rule, strict!(|_, _, a| match int(a, 1)? {
        224 => digest::<Sha224>(a),
        256 => digest::<Sha256>(a),
        384 => digest::<Sha384>(a),
        512 => digest::<Sha512>(a),
        bits => Err(EvalError::new(format!("there is no SHA-2 hash of {bits} bits"))),
    }))
    .doc(
        "The SHA-2 hash of 224, 256, 384 or 512 bits.",
        "SHA2('abc', 224)",
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
    ),
];

const fn hash(name: &'static str, rule: TypeRule, eval: Evaluator) -> Function {
    scalar(Family::Hash, name, (1, 1), rule, eval)
}

fn sha2_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let typed = fixed(function, arguments, &[Takes::TextOrBytes, Takes::Int], TypeKind::Varchar(128))?;
    match literal_int(arguments, 1) {
        Some(224 | 256 | 384 | 512) => Ok(typed),
        _ => Err(CallError {
            argument: Some(1),
            message: "`SHA2` needs a constant number of bits: 224, 256, 384 or 512".to_owned(),
            help: None,
        }),
    }
}

fn digest<D: Digest>(arguments: &[Value]) -> Result<Value, EvalError> {
    Ok(Value::str(to_hex(&D::digest(bytes(arguments, 0)?))))
}
