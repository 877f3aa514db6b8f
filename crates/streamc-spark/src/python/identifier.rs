//! Python identifiers for the ids of a program.

use indexmap::{IndexMap, IndexSet};

const RESERVED: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "case",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "match",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "type",
    "while",
    "with",
    "yield",
    "job",
    "main",
    "sys",
    "streamc",
    "annotations",
    "F",
    "T",
    "DataFrame",
    "DataStreamWriter",
    "SparkSession",
];

/// Identifiers given out so far: the same id always gets the same identifier, two ids never the same one.
#[derive(Debug, Default)]
pub(crate) struct Names {
    given: IndexMap<String, String>,
    used: IndexSet<String>,
}

impl Names {
    /// The identifier of `name`, with a word before it (`source_`) or none.
    pub(crate) fn of(&mut self, prefix: &str, name: &str) -> String {
        let key = format!("{prefix}\0{name}");
        if let Some(known) = self.given.get(&key) {
            return known.clone();
        }
        let mut word: String = prefix.to_owned();
        word.extend(name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }));
        if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) {
            word.insert(0, '_');
        }
        let local = ["rows", "left", "right"].iter().any(|l| word.starts_with(l));
        if local || word.starts_with("__") || RESERVED.contains(&word.as_str()) {
            word.push('_');
        }
        let mut unique = word.clone();
        let mut n = 2;
        while !self.used.insert(unique.clone()) {
            unique = format!("{word}_{n}");
            n += 1;
        }
        self.given.insert(key, unique.clone());
        unique
    }

    /// A constant's name: in capitals.
    pub(crate) fn constant(&mut self, name: &str, suffix: &str) -> String {
        self.of("", &format!("{}{suffix}", name.to_ascii_uppercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn hostile_ids_become_distinct_identifiers() {
        let mut names = Names::default();
        assert_eq!(names.of("", "a-b"), "a_b");
        assert_eq!(names.of("", "a b"), "a_b_2");
        assert_eq!(names.of("", "a-b"), "a_b");
        assert_eq!(names.of("", "class"), "class_");
        assert_eq!(names.of("", "1st"), "_1st");
        assert_eq!(names.of("source_", "größe"), "source_gr__e");
    }
}
