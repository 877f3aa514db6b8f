//! The one writer: results to standard output, messages to standard error.

use crate::arguments::Color;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Where results and messages go, and whether they are coloured.
pub(crate) struct Console {
    color_out: bool,
    color_err: bool,
    quiet: bool,
    result_watched: bool,
    /// Whether a result could not be written, though somebody wants it.
    lost: AtomicBool,
}

impl Console {
    /// `--color`, then `NO_COLOR` and `CLICOLOR_FORCE`, then whether it is a terminal.
    pub fn new(color: Color, quiet: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty() && v != "0");
        let decide = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !set("NO_COLOR") && (set("CLICOLOR_FORCE") || terminal),
        };
        Self {
            color_out: decide(std::io::stdout().is_terminal()),
            color_err: decide(std::io::stderr().is_terminal()),
            quiet,
            result_watched: std::io::stdout().is_terminal(),
            lost: AtomicBool::new(false),
        }
    }

    /// Whether messages are coloured.
    pub fn color_err(&self) -> bool {
        self.color_err
    }

    /// Whether only errors are said.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether somebody watches messages as they come: progress is shown to people only.
    pub fn is_watched(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    /// Whether somebody watches results as they come.
    pub fn is_result_watched(&self) -> bool {
        self.result_watched
    }

    /// Whether a result could not be written: a full disk, not a reader that went away.
    pub fn has_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Writes a result. A reader that went away (`| head`) is no error; anything else is said on standard error.
    pub fn result(&self, text: &str) -> Result<(), ()> {
        self.result_bytes(text.as_bytes())
    }

    /// The same for bytes.
    pub fn result_bytes(&self, bytes: &[u8]) -> Result<(), ()> {
        let mut out = std::io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(()),
            Err(error) => {
                if !self.lost.swap(true, Ordering::Relaxed) {
                    self.message(&format!("error: cannot write to standard output: {error}"));
                }
                Err(())
            }
        }
    }

    /// Writes a message, with a line end.
    #[expect(clippy::unused_self, reason = "messages go through the console, whatever it needs for that")]
    pub fn message(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end_matches('\n'));
    }

    /// Writes a message that is no error: left out where only errors are wanted.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.message(text);
        }
    }

    /// `text` in bold and colour on standard error, if colours are on there.
    pub fn paint(&self, style: Style, text: &str) -> String {
        style.paint(text, self.color_err)
    }

    /// The same for standard output.
    pub fn paint_out(&self, style: Style, text: &str) -> String {
        style.paint(text, self.color_out)
    }
}

/// Colours by meaning.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    Error,
    Warning,
    Hint,
    Good,
    Dim,
    Bold,
}

impl Style {
    fn paint(self, text: &str, color: bool) -> String {
        if !color {
            return text.to_owned();
        }
        let code = match self {
            Self::Error => "1;31",
            Self::Warning => "1;33",
            Self::Hint => "1;36",
            Self::Good => "1;32",
            Self::Dim => "2",
            Self::Bold => "1",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}
