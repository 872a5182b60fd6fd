//! The grammar of JSON, a byte at a time: where a value ends, and where text is no JSON.
//!
//! It checks structure only (brackets, keys, colons, commas, quotes); numbers, escapes and UTF-8
//! are left to the parser that gets the record.

/// What a byte did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It belongs to the value.
    More,
    /// It belongs to the value and ends it.
    Done,
    /// The value, a number or word, ended before it.
    DoneBefore,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expect {
    #[default]
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Nothing,
    Text,
    Escape,
    Word,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    open: Vec<u8>,
    expect: Expect,
    within: Within,
    text_is_key: bool,
    /// Where the last key of the outermost object lies in the record.
    key: (usize, usize),
}

impl Machine {
    /// Whether it is in a quoted text.
    pub(super) fn in_text(&self) -> bool {
        matches!(self.within, Within::Text | Within::Escape)
    }

    /// Whether no bracket is open.
    pub(super) fn is_outermost(&self) -> bool {
        self.open.is_empty()
    }

    /// How many of the bytes are inner text without any meaning.
    pub(super) fn plain_text(&self, bytes: &[u8]) -> usize {
        if self.within != Within::Text {
            return 0;
        }
        bytes.iter().position(|b| matches!(b, b'"' | b'\\' | b'\n')).unwrap_or(bytes.len())
    }

    /// Whether the end of input ends the value: true of a number or word that no bracket surrounds.
    pub(super) fn ends_at_end(&self) -> bool {
        self.open.is_empty() && self.within == Within::Word
    }

    /// Whether the value of one of these keys of the outermost object is about to begin.
    pub(super) fn at_value_of_top(&self, record: &[u8], keys: &[&str]) -> bool {
        self.open == [b'{']
            && self.expect == Expect::Value
            && self.within == Within::Nothing
            && record.get(self.key.0..self.key.1).is_some_and(|key| keys.iter().any(|k| k.as_bytes() == key))
    }

    /// Takes the value that is about to begin as read.
    pub(super) fn skip_value(&mut self) {
        self.expect = Expect::CommaOrEnd;
    }

    /// Takes a byte that will stand at `at` in the record.
    pub(super) fn step(&mut self, byte: u8, at: usize) -> Result<Step, &'static str> {
        match self.within {
            Within::Escape => self.within = Within::Text,
            Within::Text => match byte {
                b'"' => {
                    self.within = Within::Nothing;
                    if self.text_is_key {
                        if self.open.len() == 1 {
                            self.key.1 = at;
                        }
                        self.expect = Expect::Colon;
                    } else {
                        return Ok(self.value_ended());
                    }
                }
                b'\\' => self.within = Within::Escape,
                b'\n' => return Err("a line ends within a text"),
                _ => {}
            },
            Within::Word if is_word(byte) => {}
            Within::Word => {
                self.within = Within::Nothing;
                if self.value_ended() == Step::Done {
                    return Ok(Step::DoneBefore);
                }
                return self.outside(byte, at);
            }
            Within::Nothing => return self.outside(byte, at),
        }
        Ok(Step::More)
    }

    fn outside(&mut self, byte: u8, at: usize) -> Result<Step, &'static str> {
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            return Ok(Step::More);
        }
        match (self.expect, byte) {
            (Expect::Value | Expect::ValueOrEnd, b'{') => {
                self.open.push(byte);
                self.expect = Expect::KeyOrEnd;
            }
            (Expect::Value | Expect::ValueOrEnd, b'[') => {
                self.open.push(byte);
                self.expect = Expect::ValueOrEnd;
            }
            (Expect::Value | Expect::ValueOrEnd, b'"') => {
                self.within = Within::Text;
                self.text_is_key = false;
            }
            (Expect::ValueOrEnd, b']') | (Expect::KeyOrEnd, b'}') => return Ok(self.close()),
            (Expect::Value | Expect::ValueOrEnd, _) if is_word(byte) => self.within = Within::Word,
            (Expect::Value | Expect::ValueOrEnd, _) => return Err("a value is missing"),
            (Expect::Key | Expect::KeyOrEnd, b'"') => {
                self.within = Within::Text;
                self.text_is_key = true;
                if self.open.len() == 1 {
                    self.key.0 = at + 1;
                }
            }
            (Expect::Key | Expect::KeyOrEnd, _) => return Err("a name in quotes is missing"),
            (Expect::Colon, b':') => self.expect = Expect::Value,
            (Expect::Colon, _) => return Err("a colon is missing"),
            (Expect::CommaOrEnd, b',') => {
                let in_object = self.open.last() == Some(&b'{');
                self.expect = if in_object { Expect::Key } else { Expect::Value };
            }
            (Expect::CommaOrEnd, b'}') if self.open.last() == Some(&b'{') => {
                return Ok(self.close());
            }
            (Expect::CommaOrEnd, b']') if self.open.last() == Some(&b'[') => {
                return Ok(self.close());
            }
            (Expect::CommaOrEnd, _) => return Err("a comma or closing bracket is missing"),
        }
        Ok(Step::More)
    }

    /// Follows quotes and brackets only, to find the end of a value that is no JSON.
    pub(super) fn step_loosely(&mut self, byte: u8) -> Step {
        match (self.within, byte) {
            (Within::Escape, _) => self.within = Within::Text,
            (Within::Text, b'\\') => self.within = Within::Escape,
            (Within::Text, b'"') => self.within = Within::Nothing,
            (Within::Text, _) => {}
            (_, b'"') => self.within = Within::Text,
            (_, b'{' | b'[') => self.open.push(byte),
            (_, b'}' | b']') => {
                self.open.pop();
                if self.open.is_empty() {
                    return Step::Done;
                }
            }
            _ => {}
        }
        Step::More
    }

    fn close(&mut self) -> Step {
        self.open.pop();
        self.value_ended()
    }

    fn value_ended(&mut self) -> Step {
        self.expect = Expect::CommaOrEnd;
        if self.open.is_empty() { Step::Done } else { Step::More }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
}
