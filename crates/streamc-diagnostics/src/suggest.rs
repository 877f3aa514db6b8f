//! "Did you mean".

/// The candidate closest to `name`, if close enough to be a likely typo (Damerau-Levenshtein distance at most a
/// third of the longer name, upper and lower case alike). Ties go to the first candidate.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        let distance = strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase());
        let length = wanted.chars().count().max(candidate.chars().count());
        let limit = (length / 3).max(1);
        if distance <= limit && distance < length && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn a_transposed_letter_is_found_and_a_foreign_word_is_not() {
        assert_eq!(did_you_mean("amuont", ["id", "amount"]), Some("amount"));
        assert_eq!(did_you_mean("swiped_at", ["id", "amount"]), None);
        assert_eq!(did_you_mean("ID", ["id"]), Some("id"));
        assert_eq!(did_you_mean("t", ["n"]), None);
    }
}
