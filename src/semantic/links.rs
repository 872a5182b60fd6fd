//! Links between issues, seen from either end (`reference/jql.md` section 2.1).

use super::binder::{Binder, did_you_mean};
use super::bound::{AmongCondition, Condition, LinkTest, Relation, Shape};
use super::clause::Site;
use super::field::issue_column;
use super::issues::{as_key, joined};
use super::operand::Member;
use crate::catalog::{eq, nearest};
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::Literal;

impl Site<'_, '_> {
    fn linked(&self, test: LinkTest, negated: bool) -> Condition {
        Condition::Among(Box::new(AmongCondition {
            field: issue_column("key", "key", Shape::Text),
            relation: Relation::Linked(test),
            negated,
            span: self.clause.span,
        }))
    }

    /// `issueLink = PAY-1`: by any link, or by those that say `phrase`. Negated: there are such links, but none to it.
    pub(super) fn linked_to(&self, phrase: Option<&str>, members: &[Member], negated: bool) -> Option<Condition> {
        self.need_links()?;
        let (keys, relations) = self.held_issues(members)?;
        let to = LinkTest { phrases: phrase.map(|p| vec![p.to_string()]), ..LinkTest::default() };
        let mut tests = Vec::new();
        for relation in relations {
            let Relation::Query(found) = relation else { return self.missing("another form of the clause") };
            tests.push(LinkTest { found: Some(found), ..to.clone() });
        }
        if !keys.is_empty() {
            tests.push(LinkTest { others: Some(keys), ..to.clone() });
        }
        let mut conditions: Vec<Condition> = tests.into_iter().map(|test| self.linked(test, negated)).collect();
        if negated {
            conditions.insert(0, self.linked(to, false));
        }
        Some(joined(conditions, negated))
    }

    /// `issueLinkType = blocks`: the name of the type or either of its phrases. Negated: no such link, issues without links
    /// too (`reference/jql.md` section 9).
    pub(super) fn link_type(&self, members: &[Member], negated: bool) -> Option<Condition> {
        self.need_links()?;
        let mut types = Vec::new();
        for member in members {
            let Member::Literal(literal) = member else {
                return self.binder.refuse(codes::WRONG_OPERAND, self.clause.span, "types of links are wanted here", None);
            };
            let known = self.binder.catalog.link_types.iter().flatten();
            let names = || known.clone().flat_map(|t| [Some(&t.name), t.outward.as_ref(), t.inward.as_ref()]).flatten();
            if !names().any(|n| eq(n, &literal.text)) {
                return self.binder.unknown_value(self.field.kind, literal, names().map(String::as_str));
            }
            types.push(literal.text.to_lowercase());
        }
        Some(self.linked(LinkTest { types: Some(types), ..LinkTest::default() }, negated))
    }

    fn need_links(&self) -> Option<()> {
        match self.binder.catalog.link_types {
            Some(_) => Some(()),
            None => self.missing("a table of links"),
        }
    }
}

impl Binder<'_> {
    /// The arguments of linkedIssues(): a key, and what the links say there, minding case.
    pub(super) fn linked_test(&self, arguments: &[Literal], span: Span) -> Option<LinkTest> {
        if self.catalog.link_types.is_none() {
            return self.refuse(codes::NEEDS_DATA, span, "linkedIssues() cannot be answered: it needs a table of links", None);
        }
        let (first, types) = arguments.split_first()?;
        let key = as_key(&first.text).or_else(|| self.no_key(first))?;
        self.check_key(&key, first, 1);
        let phrases = self.other_side(types)?;
        Some(LinkTest { others: Some(vec![key]), phrases, ..LinkTest::default() })
    }

    /// What links say at the issues that a function finds, where they say these at the given ones; none: any.
    pub(super) fn other_side(&self, types: &[Literal]) -> Option<Option<Vec<String>>> {
        // The text is what the link says at the given issue; the issues found see its other side.
        let mut phrases = Vec::new();
        for literal in types {
            let known = self.catalog.link_types.iter().flatten();
            let before = phrases.len();
            for link in known.clone() {
                let (out, inward) = (link.outward.as_ref().unwrap_or(&link.name), link.inward.as_ref().unwrap_or(&link.name));
                if *out == literal.text {
                    phrases.push(inward.clone());
                }
                if *inward == literal.text && inward != out {
                    phrases.push(out.clone());
                }
            }
            if phrases.len() == before {
                let near = nearest(&literal.text, self.catalog.link_phrases());
                let message = format!("no link says `{}`", literal.text);
                return self.refuse(codes::UNKNOWN_VALUE, literal.span, message, did_you_mean(&near));
            }
        }
        Some((!types.is_empty()).then_some(phrases))
    }
}
