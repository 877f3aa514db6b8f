//! User text as Python literals: the only way by which it enters a job.

use std::fmt::Write;

/// A string literal. Quotes are chosen as `black` chooses them: double, unless single ones need fewer escapes.
pub(crate) fn string(text: &str) -> String {
    let quote = if text.matches('"').count() > text.matches('\'').count() { '\'' } else { '"' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_hidden(c) => escape(&mut out, c),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// The lines of a docstring at that indentation, quotes included.
pub(crate) fn docstring(text: &str, indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| {
            let mut out = String::new();
            for c in line.trim_end().chars() {
                match c {
                    '\\' => out.push_str("\\\\"),
                    '"' => out.push_str("\\\""),
                    '\t' => out.push_str("    "),
                    c if is_hidden(c) => escape(&mut out, c),
                    c => out.push(c),
                }
            }
            out
        })
        .collect();
    while lines.last().is_some_and(|l| l.trim().is_empty()) {
        lines.pop();
    }
    while lines.first().is_some_and(|l| l.trim().is_empty()) {
        lines.remove(0);
    }
    // Plain quotes read better; they only must not end the string.
    for line in &mut lines {
        *line = line.replace("\\\"", "\"").replace("\"\"\"", "\\\"\\\"\\\"");
    }
    let pad = " ".repeat(indent);
    let last = lines.len().saturating_sub(1);
    let mut out = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let line = if i == 0 { line.trim_start() } else { line.as_str() };
        let space = if line.starts_with('"') { " " } else { "" };
        let mut text = if i == 0 { format!("{pad}\"\"\"{space}{line}") } else { format!("{pad}{line}") };
        if i == last {
            // `black` gives the closing quotes a line of their own where a long text has several lines.
            if i > 0 && text.chars().count() + 3 > 88 {
                out.push(text);
                text = pad.clone();
            } else if ends_with_bare_quote(line) {
                text.truncate(text.len() - 1);
                text.push_str("\\\"");
            }
            text.push_str("\"\"\"");
        }
        out.push(text.trim_end().to_owned());
    }
    out
}

/// Whether the last character is a quote without a backslash of its own before it.
fn ends_with_bare_quote(line: &str) -> bool {
    line.strip_suffix('"').is_some_and(|rest| (rest.len() - rest.trim_end_matches('\\').len()) % 2 == 0)
}

/// One line of a comment, without the number sign.
pub(crate) fn comment(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_hidden(c) => escape(&mut out, c),
            c => out.push(c),
        }
    }
    out.trim_end().to_owned()
}

/// Control characters, line and paragraph separators, and marks that change how text is shown.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn escape(out: &mut String, c: char) {
    let code = u32::from(c);
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_hidden_characters_are_escaped() {
        assert_eq!(string("a"), "\"a\"");
        assert_eq!(string("a\"b"), "'a\"b'");
        assert_eq!(string("a\"b'c"), "\"a\\\"b'c\"");
        assert_eq!(string("\\\n\u{202e}\u{1f600}"), "\"\\\\\\n\\u202e\u{1f600}\"");
        assert_eq!(docstring("ends with \"", 0), ["\"\"\"ends with \\\"\"\"\""]);
        assert_eq!(
            docstring("a \"\"\" b\\\n\n  c", 4),
            ["    \"\"\"a \\\"\\\"\\\" b\\\\", "", "      c\"\"\""]
        );
    }
}
