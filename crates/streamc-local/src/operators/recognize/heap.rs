//! A binary heap that keeps equal entries in the places where `java.util.PriorityQueue` keeps them: which of several
//! matches from one row comes out first is decided by the order in which Flink's queues are walked.

/// Entries by the key `K`, the least first.
#[derive(Debug)]
pub(super) struct Heap<T, K> {
    entries: Vec<T>,
    key: fn(&T) -> K,
}

impl<T, K: Ord> Heap<T, K> {
    pub(super) fn new(key: fn(&T) -> K) -> Self {
        Self { entries: Vec::new(), key }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn peek(&self) -> Option<&T> {
        self.entries.first()
    }

    /// In the order of the array.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.entries.iter()
    }

    pub(super) fn push(&mut self, entry: T) {
        self.entries.push(entry);
        let mut at = self.entries.len() - 1;
        while at > 0 {
            let parent = (at - 1) / 2;
            if !self.is_less(at, parent) {
                break;
            }
            self.entries.swap(at, parent);
            at = parent;
        }
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        if self.entries.is_empty() {
            return None;
        }
        let first = self.entries.swap_remove(0);
        self.sink(0);
        Some(first)
    }

    /// Keeps some entries. Where none goes, nothing is moved.
    pub(super) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        let before = self.entries.len();
        self.entries.retain(keep);
        if self.entries.len() < before {
            for at in (0..self.entries.len() / 2).rev() {
                self.sink(at);
            }
        }
    }

    fn sink(&mut self, mut at: usize) {
        while at < self.entries.len() / 2 {
            let left = 2 * at + 1;
            let right = left + 1;
            let child = if right < self.entries.len() && self.is_less(right, left) { right } else { left };
            if !self.is_less(child, at) {
                break;
            }
            self.entries.swap(at, child);
            at = child;
        }
    }

    fn is_less(&self, a: usize, b: usize) -> bool {
        (self.key)(&self.entries[a]) < (self.key)(&self.entries[b])
    }
}
