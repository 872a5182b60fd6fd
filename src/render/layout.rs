//! How wide each column of a table is, and which columns are left out where the terminal is narrow.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What the layout needs to know of a column.
pub(super) struct Measured {
    /// Width of the name.
    pub(super) name: usize,
    /// Width of the widest value seen.
    pub(super) widest: usize,
    /// Whether it may not be cut: numbers, instants, days.
    pub(super) rigid: bool,
    /// Whether no row seen has a value.
    pub(super) empty: bool,
}

/// The columns shown, each with its width, and those left out, by position.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) shown: Vec<(usize, usize)>,
    pub(super) empty: Vec<usize>,
    pub(super) narrow: Vec<usize>,
}

/// Blanks between two columns.
pub(super) const GAP: usize = 2;
/// Values of this width or less are never cut, keys and names mostly.
const SHORT: usize = 12;
/// A cut column keeps this as long as there are columns to its right that can go instead.
const COMFORT: usize = 20;
/// A cut column keeps at least this.
const LEAST: usize = 8;

/// Fits the columns into `width`: first columns without values go, then columns from the right as long as a long text
/// stays readable that way, then long texts are cut, then columns go from the right. One column always stays.
pub(super) fn fit(columns: &[Measured], width: Option<usize>) -> Layout {
    let natural = |c: &Measured| c.name.max(c.widest).max(1);
    let least = |c: &Measured| match natural(c) {
        n if c.rigid || n <= SHORT => n,
        _ => c.name.clamp(LEAST, SHORT),
    };
    let total = |shown: &[usize], of: &dyn Fn(&Measured) -> usize| {
        shown.iter().map(|&i| of(&columns[i])).sum::<usize>() + GAP * shown.len().saturating_sub(1)
    };
    let mut layout = Layout::default();
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    let Some(width) = width else {
        layout.shown = shown.into_iter().map(|i| (i, natural(&columns[i]))).collect();
        return layout;
    };
    if total(&shown, &natural) > width && columns.iter().any(|c| !c.empty) {
        (layout.empty, shown) = shown.into_iter().partition(|&i| columns[i].empty);
    }
    let long = |i: &usize| natural(&columns[*i]) > COMFORT && !columns[*i].rigid;
    let comfort = |c: &Measured| if c.rigid { natural(c) } else { natural(c).min(COMFORT) };
    while total(&shown, &comfort) > width && shown.iter().rev().skip(1).any(long) {
        layout.narrow.extend(shown.pop());
    }
    while shown.len() > 1 && total(&shown, &least) > width {
        layout.narrow.extend(shown.pop());
    }
    layout.narrow.reverse();
    // Water filling: the widest columns give first, down to a common level.
    let mut level = shown.iter().map(|&i| natural(&columns[i])).max().unwrap_or(0);
    let at = |c: &Measured, level: usize| natural(c).min(level.max(least(c)));
    while level > 1 && total(&shown, &|c| at(c, level)) > width {
        level -= 1;
    }
    layout.shown = shown.iter().map(|&i| (i, at(&columns[i], level))).collect();
    // A single column that is still too wide is cut to the terminal.
    if let [(_, only)] = layout.shown.as_mut_slice() {
        *only = (*only).min(width.max(1));
    }
    layout
}

/// Columns of the terminal that a text takes.
pub(super) fn text_width(text: &str) -> usize {
    text.width()
}

/// The text cut to `width`, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut taken = 0;
    let mut out = String::new();
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if taken + w + 1 > width {
            break;
        }
        taken += w;
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// The text on one line and without anything that a terminal would obey: runs of blanks and line ends become one blank,
/// control characters and marks that turn the direction of writing become visible.
pub(super) fn tame(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                if !out.ends_with(' ') && !out.is_empty() {
                    out.push(' ');
                }
            }
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: usize, widest: usize) -> Measured {
        Measured { name, widest, rigid: false, empty: widest == 0 }
    }

    #[test]
    fn everything_is_shown_where_it_fits() {
        let layout = fit(&[column(3, 5), column(4, 0)], Some(11));
        assert_eq!(layout, Layout { shown: vec![(0, 5), (1, 4)], ..Layout::default() });
    }

    #[test]
    fn empty_columns_go_first_then_long_ones_shrink() {
        let layout = fit(&[column(3, 10), column(5, 0), column(4, 100)], Some(40));
        assert_eq!(layout, Layout { shown: vec![(0, 10), (2, 28)], empty: vec![1], narrow: vec![] });
    }

    #[test]
    fn columns_go_from_the_right_where_nothing_can_shrink() {
        let layout = fit(&[column(3, 10), column(5, 10), column(4, 12)], Some(24));
        assert_eq!(layout, Layout { shown: vec![(0, 10), (1, 10)], empty: vec![], narrow: vec![2] });
    }

    #[test]
    fn wide_characters_are_counted_as_they_are_drawn() {
        assert_eq!(cut("日本語テキスト", 7), "日本語…");
        assert_eq!(cut("a word too many", 7), "a word…");
    }

    #[test]
    fn a_text_cannot_command_the_terminal() {
        assert_eq!(tame("red \u{1b}[31m\r\n\r\nnext\u{202e}"), "red ␛[31m next\u{fffd}");
    }
}
