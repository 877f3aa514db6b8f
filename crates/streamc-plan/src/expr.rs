//! Typed expressions.

use smol_str::SmolStr;
use streamc_diagnostics::Span;
use streamc_functions::FunctionRef;
use streamc_types::{DataType, Value};

/// A typed expression over the columns of one row. In a join the row is the left one followed by the right one.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// Its type.
    pub ty: DataType,
    /// Where it is written; `None` if the compiler made it.
    pub span: Option<Span>,
}

/// What an expression computes.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Value),
    /// The column of that index.
    Column(usize),
    /// A field of a `ROW`.
    Field {
        /// The row.
        base: Box<Expr>,
        /// Its index in the row type.
        index: usize,
        /// Its name.
        name: SmolStr,
    },
    /// A function or operator. Arguments have the types that its rule asked for.
    Call {
        /// The function.
        function: FunctionRef,
        /// The arguments.
        arguments: Vec<Expr>,
    },
    /// A cast to the expression's type.
    Cast {
        /// What is cast.
        input: Box<Expr>,
        /// `TRY_CAST`: `NULL` in place of a failure.
        lenient: bool,
        /// Put in by the compiler: the engine does the same by itself.
        implicit: bool,
    },
    /// `CASE WHEN … THEN … ELSE … END`; a `CASE x WHEN …` is stored with its comparisons.
    Case {
        /// Conditions and results.
        branches: Vec<(Expr, Expr)>,
        /// The `ELSE`, a `NULL` literal where none is written.
        otherwise: Box<Expr>,
    },
    /// `value [NOT] IN (a, b)`.
    InList {
        /// The value.
        value: Box<Expr>,
        /// The list.
        list: Vec<Expr>,
        /// `NOT IN`.
        negated: bool,
    },
    /// Could not be typed; an error was reported.
    Error,
}

impl Expr {
    /// An expression that the compiler makes.
    pub fn new(kind: ExprKind, ty: DataType) -> Self {
        Self { kind, ty, span: None }
    }

    /// The same expression at that place.
    pub fn at(mut self, span: impl Into<Option<Span>>) -> Self {
        self.span = span.into();
        self
    }

    /// The column `index` of type `ty`.
    pub fn column(index: usize, ty: DataType) -> Self {
        Self::new(ExprKind::Column(index), ty)
    }

    /// A constant.
    pub fn literal(value: Value, ty: DataType) -> Self {
        Self::new(ExprKind::Literal(value), ty)
    }

    /// An expression of unknown type, after an error.
    pub fn error(span: impl Into<Option<Span>>) -> Self {
        Self::new(ExprKind::Error, DataType::unknown()).at(span)
    }

    /// The index, if it is a bare column.
    pub fn as_column(&self) -> Option<usize> {
        match self.kind {
            ExprKind::Column(index) => Some(index),
            _ => None,
        }
    }

    /// Whether two expressions compute the same, wherever they are written.
    pub fn is_same(&self, other: &Self) -> bool {
        if self.ty != other.ty {
            return false;
        }
        let kinds = match (&self.kind, &other.kind) {
            (ExprKind::Literal(x), ExprKind::Literal(y)) => x == y,
            (ExprKind::Column(x), ExprKind::Column(y)) => x == y,
            (ExprKind::Field { index: x, .. }, ExprKind::Field { index: y, .. }) => x == y,
            (ExprKind::Call { function: x, .. }, ExprKind::Call { function: y, .. }) => x == y,
            (ExprKind::Cast { lenient: x, .. }, ExprKind::Cast { lenient: y, .. }) => x == y,
            (ExprKind::Case { branches: x, .. }, ExprKind::Case { branches: y, .. }) => x.len() == y.len(),
            (ExprKind::InList { negated: x, .. }, ExprKind::InList { negated: y, .. }) => x == y,
            _ => false,
        };
        let (x, y) = (self.children(), other.children());
        kinds && x.len() == y.len() && x.iter().zip(&y).all(|(x, y)| x.is_same(y))
    }

    /// Whether it has the same value whenever it is computed of the same row.
    pub fn is_deterministic(&self) -> bool {
        let here = match &self.kind {
            ExprKind::Call { function, .. } => function.deterministic,
            _ => true,
        };
        here && self.children().into_iter().all(Self::is_deterministic)
    }

    /// Its direct parts.
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Column(_) | ExprKind::Error => Vec::new(),
            ExprKind::Field { base, .. } => vec![base],
            ExprKind::Call { arguments, .. } => arguments.iter().collect(),
            ExprKind::Cast { input, .. } => vec![input],
            ExprKind::Case { branches, otherwise } => {
                branches.iter().flat_map(|(c, r)| [c, r]).chain([otherwise.as_ref()]).collect()
            }
            ExprKind::InList { value, list, .. } => std::iter::once(value.as_ref()).chain(list).collect(),
        }
    }

    /// Its direct parts, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            ExprKind::Literal(_) | ExprKind::Column(_) | ExprKind::Error => Vec::new(),
            ExprKind::Field { base, .. } => vec![base],
            ExprKind::Call { arguments, .. } => arguments.iter_mut().collect(),
            ExprKind::Cast { input, .. } => vec![input],
            ExprKind::Case { branches, otherwise } => {
                branches.iter_mut().flat_map(|(c, r)| [c, r]).chain([otherwise.as_mut()]).collect()
            }
            ExprKind::InList { value, list, .. } => std::iter::once(value.as_mut()).chain(list).collect(),
        }
    }

    /// Calls `f` with this expression and every part of it, outermost first.
    pub fn walk<'a>(&'a self, f: &mut impl FnMut(&'a Self)) {
        f(self);
        for child in self.children() {
            child.walk(f);
        }
    }

    /// The columns it reads, ascending, each once.
    pub fn columns(&self) -> Vec<usize> {
        let mut out = Vec::new();
        self.walk(&mut |e| out.extend(e.as_column()));
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The same expression with every column index `i` replaced by `f(i)`.
    pub fn map_columns(mut self, f: &impl Fn(usize) -> usize) -> Self {
        fn go(e: &mut Expr, f: &impl Fn(usize) -> usize) {
            if let ExprKind::Column(index) = &mut e.kind {
                *index = f(*index);
            }
            for child in e.children_mut() {
                go(child, f);
            }
        }
        go(&mut self, f);
        self
    }

    /// Splits `a AND b AND c` into its parts.
    pub fn conjuncts(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Call { function, arguments } if function.name == "AND" => {
                arguments.iter().flat_map(Self::conjuncts).collect()
            }
            _ => vec![self],
        }
    }
}

/// An aggregate function over the rows of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateCall {
    /// The function.
    pub function: FunctionRef,
    /// Its arguments; none for `COUNT(*)`.
    pub arguments: Vec<Expr>,
    /// `DISTINCT`.
    pub distinct: bool,
    /// `FILTER (WHERE …)`.
    pub filter: Option<Expr>,
    /// Type of the result.
    pub ty: DataType,
    /// Name of the column it makes.
    pub name: SmolStr,
    /// Where it is written.
    pub span: Option<Span>,
}
