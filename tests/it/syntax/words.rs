//! The tables of words, held against the grammar.

use jqlx::syntax::ast::ExprKind;
use jqlx::syntax::{Dialect, parse, verbs};

#[test]
fn every_verb_of_the_table_is_one_of_the_grammar() {
    for verb in verbs() {
        for text in [format!("blog post {verb}"), format!("{} AFTER -7d", verb.to_uppercase())] {
            let parsed = parse(&text, Dialect::Jqlx);
            assert!(parsed.is_valid(), "{text}");
            let Some(ExprKind::Activity(activity)) = parsed.query.filter.map(|f| f.kind) else { panic!("{text}") };
            assert_eq!(activity.verb.node, *verb);
        }
    }
}

#[test]
fn every_verb_of_the_grammar_is_in_the_table() {
    let grammar = include_str!("../../../grammar/jqlx.pest");
    let rule = grammar.split("\nverb = @{ (").nth(1).and_then(|rest| rest.split("\n) ~ word_end").next());
    let rule = rule.expect("the grammar has a rule for verbs").replace("~ word_end ~ ws ~ ^", "");
    let mut listed: Vec<String> =
        rule.split('|').map(|v| v.trim().replace("^", "").replace("\" \"", " ").replace('"', "")).collect();
    let mut table: Vec<String> = verbs().iter().map(|v| (*v).to_owned()).collect();
    listed.sort();
    table.sort();
    assert_eq!(listed, table);
}

#[test]
fn words_of_the_extensions_stay_names_and_values_of_jql() {
    for word in ["issues", "activity", "show", "via", "times", "within", "same", "total", "event"].iter().chain(verbs()) {
        // The grammar reads two words as one verb; as names they need quotes.
        if word.contains(' ') || *word == "changed" {
            continue;
        }
        for text in [
            format!("{word} = {word}"),
            format!("a IN ({word}, {word}) AND {word} ~ x"),
            format!("a = {word}({word}) OR {word} WAS {word} BY {word}"),
            format!("{word} CHANGED FROM {word} TO {word} AFTER {word}"),
            format!("{word}[{word}].{word} {word} = 1"),
            format!("{word} IS EMPTY ORDER BY {word}, {word} DESC"),
        ] {
            let (jql, jqlx) = (parse(&text, Dialect::Jql), parse(&text, Dialect::Jqlx));
            assert!(jql.is_valid() && jqlx.is_valid(), "{text}");
            assert_eq!(jql.query, jqlx.query, "{text}");
        }
    }
}
