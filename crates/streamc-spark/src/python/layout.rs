//! Lays out calls as `black` does at its default width.
//!
//! Only what jobs are made of: names, literals, calls, chains of method calls and lists. What fits on a line stays on it.
//! A chain of three calls or more is put in parentheses, one call a line. Otherwise the last call is opened whose head
//! still fits, and its arguments go on one further line, or on a line each.

const WIDTH: usize = 88;

/// An expression.
#[derive(Clone, Debug)]
pub(crate) enum Py {
    /// Text that is never broken.
    Atom(String),
    /// A list.
    List(Vec<Py>),
    /// A dictionary with texts as keys.
    Dict(Vec<(String, Py)>),
    /// A base followed by calls; the first may be a call of the base itself.
    Chain(Box<Py>, Vec<Call>),
}

/// `.name(arguments)`, or `(arguments)` where there is no name.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    name: Option<String>,
    arguments: Vec<Argument>,
}

/// An argument, perhaps with its keyword.
#[derive(Clone, Debug)]
pub(crate) struct Argument(Option<&'static str>, Py);

impl From<Py> for Argument {
    fn from(value: Py) -> Self {
        Self(None, value)
    }
}

impl Py {
    /// Text that is never broken.
    pub(crate) fn atom(text: impl Into<String>) -> Self {
        Self::Atom(text.into())
    }

    /// A string literal.
    pub(crate) fn string(text: &str) -> Self {
        Self::Atom(super::string(text))
    }

    /// `name(arguments)`.
    pub(crate) fn call(name: impl Into<String>, arguments: Vec<Argument>) -> Self {
        Self::Chain(Box::new(Self::atom(name)), vec![Call { name: None, arguments }])
    }

    /// `self.name(arguments)`.
    pub(crate) fn method(self, name: impl Into<String>, arguments: Vec<Argument>) -> Self {
        let call = Call { name: Some(name.into()), arguments };
        match self {
            Self::Chain(base, mut calls) => {
                calls.push(call);
                Self::Chain(base, calls)
            }
            base => Self::Chain(Box::new(base), vec![call]),
        }
    }

    /// As a keyword argument.
    pub(crate) fn named(self, keyword: &'static str) -> Argument {
        Argument(Some(keyword), self)
    }

    fn flat(&self) -> String {
        match self {
            Self::Atom(text) => text.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::flat).collect::<Vec<_>>().join(", ")),
            Self::Dict(entries) => {
                let entries = entries.iter().map(|(k, v)| format!("{}: {}", super::string(k), v.flat()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Self::Chain(base, calls) => {
                let mut out = base.flat();
                for call in calls {
                    out.push_str(&call.flat());
                }
                out
            }
        }
    }

    /// The lines of the expression between `prefix` and `suffix`.
    fn lines(&self, indent: usize, prefix: &str, suffix: &str, top: bool, out: &mut Vec<String>) {
        let line = format!("{}{prefix}{}{suffix}", " ".repeat(indent), self.flat());
        if fits(&line) {
            out.push(line);
            return;
        }
        match self {
            Self::Atom(_) => out.push(line),
            Self::List(items) => {
                out.push(format!("{}{prefix}[", " ".repeat(indent)));
                let items: Vec<Argument> = items.iter().cloned().map(Argument::from).collect();
                body(&items, indent + 4, out);
                out.push(format!("{}]{suffix}", " ".repeat(indent)));
            }
            Self::Dict(entries) => {
                out.push(format!("{}{prefix}{{", " ".repeat(indent)));
                let flat = entries.iter().map(|(k, v)| format!("{}: {}", super::string(k), v.flat()));
                let flat = format!("{}{}", " ".repeat(indent + 4), flat.collect::<Vec<_>>().join(", "));
                if fits(&flat) {
                    out.push(flat);
                } else {
                    for (key, value) in entries {
                        value.lines(indent + 4, &format!("{}: ", super::string(key)), ",", false, out);
                    }
                }
                out.push(format!("{}}}{suffix}", " ".repeat(indent)));
            }
            Self::Chain(base, calls) => {
                let dots = calls.iter().skip(1).filter(|c| c.name.is_some()).count();
                if top && dots >= 2 {
                    out.push(format!("{}{prefix}(", " ".repeat(indent)));
                    for (i, call) in calls.iter().enumerate() {
                        let head = if i == 0 { base.flat() } else { String::new() };
                        let one = Self::Chain(Box::new(Self::Atom(head)), vec![call.clone()]);
                        one.lines(indent + 4, "", "", false, out);
                    }
                    out.push(format!("{}){suffix}", " ".repeat(indent)));
                    return;
                }
                let head_of = |i: usize| {
                    let mut head = format!("{}{prefix}{}", " ".repeat(indent), base.flat());
                    for call in &calls[..i] {
                        head.push_str(&call.flat());
                    }
                    head.push_str(&calls[i].head());
                    head
                };
                let open = (0..calls.len()).rev().filter(|i| !calls[*i].arguments.is_empty());
                let Some(at) = open.clone().find(|i| fits(&head_of(*i))).or_else(|| open.min()) else {
                    out.push(line);
                    return;
                };
                out.push(head_of(at));
                body(&calls[at].arguments, indent + 4, out);
                let mut tail = format!("{})", " ".repeat(indent));
                for call in &calls[at + 1..] {
                    tail.push_str(&call.flat());
                }
                out.push(format!("{tail}{suffix}"));
            }
        }
    }
}

impl Call {
    fn head(&self) -> String {
        self.name.as_ref().map_or_else(|| "(".to_owned(), |name| format!(".{name}("))
    }

    fn flat(&self) -> String {
        format!(
            "{}{})",
            self.head(),
            self.arguments.iter().map(Argument::flat).collect::<Vec<_>>().join(", ")
        )
    }
}

impl Argument {
    fn flat(&self) -> String {
        match self.0 {
            Some(keyword) => format!("{keyword}={}", self.1.flat()),
            None => self.1.flat(),
        }
    }
}

fn body(arguments: &[Argument], indent: usize, out: &mut Vec<String>) {
    let flat = arguments.iter().map(Argument::flat).collect::<Vec<_>>().join(", ");
    let line = format!("{}{flat}", " ".repeat(indent));
    if fits(&line) {
        out.push(line);
        return;
    }
    let suffix = if arguments.len() > 1 { "," } else { "" };
    for Argument(keyword, value) in arguments {
        let prefix = keyword.map_or_else(String::new, |k| format!("{k}="));
        value.lines(indent, &prefix, suffix, false, out);
    }
}

fn fits(line: &str) -> bool {
    line.chars().count() <= WIDTH
}

/// The lines of a statement: `prefix` is `rows = `, `return ` or nothing.
pub(crate) fn statement(indent: usize, prefix: &str, value: &Py) -> Vec<String> {
    let mut out = Vec::new();
    value.lines(indent, prefix, "", true, &mut out);
    out
}
