//! Lossless lexer, total parser, syntax tree and formatter of the .stream language.
