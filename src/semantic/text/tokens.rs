//! From a text to its words, and from a word to its stem: the same for queries and for data.
//!
//! A text is first cut at ASCII characters that are neither letter nor digit. What Unicode's rules join across them (`a.b`,
//! `a_b`) are two words to Jira, so each piece can be read by itself: a match is judged where it stands, without reading
//! the text from its beginning.

use std::borrow::Cow;
use std::ops::Range;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

/// Longer words are no words of a language: they are compared as they are, unstemmed and without wildcards.
pub(super) const LONGEST_WORD: usize = 255;

/// For each byte, whether it belongs to a piece.
const IN_PIECE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte >= 128 || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// The first piece of `text` that ends behind `from`.
pub(super) fn next_piece(text: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + text.get(from..)?.iter().position(|b| IN_PIECE[*b as usize])?;
    Some(start..piece_end(text, start))
}

/// The piece that holds the byte at `at`; `at` itself where that byte is in none. No piece begins before `from`.
pub(super) fn piece_around(text: &[u8], from: usize, at: usize) -> Range<usize> {
    let before = text[from..at].iter().rev().take_while(|b| IN_PIECE[**b as usize]).count();
    at - before..piece_end(text, at)
}

fn piece_end(text: &[u8], at: usize) -> usize {
    at + text[at..].iter().take_while(|b| IN_PIECE[**b as usize]).count()
}

/// Whether a character stands inside one of `text`'s pieces.
pub(super) fn in_piece(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(|b| IN_PIECE[*b as usize])
}

/// Calls `each` with every word of a piece and its place there.
pub(super) fn words_of_piece<'t>(piece: &'t str, mut each: impl FnMut(usize, &'t str)) {
    // Letters of these blocks join under Unicode's rules, as ASCII's do; most pieces consist of them.
    if piece.bytes().all(|b| b.is_ascii()) || piece.chars().all(|c| c.is_ascii() || is_plain_letter(c)) {
        return each(0, piece);
    }
    for (at, word) in piece.unicode_word_indices() {
        let mut rest = at;
        for part in word.split(APOSTROPHES) {
            // An accent behind an apostrophe has lost its letter and is no part of the next word.
            for (offset, bare) in part.unicode_word_indices() {
                each(rest + offset, bare);
            }
            rest += part.len() + '’'.len_utf8();
        }
    }
}

const APOSTROPHES: [char; 2] = ['’', '‘'];

fn is_plain_letter(c: char) -> bool {
    matches!(c, 'À'..='ʯ' | 'Α'..='ԯ') && c.is_alphabetic()
}

/// Whether `word`, which stands in `text` at `at`, is what an apostrophe leaves of "is", "has" or "not". It takes no place of
/// its own: `Bob's car` is found by `"Bob car"`.
pub(super) fn is_clipped(text: &str, at: usize, word: &str) -> bool {
    if !matches!(word.as_bytes(), [b's' | b'S' | b't' | b'T']) {
        return false;
    }
    let before = &text[..at];
    let Some(before) = before.strip_suffix('\'').or_else(|| before.strip_suffix(APOSTROPHES)) else { return false };
    before.chars().next_back().is_some_and(char::is_alphanumeric)
}

/// Whether a word is so common that it is not searched for. Case does not matter.
pub(super) fn is_stop_word(word: &str) -> bool {
    let bytes = word.as_bytes();
    let mut lower = [0; 5];
    let Some(lower) = lower.get_mut(..bytes.len()) else { return false };
    lower.copy_from_slice(bytes);
    lower.make_ascii_lowercase();
    matches!(
        &*lower,
        b"a" | b"an"
            | b"and"
            | b"are"
            | b"as"
            | b"at"
            | b"be"
            | b"but"
            | b"by"
            | b"for"
            | b"if"
            | b"in"
            | b"into"
            | b"is"
            | b"it"
            | b"no"
            | b"not"
            | b"of"
            | b"on"
            | b"or"
            | b"s"
            | b"such"
            | b"t"
            | b"that"
            | b"the"
            | b"their"
            | b"then"
            | b"there"
            | b"these"
            | b"they"
            | b"this"
            | b"to"
            | b"was"
            | b"will"
            | b"with"
    )
}

/// A word in lower case, in a buffer that is used again.
pub(super) fn lower<'b>(word: &str, buffer: &'b mut String) -> &'b str {
    buffer.clear();
    if word.is_ascii() {
        buffer.push_str(word);
        buffer.make_ascii_lowercase();
    } else {
        buffer.extend(word.chars().flat_map(lower_char));
    }
    buffer
}

/// Lower case by character. The Greek final sigma is written as the other, so that no letter depends on its neighbours.
pub(super) fn lower_char(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c })
}

/// The stem of a word in lower case.
pub(super) fn stem(word: &str) -> Cow<'_, str> {
    if word.len() > LONGEST_WORD {
        return Cow::Borrowed(word);
    }
    Stemmer::create(Algorithm::English).stem(word)
}

/// How many bytes of a stem all its words begin with.
///
/// English stems are beginnings of their words except for an `i` made of `y` (`queri`), an `e` put back (`hope` of
/// `hoping`), `ble` or `bl` made of `bil` (`sensibility`), and four words that the stemmer lists.
pub(super) fn sure_start(stem: &str) -> usize {
    let length = stem.len();
    match stem {
        "die" | "lie" | "tie" => 1,
        "sky" => 2,
        _ if stem.ends_with("ble") => length - 2,
        _ if length == 1 => 1,
        _ if stem.ends_with(['e', 'i']) || stem.ends_with("bl") => length - 1,
        _ => length,
    }
}

/// Words of a query's part, in lower case; nothing stands for a stop word.
pub(super) fn analyse(text: &str) -> Vec<Option<String>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(piece) = next_piece(text.as_bytes(), at) {
        at = piece.end;
        let start = piece.start;
        words_of_piece(&text[piece], |offset, word| {
            if !is_clipped(text, start + offset, word) {
                out.push((!is_stop_word(word)).then(|| lower(word, &mut String::new()).to_string()));
            }
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_letters_join_as_unicode_joins_them() {
        for c in ('\u{80}'..'\u{600}').filter(|c| is_plain_letter(*c)) {
            let word = format!("a{c}1{c}{c}z");
            let words: Vec<&str> = word.unicode_words().collect();
            assert_eq!(words, [word.as_str()], "{c:?}");
        }
    }

    #[test]
    fn words_begin_with_the_sure_start_of_their_stem() {
        let check = |word: &str| {
            let stem = stem(word);
            let sure = sure_start(&stem);
            assert!(sure > 0 && word.starts_with(&stem[..sure]), "{word} -> {stem}");
        };
        // Every word of up to four letters, then every pair of endings behind some beginnings.
        let letters: Vec<String> = ('a'..='z').map(String::from).collect();
        let mut words = letters.clone();
        for _ in 1..4 {
            words.iter().for_each(|w| check(w));
            words = words.iter().flat_map(|w| letters.iter().map(move |l| format!("{w}{l}"))).collect();
        }
        words.iter().for_each(|w| check(w));
        let starts = "b d l t sk sen cap possi re rel tro hop fil dy ly ug gene conf cri er inn out cann her earr proc exc succ commun arsen \
                      agre val ten rat nat oper elect sens form hopef vi tan am at bl iz abl bbl";
        let ends = "s es ed ing ies ied y ly li eed eedly edly ingly at bl iz ating bling izing ization izer ation ator al alism \
                    ality alli able ability ibility ibly ably bilities bly bli ble enci ency anci ancy entli ational tional fulness \
                    ousness ousli iveness ivity iviti ive ative logi ogi alize icate iciti icity ical ically ful ness sses sion \
                    tion ion ment ement ant ence ance er ic ism ate iti ous e l ll";
        for start in starts.split_whitespace() {
            for a in ends.split_whitespace() {
                check(&format!("{start}{a}"));
                for b in ends.split_whitespace() {
                    check(&format!("{start}{a}{b}"));
                    for c in ["s", "ly", "y", "ing", "ed", "ities"] {
                        check(&format!("{start}{a}{b}{c}"));
                    }
                }
            }
        }
        for word in "skis skies sky dying lying tying idly gently ugly early only singly news howe atlas cosmos bias andes inning"
            .split(' ')
        {
            check(word);
        }
    }

    #[test]
    fn analysis_drops_stop_words_and_clipped_ends() {
        let words = |text| analyse(text).into_iter().map(|w| w.unwrap_or("-".into())).collect::<Vec<_>>().join(" ");
        assert_eq!(words("The PC's fan isn't in Bob’s box"), "- pc fan isn - bob box");
        assert_eq!(words("1,000 a.b_c foo/bar:baz"), "1 000 - b c foo bar baz");
        assert_eq!(words("Größe ΟΔΟΣ 東京 café—bar"), "größe οδοσ 東 京 café bar");
        assert_eq!(words("'s t"), "- -");
        assert_eq!(words("run’\u{301}ОШИБКИ l'\u{301}eau"), "run ошибки l eau");
    }

    #[test]
    fn the_piece_around_a_place() {
        let text = "ab--cdé, x".as_bytes();
        assert_eq!(piece_around(text, 0, 1), 0..2);
        assert_eq!(piece_around(text, 2, 5), 4..8);
        assert_eq!(piece_around(text, 0, 2).len(), 2, "a place between pieces belongs to the one before it");
        assert_eq!(next_piece(text, 8), Some(10..11));
        assert_eq!(next_piece(text, 11), None);
    }
}
