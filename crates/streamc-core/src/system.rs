//! Access to files: the disk, memory, or an editor's overlay over the disk.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Why a file could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemError {
    /// What was tried, on which path, and what the operating system said: one sentence.
    pub message: String,
    /// Whether the path does not exist.
    pub not_found: bool,
}

impl fmt::Display for SystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for SystemError {}

/// Files as the compiler sees them. Every read and write of the product goes through an implementation.
pub trait System: Send + Sync {
    /// The bytes of a file.
    fn read(&self, path: &Path) -> Result<Arc<[u8]>, SystemError>;
    /// The bytes of a file, as a stream: for data that need not lie in memory whole.
    fn open(&self, path: &Path) -> Result<Box<dyn std::io::Read + Send>, SystemError> {
        Ok(Box::new(std::io::Cursor::new(self.read(path)?)))
    }
    /// Whether the path is a folder.
    fn is_dir(&self, path: &Path) -> bool;
    /// Whether there is anything at that path.
    fn exists(&self, path: &Path) -> bool;
    /// Names in a folder, sorted.
    fn list(&self, path: &Path) -> Result<Vec<PathBuf>, SystemError>;
    /// Writes a file whole: readers see the old bytes or the new ones. Folders above it are made.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SystemError>;
    /// Replaces the folder `path` by one that holds exactly `files` (relative paths): all of it or nothing.
    fn write_folder(&self, path: &Path, files: &[(String, Vec<u8>)]) -> Result<(), SystemError>;
}

/// A path without `.` and, where that can be told from the text alone, without `..`.
pub fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

/// The disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsSystem;

impl OsSystem {
    fn error(what: &str, path: &Path, error: &std::io::Error) -> SystemError {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            std::io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
            std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
            _ => error.to_string(),
        };
        SystemError {
            message: format!("cannot {what} `{}`: {reason}", path.display()),
            not_found: error.kind() == std::io::ErrorKind::NotFound,
        }
    }
}

/// The bytes of a file, put where they stay: a large sample is in memory once.
#[expect(clippy::disallowed_methods, reason = "the one place that touches the disk")]
fn whole(path: &Path) -> std::io::Result<Arc<[u8]>> {
    let mut file = std::fs::File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, length).collect();
    let mut read = 0;
    if let Some(place) = Arc::get_mut(&mut bytes) {
        while read < length {
            match file.read(&mut place[read..]) {
                Ok(0) => break,
                Ok(count) => read += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    // A pipe has no length, and a file may change while it is read.
    let mut rest = Vec::new();
    file.read_to_end(&mut rest)?;
    if read == length && rest.is_empty() {
        return Ok(bytes);
    }
    Ok([&bytes[..read], &rest].concat().into())
}

#[expect(clippy::disallowed_methods, reason = "the one place that touches the disk")]
impl System for OsSystem {
    fn read(&self, path: &Path) -> Result<Arc<[u8]>, SystemError> {
        if self.is_dir(path) {
            let message = format!("cannot read `{}`: it is a directory", path.display());
            return Err(SystemError { message, not_found: false });
        }
        whole(path).map_err(|e| Self::error("read", path, &e))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn std::io::Read + Send>, SystemError> {
        if self.is_dir(path) {
            return self.read(path).map(|_| Box::new(std::io::empty()) as Box<_>);
        }
        let file = std::fs::File::open(path).map_err(|e| Self::error("read", path, &e))?;
        Ok(Box::new(file))
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn list(&self, path: &Path) -> Result<Vec<PathBuf>, SystemError> {
        let entries = std::fs::read_dir(path).map_err(|e| Self::error("list", path, &e))?;
        let mut out = Vec::new();
        for entry in entries {
            out.push(entry.map_err(|e| Self::error("list", path, &e))?.path());
        }
        out.sort();
        Ok(out)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SystemError> {
        use std::io::Write;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|e| Self::error("create", folder, &e))?;
        let fail = |e: std::io::Error| Self::error("write", path, &e);
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        // A named temporary file is private to its owner; results are made like any other file.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(path).map_or(0o644, |m| m.permissions().mode());
            file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).map_err(fail)?;
        }
        file.persist(path).map_err(|e| fail(e.error))?;
        Ok(())
    }

    fn write_folder(&self, path: &Path, files: &[(String, Vec<u8>)]) -> Result<(), SystemError> {
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let fail = |e: std::io::Error| Self::error("write", path, &e);
        if path.exists() && !path.is_dir() {
            let message = format!("cannot write `{}`: a file is in the way", path.display());
            return Err(SystemError { message, not_found: false });
        }
        std::fs::create_dir_all(parent).map_err(|e| Self::error("create", parent, &e))?;
        // Built beside the target, so that the last step is a rename within one file system.
        let fresh = tempfile::Builder::new().prefix(".streamc-").tempdir_in(parent).map_err(fail)?;
        for (name, bytes) in files {
            self.write(&fresh.path().join(name), bytes)?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(fresh.path(), std::fs::Permissions::from_mode(0o755)).map_err(fail)?;
        }
        let old = path
            .exists()
            .then(|| tempfile::Builder::new().prefix(".streamc-old-").tempdir_in(parent))
            .transpose()
            .map_err(fail)?;
        if let Some(old) = &old {
            std::fs::rename(path, old.path().join("out")).map_err(fail)?;
        }
        let fresh = fresh.keep();
        if let Err(e) = std::fs::rename(&fresh, path) {
            if let Some(old) = &old {
                let _ = std::fs::rename(old.path().join("out"), path);
            }
            let _ = std::fs::remove_dir_all(&fresh);
            return Err(fail(e));
        }
        Ok(())
    }
}

/// Files in memory, for tests.
#[derive(Debug, Default)]
pub struct MemorySystem {
    files: Mutex<BTreeMap<PathBuf, Arc<[u8]>>>,
}

impl MemorySystem {
    /// A system with these files.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let system = Self::default();
        for (path, text) in files {
            system.put(Path::new(path), text.as_bytes());
        }
        system
    }

    /// Adds or replaces a file.
    pub fn put(&self, path: &Path, bytes: &[u8]) {
        self.lock().insert(normalize(path), Arc::from(bytes));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, Arc<[u8]>>> {
        self.files.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl System for MemorySystem {
    fn read(&self, path: &Path) -> Result<Arc<[u8]>, SystemError> {
        self.lock().get(&normalize(path)).cloned().ok_or_else(|| SystemError {
            message: format!("cannot read `{}`: it does not exist", path.display()),
            not_found: true,
        })
    }

    fn is_dir(&self, path: &Path) -> bool {
        let path = normalize(path);
        self.lock().keys().any(|p| p != &path && (p.starts_with(&path) || path == Path::new(".")))
    }

    fn exists(&self, path: &Path) -> bool {
        self.lock().contains_key(&normalize(path)) || self.is_dir(path)
    }

    fn list(&self, path: &Path) -> Result<Vec<PathBuf>, SystemError> {
        let folder = normalize(path);
        let mut out: Vec<PathBuf> = Vec::new();
        for file in self.lock().keys() {
            let below =
                if folder == Path::new(".") { Some(file.as_path()) } else { file.strip_prefix(&folder).ok() };
            if let Some(first) = below.and_then(|b| b.components().next()) {
                let entry = if folder == Path::new(".") {
                    PathBuf::from(first.as_os_str())
                } else {
                    folder.join(first)
                };
                if !out.contains(&entry) {
                    out.push(entry);
                }
            }
        }
        Ok(out)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SystemError> {
        self.put(path, bytes);
        Ok(())
    }

    fn write_folder(&self, path: &Path, files: &[(String, Vec<u8>)]) -> Result<(), SystemError> {
        let folder = normalize(path);
        let mut map = self.lock();
        map.retain(|p, _| !p.starts_with(&folder));
        for (name, bytes) in files {
            map.insert(folder.join(name), Arc::from(bytes.as_slice()));
        }
        Ok(())
    }
}

/// Another system with the unsaved texts of an editor laid over it.
pub struct OverlaySystem<S> {
    below: S,
    overlay: MemorySystem,
}

impl<S: System> OverlaySystem<S> {
    /// Nothing is laid over `below` yet.
    pub fn new(below: S) -> Self {
        Self { below, overlay: MemorySystem::default() }
    }

    /// `bytes` hide the file at `path`.
    pub fn lay_over(&self, path: &Path, bytes: &[u8]) {
        self.overlay.put(path, bytes);
    }

    /// The file below shows again.
    pub fn uncover(&self, path: &Path) {
        self.overlay.lock().remove(&normalize(path));
    }
}

impl<S: System> System for OverlaySystem<S> {
    fn read(&self, path: &Path) -> Result<Arc<[u8]>, SystemError> {
        self.overlay.read(path).or_else(|_| self.below.read(path))
    }
    fn open(&self, path: &Path) -> Result<Box<dyn std::io::Read + Send>, SystemError> {
        self.overlay.open(path).or_else(|_| self.below.open(path))
    }
    fn is_dir(&self, path: &Path) -> bool {
        self.below.is_dir(path)
    }
    fn exists(&self, path: &Path) -> bool {
        self.overlay.exists(path) || self.below.exists(path)
    }
    fn list(&self, path: &Path) -> Result<Vec<PathBuf>, SystemError> {
        self.below.list(path)
    }
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SystemError> {
        self.below.write(path, bytes)
    }
    fn write_folder(&self, path: &Path, files: &[(String, Vec<u8>)]) -> Result<(), SystemError> {
        self.below.write_folder(path, files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_normalised_as_far_as_its_text_allows() {
        for (from, to) in
            [("a/./b", "a/b"), ("a/../b", "b"), ("../a", "../a"), (".", "."), ("/a/../../b", "/../b")]
        {
            assert_eq!(normalize(Path::new(from)), Path::new(to), "{from}");
        }
    }

    #[test]
    fn a_text_laid_over_a_file_hides_it_until_it_is_taken_away() {
        let system = OverlaySystem::new(MemorySystem::new([("a", "disk")]));
        system.lay_over(Path::new("a"), b"editor");
        assert_eq!(&*system.read(Path::new("a")).unwrap(), b"editor");
        system.uncover(Path::new("a"));
        assert_eq!(&*system.read(Path::new("a")).unwrap(), b"disk");
    }
}
