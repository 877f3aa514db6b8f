//! Makes a query wrong, or only strange: one random change.

use super::dice::Dice;
use super::expressions::{self, Column};
use super::tree::{Node, Part, Sort};

/// Changes one thing.
pub fn mutate(dice: &mut Dice, query: &mut Node, columns: &[Column]) {
    match dice.below(10) {
        0..4 => expression(dice, query, columns),
        4 => text(dice, query),
        5 => drop_of_list(dice, query),
        6 => double_in_list(dice, query),
        _ => spelling(dice, query),
    }
}

fn count(query: &mut Node, sort: Sort) -> usize {
    let mut found = 0;
    query.each(sort, &mut |_| found += 1);
    found
}

/// Another expression, of any type, in the place of one.
fn expression(dice: &mut Dice, query: &mut Node, columns: &[Column]) {
    let at = dice.below(count(query, Sort::Expression));
    let other = match dice.below(8) {
        0 => Node::leaf("nowhere"),
        1 => Node::leaf("NULL"),
        2 => Node::leaf("COUNT(*)"),
        3 => Node::leaf("ROW_NUMBER() OVER (ORDER BY id)"),
        4 => expressions::literal(dice).node,
        _ => Node::of(Sort::Expression, "({})", [Part::Node(expressions::any(dice, columns, 1).node)]),
    };
    let mut index = 0;
    query.each(Sort::Expression, &mut |node| {
        if index == at {
            *node = other.clone();
        }
        index += 1;
    });
}

/// One call with an argument more, or fewer.
fn text(dice: &mut Dice, query: &mut Node) {
    let at = dice.below(count(query, Sort::Expression));
    let mut index = 0;
    let more = dice.percent(50);
    query.each(Sort::Expression, &mut |node| {
        if index == at {
            if more
                && let Some(Part::Text(last)) = node.parts.last_mut()
                && last.ends_with(')')
            {
                last.pop();
                last.push_str(", 1)");
            } else if let Some(hole) = node.parts.iter().position(|p| matches!(p, Part::Node(_))) {
                node.parts.remove(hole);
            }
        }
        index += 1;
    });
}

fn drop_of_list(dice: &mut Dice, query: &mut Node) {
    let mut lists = 0;
    query.each_list(&mut |list| lists += usize::from(!list.items.is_empty()));
    let at = dice.below(lists);
    let item = dice.below(4);
    let mut index = 0;
    query.each_list(&mut |list| {
        if list.items.is_empty() {
            return;
        }
        if index == at && list.items.len() > list.least {
            list.items.remove(item % list.items.len());
        }
        index += 1;
    });
}

fn double_in_list(dice: &mut Dice, query: &mut Node) {
    let mut lists = 0;
    query.each_list(&mut |list| lists += usize::from(!list.items.is_empty()));
    let at = dice.below(lists);
    let mut index = 0;
    query.each_list(&mut |list| {
        if list.items.is_empty() {
            return;
        }
        if index == at {
            list.items.extend(list.items.first().cloned());
        }
        index += 1;
    });
}

/// Words that stand for one another in the grammar and not in meaning.
fn spelling(dice: &mut Dice, query: &mut Node) {
    const SWAPS: [(&str, &str); 20] = [
        (" GROUP BY ", " ORDER BY "),
        ("ORDER BY ts", "ORDER BY id"),
        ("DESCRIPTOR(ts)", "DESCRIPTOR(id)"),
        ("INTERVAL '20' SECOND", "INTERVAL '20' MONTH"),
        ("INTERVAL '10' SECOND", "INTERVAL '7' SECOND"),
        ("rn <=", "rn >="),
        ("rn = 1", "rn = 2"),
        ("LEFT JOIN", "LEFT ANTI JOIN"),
        ("LIMIT 2", "LIMIT -2"),
        ("SUM(", "MAX("),
        ("MIN(", "SUM("),
        ("COUNT(", "AVG("),
        ("AS a1", "AS a2"),
        ("AS c1", "AS c2"),
        ("AS c2", "AS C1"),
        ("id", "ID"),
        (" = ", " > "),
        ("SELECT ", "SELECT DISTINCT "),
        ("PRECEDING", "FOLLOWING"),
        ("window_end", "window_start"),
    ];
    let words = query.to_string();
    let fitting: Vec<_> = SWAPS.iter().filter(|(from, _)| words.contains(from)).collect();
    let Some(&&(from, to)) = dice.pick(&fitting) else { return };
    let mut done = false;
    swap(query, from, to, &mut done);
}

fn swap(node: &mut Node, from: &str, to: &str, done: &mut bool) {
    for part in &mut node.parts {
        match part {
            Part::Text(text) if !*done && text.contains(from) => {
                *text = text.replacen(from, to, 1);
                *done = true;
            }
            Part::Text(_) => {}
            Part::Node(node) => swap(node, from, to, done),
            Part::List(list) => {
                if let (" GROUP BY ", " ORDER BY ", false) = (from, to, *done)
                    && list.before == from
                {
                    list.before = " ORDER BY ";
                    *done = true;
                }
                list.items.iter_mut().for_each(|item| swap(item, from, to, done));
            }
        }
    }
}
