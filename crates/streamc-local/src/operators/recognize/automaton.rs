//! The state machine of a pattern, as Flink's CEP library builds it (`NFACompiler`) for patterns without gaps: greedy
//! variables take a row away from the variable behind them, they never give one back.

use streamc_plan::PatternVariable;

/// A step from one state to another.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    /// Whether it takes the row; otherwise the row is tried in the next state.
    pub(super) takes: bool,
    pub(super) target: usize,
    /// Variables that the row must fit (`true`) or not fit.
    pub(super) conditions: Vec<(usize, bool)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The variable of the rows that it takes.
    pub(super) variable: usize,
    pub(super) edges: Vec<Edge>,
}

/// The states of a pattern; the first one is [`FINAL`].
#[derive(Debug)]
pub(super) struct Automaton {
    pub(super) states: Vec<State>,
    pub(super) start: usize,
}

/// The state of a finished match.
pub(super) const FINAL: usize = 0;

impl Automaton {
    pub(super) fn new(variables: &[PatternVariable]) -> Self {
        let mut automaton = Self { states: vec![State::default()], start: FINAL };
        for (variable, pattern) in variables.iter().enumerate().rev() {
            automaton.start = automaton.variable(variable, pattern, automaton.start);
        }
        automaton
    }

    /// The states of a variable before those that begin at `next`; the first of them.
    fn variable(&mut self, variable: usize, pattern: &PatternVariable, next: usize) -> usize {
        let optional = pattern.least == 0;
        let least = pattern.least.max(1);
        if pattern.greedy {
            for edge in &mut self.states[next].edges {
                edge.conditions.push((variable, false));
            }
        }
        let mut last = next;
        match pattern.most {
            None => {
                // A loop that may be left at any row.
                let looping = self.states.len();
                let leave = Edge { takes: false, target: next, conditions: Vec::new() };
                let stay = Edge { takes: true, target: looping, conditions: vec![(variable, true)] };
                self.states.push(State { variable, edges: vec![leave, stay] });
                last = looping;
            }
            Some(most) => {
                for _ in least..most {
                    last = self.single(variable, last, Some(next));
                }
            }
        }
        for _ in 1..least {
            last = self.single(variable, last, None);
        }
        self.single(variable, last, optional.then_some(next))
    }

    /// A state that takes one row, or gives it on to `skip`.
    fn single(&mut self, variable: usize, next: usize, skip: Option<usize>) -> usize {
        let mut edges = vec![Edge { takes: true, target: next, conditions: vec![(variable, true)] }];
        edges.extend(skip.map(|target| Edge { takes: false, target, conditions: Vec::new() }));
        self.states.push(State { variable, edges });
        self.states.len() - 1
    }
}
