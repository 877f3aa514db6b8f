//! Many expressions over the same few rows, in as few queries as possible: a query costs far more than an expression.

use anyhow::{Result, ensure};
use serde_json::Value;

/// How many expressions go into one query at most.
const MOST: usize = 40;

/// The type of an expression, and its value in each row.
pub type Evaluated = (String, Vec<Value>);

/// Types of the columns and rows of one query.
pub(super) type Answer = (Vec<String>, Vec<Vec<Value>>);

/// Evaluates each expression as a column of `SELECT … FROM from`. Rows are put in the order of the integer column
/// `order`: engines give them in any order, even those of one `VALUES`. `ask` runs one query; when that fails, its expressions
/// are tried in halves, so that an error is given to the very expression that has it.
pub(super) fn evaluate<E>(
    from: &str,
    order: &str,
    expressions: &[String],
    ask: &dyn Fn(&str) -> Result<Result<Answer, E>>,
) -> Result<Vec<Result<Evaluated, E>>> {
    let mut results = Vec::with_capacity(expressions.len());
    for chunk in expressions.chunks(MOST) {
        evaluate_chunk(from, order, chunk, ask, &mut results)?;
    }
    Ok(results)
}

fn evaluate_chunk<E>(
    from: &str,
    order: &str,
    expressions: &[String],
    ask: &dyn Fn(&str) -> Result<Result<Answer, E>>,
    results: &mut Vec<Result<Evaluated, E>>,
) -> Result<()> {
    let columns: Vec<String> =
        expressions.iter().enumerate().map(|(index, text)| format!("{text} AS x{}", index + 1)).collect();
    match ask(&format!("SELECT {order} AS x0, {} FROM {from}", columns.join(", ")))? {
        Ok((types, mut rows)) => {
            ensure!(types.len() == expressions.len() + 1, "{} columns for {columns:?}", types.len());
            ensure!(rows.iter().all(|row| row[0].is_i64()), "{order} is not an integer in every row");
            rows.sort_by_key(|row| row[0].as_i64());
            for (index, kind) in types.into_iter().enumerate().skip(1) {
                results.push(Ok((kind, rows.iter().map(|row| row[index].clone()).collect())));
            }
        }
        Err(error) if expressions.len() == 1 => results.push(Err(error)),
        Err(_) => {
            let (left, right) = expressions.split_at(expressions.len() / 2);
            evaluate_chunk(from, order, left, ask, results)?;
            evaluate_chunk(from, order, right, ask, results)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_given_to_the_expression_that_has_it() {
        let expressions: Vec<String> = (0..100).map(|n| format!("e{n}")).collect();
        let asked = std::cell::Cell::new(0);
        let ask = |query: &str| -> Result<Result<Answer, String>> {
            asked.set(asked.get() + 1);
            if query.contains("e57 ") {
                return Ok(Err("e57 is wrong".to_owned()));
            }
            let columns = query.matches(" AS ").count();
            Ok(Ok((vec!["INT".to_owned(); columns], [2, 1].map(|n| vec![Value::from(n); columns]).to_vec())))
        };
        let results = evaluate("t", "id", &expressions, &ask).unwrap();
        assert_eq!(results.len(), 100);
        let wrong: Vec<usize> = (0..100).filter(|&index| results[index].is_err()).collect();
        assert_eq!(wrong, [57]);
        assert_eq!(results[0], Ok(("INT".to_owned(), vec![Value::from(1), Value::from(2)])));
        assert!(asked.get() < 16, "{} queries", asked.get());
    }
}
