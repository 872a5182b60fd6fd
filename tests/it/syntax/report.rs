//! Diagnostics drawn, on a line and as JSON.

use jqlx::diagnostic::Report;
use jqlx::syntax::{Dialect, parse};
use miette::{Diagnostic, NarratableReportHandler};

fn report(text: &str) -> Report {
    Report::new("query", text, parse(text, Dialect::Jqlx).diagnostics)
}

#[test]
fn a_line_each() {
    let text = "a = 1\nAND ö == 2";
    assert_eq!(
        report(text).one_line(),
        "query:2:7: error[jqlx::syntax::unknown_operator]: `==` is no operator (did you mean `=`? JQL has no `==`)"
    );
}

#[test]
fn json_counts_code_points() {
    let json = report("a = 1\nAND ö == 2").to_json();
    assert_eq!(json[0]["start"], 12);
    assert_eq!(json[0]["end"], 14);
    assert_eq!((&json[0]["line"], &json[0]["column"]), (&2.into(), &7.into()));
    assert_eq!(json[0]["severity"], "error");
}

#[test]
fn a_megabyte_in_one_line_is_drawn_in_a_screenful() {
    let text = format!("a = 1{} AND b == 2{}", " AND a = 1".repeat(50_000), " AND a = 1".repeat(50_000));
    let drawn = report(&text).render(80, false);
    assert!(drawn.contains("AND b == 2"), "{drawn}");
    assert!(drawn.len() < 1000, "{} bytes", drawn.len());
    let mut narrated = String::new();
    NarratableReportHandler::new().render_report(&mut narrated, &report(&text)).expect("it can be narrated");
    assert!(narrated.len() < 3000, "{} bytes", narrated.len());
}

#[test]
fn handlers_of_miette_draw_one_and_many() {
    let one = report("a == 1");
    assert_eq!(one.to_string(), "`==` is no operator");
    assert!(one.related().is_none());
    let many = report("a == 1 AND b == 2");
    assert_eq!(many.to_string(), "2 errors and 0 warnings in query");
    assert_eq!(many.related().map(Iterator::count), Some(2));
    let mut drawn = String::new();
    miette::GraphicalReportHandler::new().render_report(&mut drawn, &many).expect("it can be drawn");
    assert!(drawn.contains("a == 1 AND b == 2"), "{drawn}");
}

#[test]
fn a_terminal_is_not_obeyed() {
    let drawn = report("a = \"\u{1b}[31mred").render(80, false);
    assert!(!drawn.contains('\u{1b}'), "{drawn:?}");
}
