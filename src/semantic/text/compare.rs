//! Comparing one word with a pattern, or with another word.

/// A part of a wildcard pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Glob {
    /// This character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any characters, or none.
    Many,
}

/// Whether a whole word fits a pattern. Takes at most the product of their lengths.
pub(super) fn fits(pattern: &[Glob], word: &str) -> bool {
    let mut rest = word.chars();
    let mut at = 0;
    // Where to go on if the last star takes one more character.
    let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
    loop {
        let before = rest.clone();
        let next = rest.next();
        match (pattern.get(at), next) {
            (Some(Glob::Many), _) => {
                rest = before.clone();
                at += 1;
                retry = Some((at, before));
                continue;
            }
            (Some(Glob::One), Some(_)) => {
                at += 1;
                continue;
            }
            (Some(Glob::Char(wanted)), Some(c)) if *wanted == c => {
                at += 1;
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after, start)) = &mut retry else { return false };
        if start.next().is_none() {
            return false;
        }
        at = *after;
        rest = start.clone();
    }
}

/// Whether one word becomes the other by at most `edits` (one or two) letters put in, left out, replaced, or swapped with
/// their neighbour.
pub(super) fn within(wanted: &[char], word: &str, edits: usize, rows: &mut [Vec<usize>; 3]) -> bool {
    // Bytes are at most four times the characters, so this spares counting most words.
    if word.len() + edits < wanted.len() || word.len() > 4 * (wanted.len() + edits) {
        return false;
    }
    let width = wanted.len() + 1;
    let [older, old, new] = rows;
    for row in [&mut *older, &mut *old, &mut *new] {
        row.clear();
        row.resize(width, 0);
    }
    old.iter_mut().enumerate().for_each(|(i, cell)| *cell = i);
    let mut before = '\0';
    for (line, c) in word.chars().enumerate() {
        new[0] = line + 1;
        let mut least = new[0];
        for i in 1..width {
            let same = usize::from(wanted[i - 1] != c);
            let mut cell = (old[i - 1] + same).min(old[i] + 1).min(new[i - 1] + 1);
            if i > 1 && line > 0 && wanted[i - 2] == c && wanted[i - 1] == before {
                cell = cell.min(older[i - 2] + 1);
            }
            new[i] = cell;
            least = least.min(cell);
        }
        // A swap looks two rows back, so one hopeless row is not the end.
        if least > edits && old.iter().all(|cell| *cell > edits) {
            return false;
        }
        before = c;
        std::mem::swap(older, old);
        std::mem::swap(old, new);
    }
    old[width - 1] <= edits
}

/// Whether one position of each word can be chosen so that moving the words to their places in the phrase takes at most
/// `slop` steps. `found` holds, for each sight, which word of the phrase it is and its position less the word's offset.
pub(super) fn near(found: &mut [(i64, usize)], words: usize, slop: u32) -> bool {
    found.sort_unstable();
    let mut counts = vec![0usize; words];
    let (mut first, mut seen) = (0, 0);
    for last in 0..found.len() {
        let (at, word) = found[last];
        counts[word] += 1;
        seen += usize::from(counts[word] == 1);
        while at - found[first].0 > i64::from(slop) {
            let gone = found[first].1;
            counts[gone] -= 1;
            seen -= usize::from(counts[gone] == 0);
            first += 1;
        }
        if seen == words {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn glob(pattern: &str) -> Vec<Glob> {
        let part = |c| match c {
            '?' => Glob::One,
            '*' => Glob::Many,
            c => Glob::Char(c),
        };
        pattern.chars().map(part).collect()
    }

    fn fits_slowly(pattern: &[Glob], word: &[char]) -> bool {
        match (pattern, word) {
            ([], word) => word.is_empty(),
            ([Glob::Many, rest @ ..], word) => (0..=word.len()).any(|i| fits_slowly(rest, &word[i..])),
            ([Glob::One, rest @ ..], [_, tail @ ..]) => fits_slowly(rest, tail),
            ([Glob::Char(c), rest @ ..], [d, tail @ ..]) => c == d && fits_slowly(rest, tail),
            _ => false,
        }
    }

    #[test]
    fn stars_are_linear_enough() {
        let word = "a".repeat(250);
        assert!(!fits(&glob(&format!("{}b", "a*".repeat(100))), &word));
    }

    proptest! {
        #[test]
        fn patterns_fit_as_they_read(pattern in "[ab*?é]{0,8}", word in "[abé]{0,10}") {
            let pattern = glob(&pattern);
            let chars: Vec<char> = word.chars().collect();
            prop_assert_eq!(fits(&pattern, &word), fits_slowly(&pattern, &chars));
        }

        #[test]
        fn distance_is_that_of_strsim(a in "[abcé]{0,8}", b in "[abcé]{0,8}", edits in 1usize..3) {
            let chars: Vec<char> = a.chars().collect();
            prop_assert_eq!(within(&chars, &b, edits, &mut Default::default()), strsim::osa_distance(&a, &b) <= edits);
        }
    }
}
