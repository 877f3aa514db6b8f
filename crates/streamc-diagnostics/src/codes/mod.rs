//! Every code that the compiler can report, by area, each in one line with its severity, title and page.
//!
//! | area | codes |
//! |---|---|
//! | [`syntax`] | `ST1xxx` |
//! | [`names`] | `ST2xxx` names and graph |
//! | [`types`] | `ST3xxx` types and SQL |
//! | [`schemas`] | `ST4xxx` connectors, schemas, configuration, files |
//! | [`engines`] | `ST5xxx` what an engine cannot do |
//! | [`lints`] | `ST7xxx` |
//! | [`internal`] | `ST9xxx` |

use crate::diagnostic::Severity;
use std::fmt;

/// What is known of a code.
#[derive(Debug)]
pub struct CodeInfo {
    /// `ST3012`.
    pub code: &'static str,
    /// A few words, the title of the page.
    pub title: &'static str,
    /// The severity unless configured otherwise.
    pub severity: Severity,
    /// The page in Markdown, as under `docs/diagnostics/`.
    pub page: &'static str,
}

/// A stable code. Equal by its text.
#[derive(Clone, Copy)]
pub struct Code(&'static CodeInfo);

impl Code {
    /// The code, its title, severity and page.
    pub fn info(self) -> &'static CodeInfo {
        self.0
    }

    /// `ST3012`.
    pub fn as_str(self) -> &'static str {
        self.0.code
    }

    /// The code with that text, in any case of letters.
    pub fn find(text: &str) -> Option<Self> {
        all().find(|code| code.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.0.code == other.0.code
    }
}
impl Eq for Code {}
impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.code.hash(state);
    }
}
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code)
    }
}
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code)
    }
}

/// Declares codes: `NAME = ST1001 Error "title";`. The page is `docs/diagnostics/ST1001.md`.
macro_rules! codes {
    ($($name:ident = $code:ident $severity:ident $title:literal;)*) => {
        $(
            #[doc = concat!(stringify!($code), ": ", $title, ".")]
            pub const $name: $crate::codes::Code = $crate::codes::Code::declare(&$crate::codes::CodeInfo {
                code: stringify!($code),
                title: $title,
                severity: $crate::diagnostic::Severity::$severity,
                page: include_str!(concat!("../../../../docs/diagnostics/", stringify!($code), ".md")),
            });
        )*
        /// Every code of this area, in order.
        pub const ALL: &[$crate::codes::Code] = &[$($name),*];
    };
}
pub(crate) use codes;

impl Code {
    pub(crate) const fn declare(info: &'static CodeInfo) -> Self {
        Self(info)
    }
}

pub mod engines;
pub mod internal;
pub mod lints;
pub mod names;
pub mod schemas;
pub mod syntax;
pub mod types;

/// Every code, by area, in order.
pub fn all() -> impl Iterator<Item = Code> {
    [syntax::ALL, names::ALL, types::ALL, schemas::ALL, engines::ALL, lints::ALL, internal::ALL]
        .into_iter()
        .flatten()
        .copied()
}

#[cfg(test)]
mod tests {
    use super::all;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_their_pages_start_with_code_and_title() {
        let mut seen = HashSet::new();
        for code in all() {
            assert!(seen.insert(code.as_str()), "{code} is declared twice");
            let info = code.info();
            let heading = format!("# {}: {}", info.code, info.title);
            assert_eq!(
                info.page.lines().next(),
                Some(heading.as_str()),
                "first line of docs/diagnostics/{code}.md"
            );
        }
    }
}
