//! The part of JQL that jqlx sends, evaluated as Jira does: ignoring case, and dates in the zone of who asks.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Whether an issue passes. What is no such JQL fails the test.
pub fn holds(condition: &str, issue: &Value, zone: &str) -> bool {
    let mut reader = Reader { tokens: tokens(condition), at: 0, issue, zone };
    let holds = reader.any();
    assert_eq!(reader.at, reader.tokens.len(), "{condition}");
    holds
}

/// The keys that a condition names.
pub fn keys(condition: &str) -> Vec<String> {
    let tokens = tokens(condition);
    let Some(at) = tokens.iter().position(|token| *token == word("key")) else { return Vec::new() };
    let values = tokens[at..].iter().take_while(|token| **token != word("AND") && **token != word(")"));
    values.filter_map(|token| if let Token::Text(text) = token { Some(text.clone()) } else { None }).collect()
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
}

fn word(text: &str) -> Token {
    Token::Word(text.to_owned())
}

fn tokens(text: &str) -> Vec<Token> {
    let mut chars = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            ' ' => {}
            '(' | ')' | ',' => tokens.push(Token::Word(c.to_string())),
            '"' => {
                let mut out = String::new();
                loop {
                    match chars.next().expect("a quote ends") {
                        '"' => break,
                        '\\' => out.push(match chars.next().expect("an escape") {
                            'n' => '\n',
                            't' => '\t',
                            c @ ('"' | '\\') => c,
                            other => panic!("nobody escapes {other}"),
                        }),
                        c => out.push(c),
                    }
                }
                tokens.push(Token::Text(out));
            }
            c => {
                let mut out = c.to_string();
                while let Some(c) = chars.next_if(|c| !" (),\"".contains(*c)) {
                    out.push(c);
                }
                tokens.push(Token::Word(out));
            }
        }
    }
    tokens
}

struct Reader<'a> {
    tokens: Vec<Token>,
    at: usize,
    issue: &'a Value,
    zone: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, text: &str) -> bool {
        let is_it = self.tokens.get(self.at) == Some(&word(text));
        self.at += usize::from(is_it);
        is_it
    }

    fn next(&mut self) -> Token {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn text(&mut self) -> String {
        let Token::Text(text) = self.next() else { panic!("a value is quoted: {:?}", self.tokens) };
        text
    }

    fn any(&mut self) -> bool {
        let mut holds = self.all();
        while self.take("OR") {
            holds |= self.all();
        }
        holds
    }

    fn all(&mut self) -> bool {
        let mut holds = self.one();
        while self.take("AND") {
            holds &= self.one();
        }
        holds
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let holds = self.any();
            assert!(self.take(")"), "{:?}", self.tokens);
            return holds;
        }
        let Token::Word(field) = self.next() else { panic!("a field: {:?}", self.tokens) };
        let values = self.values(&field);
        let Token::Word(operator) = self.next() else { panic!("an operator: {:?}", self.tokens) };
        match operator.as_str() {
            "IS" => {
                let negated = self.take("NOT");
                assert!(self.take("EMPTY"));
                values.is_empty() != negated
            }
            ">=" | "<=" => {
                let text = self.text();
                values.iter().any(|value| match operator.as_str() {
                    ">=" => self.instant(value) >= self.instant(&text),
                    _ => self.instant(value) <= self.instant(&text),
                })
            }
            "=" | "!=" => {
                let wanted = vec![self.text()];
                is_one(&values, &wanted, operator == "!=")
            }
            "IN" | "NOT" => {
                let negated = operator == "NOT";
                assert!(!negated || self.take("IN"));
                assert!(self.take("("));
                let mut wanted = vec![self.text()];
                while self.take(",") {
                    wanted.push(self.text());
                }
                assert!(self.take(")"));
                is_one(&values, &wanted, negated)
            }
            other => panic!("nobody asks by {other}"),
        }
    }

    fn instant(&self, text: &str) -> Timestamp {
        if let Ok(instant) = text.parse() {
            return instant;
        }
        let text = if text.len() == 10 { format!("{text} 00:00") } else { text.to_owned() };
        let clock = DateTime::strptime("%Y-%m-%d %H:%M", text).expect("a date of JQL");
        TimeZone::get(self.zone).expect("a zone").to_timestamp(clock).expect("an instant")
    }

    /// What an issue holds.
    fn values(&self, field: &str) -> Vec<String> {
        let fields = &self.issue["fields"];
        let found = match field {
            "key" => &self.issue["key"],
            "project" => &fields["project"]["key"],
            "status" | "priority" | "resolution" | "issuetype" => &fields[field]["name"],
            "assignee" | "reporter" | "creator" => {
                let of = &fields[field];
                if of["accountId"].is_string() { &of["accountId"] } else { &of["name"] }
            }
            "labels" | "created" | "updated" => &fields[field],
            "resolved" => &fields["resolutiondate"],
            "due" => &fields["duedate"],
            "component" => &fields["components"],
            "fixVersion" => &fields["fixVersions"],
            other => panic!("nobody asks for {other}"),
        };
        let text = |value: &Value| value.as_str().or(value["name"].as_str()).map(str::to_owned);
        match found {
            Value::Array(list) => list.iter().filter_map(text).collect(),
            one => text(one).into_iter().collect(),
        }
    }
}

fn is_one(values: &[String], wanted: &[String], negated: bool) -> bool {
    let is_one = values.iter().any(|value| wanted.iter().any(|wanted| wanted.to_lowercase() == value.to_lowercase()));
    !values.is_empty() && is_one != negated
}
