//! The nearest valid names to a misspelt one.

/// At most three candidates that lie close to `wanted`, nearest first.
///
/// Distance is Damerau-Levenshtein ignoring case, at most a third of the length; a candidate that begins with the wanted
/// text counts too.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let length = wanted.chars().count();
    // Names of this length are data, not typing mistakes, and the distance costs the product of both lengths.
    if length > 80 {
        return Vec::new();
    }
    let limit = (length / 3).clamp(1, 4);
    let mut scored: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|c| c.chars().count() <= length + 40)
        .filter_map(|c| {
            let lower = c.to_lowercase();
            let prefix = length >= 3 && lower.starts_with(&wanted);
            let close = lower.chars().count().abs_diff(length) <= limit;
            let distance = if close { strsim::damerau_levenshtein(&wanted, &lower) } else { usize::MAX };
            (distance <= limit || prefix).then_some((distance.min(limit), c))
        })
        .collect();
    scored.sort();
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, c)| c.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn misspelt_names_find_their_neighbours() {
        assert_eq!(nearest("assginee", ["assignee", "reporter"]), ["assignee"]);
        assert_eq!(nearest("stat", ["status", "state"]), ["state", "status"]);
        assert!(nearest("xyz", ["assignee", "reporter"]).is_empty());
    }
}
