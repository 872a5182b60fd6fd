//! What reads the outside world and turns it into the tables of `data`.
