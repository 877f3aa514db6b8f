//! The committed list of SHA-256 sums: one line per jar, `<sum>  <component>/<file>`, sorted by path.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::{cache, digest};

/// Sums by `component/file`.
#[derive(Clone, Debug, Default)]
pub struct Checksums(BTreeMap<String, String>);

/// Where the list is in the tree.
pub fn path() -> PathBuf {
    super::engine_file("checksums.txt")
}

impl Checksums {
    /// Reads the committed list.
    pub fn load() -> Result<Self> {
        let path = path();
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("cannot read {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut sums = BTreeMap::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let Some((sum, file)) = line.split_once("  ") else {
                bail!("line {}: not `sum  file`", index + 1)
            };
            sums.insert(file.to_owned(), sum.to_owned());
        }
        Ok(Self(sums))
    }

    /// Writes the list.
    pub fn save(&self) -> Result<()> {
        let mut text =
            String::from("# SHA-256 of every jar; rewritten by `cargo xtask setup --write-checksums`.\n");
        for (file, sum) in &self.0 {
            text.push_str(&format!("{sum}  {file}\n"));
        }
        std::fs::write(path(), text)?;
        Ok(())
    }

    /// The lines of one component.
    pub fn lines_of(&self, component: &str) -> String {
        let prefix = format!("{component}/");
        let lines = self.0.iter().filter(|(file, _)| file.starts_with(&prefix));
        lines.map(|(file, sum)| [sum.as_str(), "  ", file, "\n"].concat()).collect()
    }

    /// Replaces what is known of a component by the jars in `folder`.
    pub fn record(&mut self, component: &str, folder: &Path) -> Result<()> {
        let prefix = format!("{component}/");
        self.0.retain(|file, _| !file.starts_with(&prefix));
        self.0.extend(sums_of(component, folder)?);
        Ok(())
    }

    /// Fails unless `folder` holds exactly the listed jars with the listed sums.
    pub fn verify(&self, component: &str, folder: &Path) -> Result<()> {
        let prefix = format!("{component}/");
        let found = sums_of(component, folder)?;
        let mut wrong = Vec::new();
        for (file, sum) in &found {
            match self.0.get(file) {
                None => wrong.push(format!("{file}: not in the list of checksums")),
                Some(expected) if expected != sum => {
                    wrong.push(format!("{file}: SHA-256 is {sum}, should be {expected}"));
                }
                Some(_) => {}
            }
        }
        for file in self.0.keys().filter(|file| file.starts_with(&prefix) && !found.contains_key(*file)) {
            wrong.push(format!("{file}: was not fetched"));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        bail!("what was fetched is not what {} lists:\n  {}", path().display(), wrong.join("\n  "))
    }
}

fn sums_of(component: &str, folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut sums = BTreeMap::new();
    for jar in cache::jars(folder)? {
        let name = jar.file_name().unwrap_or_default().to_string_lossy().into_owned();
        sums.insert(format!("{component}/{name}"), digest::of_file(&jar)?);
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::Checksums;

    #[test]
    fn a_changed_a_missing_and_an_extra_jar_are_each_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.jar"), "a").unwrap();
        std::fs::write(folder.path().join("b.jar"), "b").unwrap();
        let mut sums = Checksums::default();
        sums.record("x", folder.path()).unwrap();
        sums.verify("x", folder.path()).unwrap();
        std::fs::write(folder.path().join("a.jar"), "changed").unwrap();
        std::fs::rename(folder.path().join("b.jar"), folder.path().join("c.jar")).unwrap();
        let error = sums.verify("x", folder.path()).unwrap_err().to_string();
        assert!(error.contains("x/a.jar: SHA-256 is"), "{error}");
        assert!(error.contains("x/b.jar: was not fetched"), "{error}");
        assert!(error.contains("x/c.jar: not in the list"), "{error}");
    }
}
