//! A user's own query, as it was written.

use crate::layout::Line;
use smol_str::{SmolStr, format_smolstr};
use streamc_diagnostics::Span;

/// The lines of the text without blank lines at its ends, and without the indentation they share. What stands inside a
/// literal, a quoted name or a comment of several lines is not touched. `span` is the place of the text.
pub(crate) fn lines(text: &str, span: Span, component: &str) -> Vec<Line> {
    let exact = span.len() == text.len();
    let mut rows = rows(text);
    while rows.first().is_some_and(Row::is_blank) {
        rows.remove(0);
    }
    while rows.last().is_some_and(Row::is_blank) {
        rows.pop();
    }
    let indent = |row: &Row<'_>| row.text.len() - row.text.trim_start_matches([' ', '\t']).len();
    let shared = rows.iter().filter(|r| r.starts_outside && !r.is_blank()).map(indent).min().unwrap_or(0);
    let id: SmolStr = format_smolstr!("stream/{component}");
    let line = |row: Row<'_>| {
        let cut = if row.starts_outside { shared.min(indent(&row)) } else { 0 };
        let at = exact.then(|| {
            Span::new(
                span.file,
                span.start as usize + row.start + cut,
                span.start as usize + row.start + row.text.len(),
            )
        });
        let text = &row.text[cut..];
        let text = if row.ends_outside { text.trim_end() } else { text };
        Line { text: text.into(), from: Some((id.clone(), at.or(Some(span)))) }
    };
    rows.into_iter().map(line).collect()
}

struct Row<'a> {
    text: &'a str,
    /// Offset of its first byte.
    start: usize,
    /// Its start is not inside a literal, a quoted name or a comment.
    starts_outside: bool,
    /// The same of its end.
    ends_outside: bool,
}

impl Row<'_> {
    fn is_blank(&self) -> bool {
        self.starts_outside && self.ends_outside && self.text.trim().is_empty()
    }
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let mut out = Vec::new();
    // The character that ends what the scan is in: a quote, or `/` for a comment.
    let mut inside: Option<char> = None;
    let mut start = 0;
    for text in text.split('\n') {
        let starts_outside = inside.is_none();
        let mut chars = text.char_indices().peekable();
        while let Some((_, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            match inside {
                None => match (c, next) {
                    ('-', Some('-')) => break,
                    ('/', Some('*')) => {
                        chars.next();
                        inside = Some('/');
                    }
                    ('\'' | '"' | '`', _) => inside = Some(c),
                    _ => {}
                },
                Some('/') => {
                    if (c, next) == ('*', Some('/')) {
                        chars.next();
                        inside = None;
                    }
                }
                // A doubled quote leaves and enters again.
                Some(quote) => {
                    if c == quote {
                        inside = None;
                    }
                }
            }
        }
        out.push(Row { text, start, starts_outside, ends_outside: inside.is_none() });
        start += text.len() + 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use streamc_diagnostics::FileId;

    fn shown(text: &str) -> Vec<String> {
        let span = Span::new(FileId(0), 10, 10 + text.len());
        lines(text, span, "x").iter().map(|l| l.text.resolved(false)).collect()
    }

    #[test]
    fn shared_indentation_goes_and_literals_stay() {
        assert_eq!(
            shown("\n    SELECT 'a\n  b'\n      FROM x -- it's\n  \n"),
            ["SELECT 'a", "  b'", "  FROM x -- it's"]
        );
    }

    #[test]
    fn the_end_of_a_line_inside_a_literal_is_kept() {
        assert_eq!(shown("SELECT 'a  \n  b' "), ["SELECT 'a  ", "  b'"]);
    }

    #[test]
    fn each_line_knows_its_place() {
        let text = "\n  SELECT 1\n  FROM x";
        let span = Span::new(FileId(0), 10, 10 + text.len());
        let places: Vec<_> =
            lines(text, span, "x").iter().filter_map(|l| l.from.clone()?.1).map(|s| s.start).collect();
        assert_eq!(places, [13, 24]);
    }
}
