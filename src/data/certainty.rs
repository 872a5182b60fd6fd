//! Which of two sources that tell of one event knows better who it was and when.

/// How sure an actor is: 0 is nobody at all, then an unknown basis, an inference, and what the source states.
pub(crate) fn of_actor(actor: Option<&str>, basis: Option<&str>) -> u8 {
    match (actor, basis) {
        (None, _) => 0,
        (Some(_), Some("unknown")) => 1,
        (Some(_), Some(basis)) if basis.starts_with("inferred") => 2,
        (Some(_), None) => 3,
        (Some(_), Some(_)) => 4,
    }
}

/// When an event was, as a source tells it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When<'a> {
    pub(crate) time: i64,
    pub(crate) after: Option<i64>,
    pub(crate) origin: Option<&'a str>,
}

impl When<'_> {
    /// How long the interval is in which it was.
    pub(crate) fn uncertainty(&self) -> i64 {
        self.after.map_or(0, |after| self.time.saturating_sub(after))
    }

    /// Whether the time of a change log counts rather than this one, which is as exact.
    pub(crate) fn is_beaten_by(&self, other: &When<'_>) -> bool {
        other.origin == Some("changelog") && self.origin != Some("changelog")
    }
}
