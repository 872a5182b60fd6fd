//! The line editor: reedline with our colours, completion and ends of statements.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use etcetera::BaseStrategy;
use reedline::{
    Color, ColumnarMenu, Completer, CompletionResult, DefaultHinter, Emacs, FileBackedHistory, Highlighter, KeyCode, KeyModifiers,
    MenuBuilder, Prompt, PromptEditMode, PromptHistorySearch, PromptHistorySearchStatus, Reedline, ReedlineEvent, ReedlineMenu,
    SearchDirection, SearchQuery, Signal, Span, StyledText, Suggestion, ValidationResult, Validator, default_emacs_keybindings,
};

use super::complete::{Known, offers};
use super::shell::{Shell, Went};
use super::statements;
use crate::cli::failure::Failure;
use crate::syntax::{TokenKind, tokens};

const MENU: &str = "completion";
const REMEMBERED: usize = 10_000;

/// Asks for lines until the person leaves.
pub(super) fn run(mut shell: Shell) -> Result<(), Failure> {
    let known = Arc::new(Mutex::new(shell.known()));
    let color = shell.terminal.color;
    let mut editor = editor(known.clone(), &shell, color);
    let past = editor.history().search(SearchQuery::everything(SearchDirection::Forward, None)).unwrap_or_default();
    shell.asked.extend(past.into_iter().map(|item| item.command_line));
    shell.terminal.say("\\help tells what there is, Tab what may be written, Ctrl-D leaves");
    loop {
        match editor.read_line(&Line { color }) {
            Ok(Signal::Success(line)) => {
                if shell.take(&line) == Went::Leave {
                    return Ok(());
                }
                if let Ok(mut known) = known.lock() {
                    *known = shell.known();
                }
            }
            Ok(Signal::CtrlD) => return Ok(()),
            // Ctrl-C clears the line.
            Ok(_) => {}
            Err(error) => return Err(Failure::reading("the terminal", &std::io::Error::other(error.to_string()))),
        }
    }
}

fn editor(known: Arc<Mutex<Known>>, shell: &Shell, color: bool) -> Reedline {
    let mut keys = default_emacs_keybindings();
    let tab = vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext];
    keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, ReedlineEvent::UntilFound(tab));
    keys.add_binding(KeyModifiers::SHIFT, KeyCode::BackTab, ReedlineEvent::MenuPrevious);
    keys.add_binding(KeyModifiers::ALT, KeyCode::Enter, ReedlineEvent::Edit(vec![reedline::EditCommand::InsertNewline]));
    let mut menu = ColumnarMenu::default().with_name(MENU);
    let mut hinter = DefaultHinter::default();
    if color {
        hinter = hinter.with_style(Color::DarkGray.normal());
        menu = menu.with_selected_text_style(Color::Cyan.reverse()).with_description_text_style(Color::DarkGray.normal());
    } else {
        let plain = Color::Default.normal();
        menu = menu.with_text_style(plain).with_match_text_style(plain).with_selected_match_text_style(plain.reverse());
        menu = menu.with_selected_text_style(plain.reverse()).with_description_text_style(plain);
    }
    let editor = Reedline::create()
        .with_ansi_colors(color)
        .with_completer(Box::new(Tab(known)))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_partial_completions(true)
        .with_quick_completions(true)
        .with_highlighter(Box::new(Colours(color)))
        .with_validator(Box::new(Ends))
        .with_history_exclusion_prefix(Some(" ".to_owned()))
        .with_edit_mode(Box::new(Emacs::new(keys)));
    // A hint that looks like what was typed would only confuse.
    let editor = if color { editor.with_hinter(Box::new(hinter)) } else { editor };
    let Some(path) = history() else { return editor };
    match FileBackedHistory::with_file(REMEMBERED, path.clone()) {
        Ok(history) => editor.with_history(Box::new(history)),
        Err(error) => {
            shell.terminal.say(&format!("what is asked will be forgotten: the history {} cannot be kept: {error}", path.display()));
            editor
        }
    }
}

/// Where what was asked is kept.
fn history() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.data_dir().join("jqlx").join("history.txt"))
}

struct Line {
    color: bool,
}

impl Prompt for Line {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed("jqlx")
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("  ... ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let failing = match search.status {
            PromptHistorySearchStatus::Passing => "",
            PromptHistorySearchStatus::Failing => "nothing ",
        };
        Cow::Owned(format!("({failing}asked before: {}) ", search.term))
    }

    fn get_prompt_color(&self) -> Color {
        if self.color { Color::Cyan } else { Color::Default }
    }

    fn get_prompt_multiline_color(&self) -> Color {
        if self.color { Color::DarkGray } else { Color::Default }
    }

    fn get_indicator_color(&self) -> Color {
        if self.color { Color::Cyan } else { Color::Default }
    }
}

struct Tab(Arc<Mutex<Known>>);

impl Completer for Tab {
    fn complete(&mut self, line: &str, cursor: usize) -> CompletionResult {
        let found = self.0.lock().map(|known| offers(line, cursor, &known)).unwrap_or_default();
        let suggestion = |offer: super::complete::Offer| Suggestion {
            append_whitespace: !offer.text.ends_with('('),
            description: Some(offer.about).filter(|about| !about.is_empty()),
            span: Span { start: offer.start, end: offer.end.max(offer.start) },
            value: offer.text,
            ..Suggestion::default()
        };
        CompletionResult::fresh(found.into_iter().map(suggestion).collect::<Vec<_>>())
    }
}

struct Colours(bool);

impl Highlighter for Colours {
    fn highlight(&self, line: &str, _: usize) -> StyledText {
        let plain = Color::Default.normal();
        let mut out = StyledText::new();
        if !self.0 || line.trim_start().starts_with('\\') {
            out.push((if self.0 { Color::Purple.normal() } else { Default::default() }, line.to_owned()));
            return out;
        }
        let mut at = 0;
        for token in tokens(line) {
            let (start, end) = (token.span.start as usize, token.span.end as usize);
            out.push((plain, line.get(at..start).unwrap_or("").to_owned()));
            let style = match token.kind {
                TokenKind::Keyword | TokenKind::Contextual => Color::Blue.bold(),
                TokenKind::Verb => Color::Magenta.bold(),
                TokenKind::Quoted => Color::Green.normal(),
                TokenKind::Unterminated => Color::Red.normal(),
                TokenKind::Number => Color::Yellow.normal(),
                TokenKind::Parameter => Color::Cyan.normal(),
                TokenKind::Comment | TokenKind::End => Color::DarkGray.normal(),
                TokenKind::Symbol => Color::Blue.normal(),
                TokenKind::Word | TokenKind::Open | TokenKind::Close | TokenKind::Comma | TokenKind::Other => plain,
            };
            out.push((style, line.get(start..end).unwrap_or("").to_owned()));
            at = end;
        }
        out.push((plain, line.get(at..).unwrap_or("").to_owned()));
        out
    }
}

struct Ends;

impl Validator for Ends {
    fn validate(&self, line: &str) -> ValidationResult {
        if statements::is_complete(line) { ValidationResult::Complete } else { ValidationResult::Incomplete }
    }
}
