//! What a file declares, which files make an application, and what its names mean.

use crate::database::Db;
use crate::files::{File, Files, parsed};
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::path::Path;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::names;
use streamc_syntax::ast::{self, Item};

/// What a declaration declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum DeclarationKind {
    Source,
    Stream,
    Sink,
}

/// A declaration, without its place in the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Declaration {
    /// Its name.
    pub name: SmolStr,
    /// What it declares.
    pub kind: DeclarationKind,
    /// Index of the item in the file.
    pub item: usize,
}

/// What a file offers to others and asks of them. Equal before and after an edit inside a body or a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signature {
    /// The components, in order.
    pub declarations: Vec<Declaration>,
    /// The paths of `use`, as written.
    pub uses: Vec<SmolStr>,
    /// Whether there is an `app`.
    pub has_app: bool,
}

/// The file's signature.
#[salsa::tracked(returns(ref))]
pub fn signature(db: &dyn Db, file: File) -> Signature {
    let mut out = Signature::default();
    for (item, node) in parsed(db, file).file.items.iter().enumerate() {
        let (name, kind) = match node {
            Item::Source(d) => (&d.name, DeclarationKind::Source),
            Item::Stream(d) => (&d.name, DeclarationKind::Stream),
            Item::Sink(d) => (&d.name, DeclarationKind::Sink),
            Item::Use(used) => {
                out.uses.push(used.path.value.as_str().into());
                continue;
            }
            Item::App(_) => {
                out.has_app = true;
                continue;
            }
            Item::Test(_) | Item::Error(_) => continue,
        };
        if !name.is_missing() {
            out.declarations.push(Declaration { name: name.text.clone(), kind, item });
        }
    }
    out
}

/// The path of a used file, relative to the file that names it.
pub(crate) fn beside(file: &str, path: &str) -> std::path::PathBuf {
    Path::new(file).parent().unwrap_or(Path::new("")).join(path)
}

/// The files of the application whose root is `root`: the root first, then used files, each once, in the order of
/// their first use.
#[salsa::tracked(returns(ref))]
pub fn application_files(db: &dyn Db, root: File) -> Vec<File> {
    let mut files = vec![root];
    let mut next = 0;
    while let Some(file) = files.get(next).copied() {
        next += 1;
        for path in &signature(db, file).uses {
            let used = Files::open(db, &beside(file.path(db), path));
            if used.bytes(db).is_ok() && !files.contains(&used) {
                files.push(used);
            }
        }
    }
    files
}

/// The components of an application by name: the file and the item of the first declaration.
pub type Symbols = IndexMap<SmolStr, (File, Declaration)>;

/// What the names of an application mean.
#[salsa::tracked(returns(ref))]
pub fn symbols(db: &dyn Db, root: File) -> Symbols {
    let mut out = Symbols::new();
    for file in application_files(db, root) {
        for declaration in &signature(db, *file).declarations {
            out.entry(declaration.name.clone()).or_insert_with(|| (*file, declaration.clone()));
        }
    }
    out
}

/// Problems with `use`, `app` and duplicate names in the application of `root`.
pub(crate) fn name_diagnostics(db: &dyn Db, root: File, out: &mut Vec<Diagnostic>) {
    let files = application_files(db, root);
    for file in files {
        let tree = &parsed(db, *file).file;
        let mut app: Option<&ast::App> = None;
        for (index, item) in tree.items.iter().enumerate() {
            match item {
                Item::Use(used) => use_diagnostics(db, root, *file, used, out),
                Item::App(this) => {
                    if let Some(first) = app {
                        let message = "a file has one `app`";
                        out.push(
                            Diagnostic::new(names::NO_APP, this.name.span, message)
                                .also(first.name.span, "the first one"),
                        );
                    } else if *file != root && signature(db, root).has_app {
                        let message = "a file that another one uses has no `app` of its own";
                        out.push(
                            Diagnostic::new(names::NO_APP, this.name.span, message)
                                .help("move the shared declarations into a file without an `app`"),
                        );
                    }
                    app.get_or_insert(this);
                }
                _ => duplicate(db, root, *file, index, item, out),
            }
        }
    }
}

fn duplicate(db: &dyn Db, root: File, file: File, index: usize, item: &Item, out: &mut Vec<Diagnostic>) {
    let Some(name) = item.name().filter(|n| !n.is_missing()) else { return };
    let Some((first_file, first)) = symbols(db, root).get(&name.text) else { return };
    if (*first_file, first.item) == (file, index) {
        return;
    }
    let mut d =
        Diagnostic::new(names::DUPLICATE_NAME, name.span, format!("`{}` is declared twice", name.text));
    if let Some(other) = parsed(db, *first_file).file.items.get(first.item).and_then(Item::name) {
        d = d.also(other.span, "the first declaration");
    }
    out.push(
        d.help("every component of an application has a name of its own, sources, streams and sinks alike"),
    );
}

fn use_diagnostics(db: &dyn Db, root: File, file: File, used: &ast::Use, out: &mut Vec<Diagnostic>) {
    let path = beside(file.path(db), &used.path.value);
    let target = Files::open(db, &path);
    if let Err(error) = target.bytes(db) {
        let message = if error.not_found {
            format!("there is no file `{}`", used.path.value)
        } else {
            error.message.clone()
        };
        let help = format!("the path is relative to this file: {} was tried", path.display());
        out.push(Diagnostic::new(names::USE_NOT_FOUND, used.path.span, message).help(help));
        return;
    }
    let _ = root;
    if let Some(mut cycle) = path_back(db, target, file) {
        cycle.insert(0, file);
        cycle.push(file);
        let chain = cycle.iter().map(|f| f.path(db).as_str()).collect::<Vec<_>>().join(" → ");
        let message = format!("files use one another in a cycle: {chain}");
        let mut d = Diagnostic::new(names::USE_CYCLE, used.path.span, message)
            .help("move what both need into a third file");
        if file != root && file == target {
            d = d.label("the file uses itself");
        }
        out.push(d);
    }
}

/// The files on the way from `from` to `to` by `use`, without `to`; `None` if there is no way.
fn path_back(db: &dyn Db, from: File, to: File) -> Option<Vec<File>> {
    if from == to {
        return Some(Vec::new());
    }
    let mut seen = vec![from];
    let mut ways = vec![vec![from]];
    while let Some(way) = ways.pop() {
        let last = *way.last()?;
        for path in &signature(db, last).uses {
            let next = Files::open(db, &beside(last.path(db), path));
            if next == to {
                return Some(way);
            }
            if next.bytes(db).is_ok() && !seen.contains(&next) {
                seen.push(next);
                let mut longer = way.clone();
                longer.push(next);
                ways.push(longer);
            }
        }
    }
    None
}
