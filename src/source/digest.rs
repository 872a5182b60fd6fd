//! Identities of records that have none of their own.

use md5::{Digest, Md5};
use serde_json::Value;

/// 32 hexadecimal digits that are the same for the same parts, and for others are not.
pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut digest = Md5::new();
    for part in parts {
        // The length keeps `ab`, `c` from being `a`, `bc`.
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a value, whatever the order of its names.
pub(super) fn of_value(value: &Value) -> String {
    of([value.to_string().as_str()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_the_same_and_another_is_not() {
        assert_eq!(of(["a", "b"]), of(["a", "b"]));
        assert_ne!(of(["ab", "c"]), of(["a", "bc"]));
        assert_eq!(of([]).len(), 32);
        let (a, b) = (serde_json::json!({"x": 1, "y": 2}), serde_json::from_str(r#"{"y":2,"x":1}"#).unwrap());
        assert_eq!(of_value(&a), of_value(&b));
    }
}
