//! Changes as rows, and rows as changes: `TO_CHANGELOG`, `FROM_CHANGELOG`.

use super::{Context, Operator};
use crate::error::{Failure, Outcome, RunErrorKind};
use crate::event::Change;
use smol_str::SmolStr;
use streamc_types::{RowKind, Value};

/// Each change as a row, with its code before it.
pub(crate) struct ToChangelog(pub(crate) Vec<(RowKind, SmolStr)>);

impl Operator for ToChangelog {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        if let Some((_, code)) = self.0.iter().find(|(kind, _)| *kind == change.kind) {
            let code = Value::Str(code.clone());
            cx.emit(RowKind::Insert, std::iter::once(code).chain(change.row.into_vec()).collect());
        }
        Ok(())
    }
}

/// Each row as the change that its code names.
pub(crate) struct FromChangelog {
    pub(crate) column: usize,
    pub(crate) codes: Vec<(SmolStr, RowKind)>,
}

impl Operator for FromChangelog {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let named = match change.row.get(self.column) {
            Some(Value::Str(code)) => {
                let known = self.codes.iter().find(|(known, _)| known == code);
                known.map(|(_, kind)| *kind).ok_or_else(|| {
                    let codes: Vec<&str> = self.codes.iter().map(|(code, _)| code.as_str()).collect();
                    format!("`{code}` is no code of a change; the codes are {}", codes.join(", "))
                })
            }
            _ => Err("the row has no code of a change".to_owned()),
        };
        match named {
            Ok(kind) => {
                let mut values = change.row.into_vec();
                values.remove(self.column);
                cx.emit(kind, values.into_boxed_slice());
                Ok(())
            }
            Err(message) => Err(Box::new(Failure {
                kind: RunErrorKind::Evaluation,
                message,
                span: None,
                row: Some(change.row.into_vec()),
            })),
        }
    }
}
