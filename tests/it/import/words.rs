//! What real webhooks and audit logs call things is known.

use jqlx::catalog::entities::entity;
use jqlx::source::words::{Happening, of_audit, of_webhook};
use serde_json::Value;

use crate::support::shared_data;

fn read(path: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn is_known(said: &str, happening: &Happening) {
    let entity = entity(&happening.entity).unwrap_or_else(|| panic!("{said}: {happening:?}"));
    assert!(entity.finds(&happening.action) && happening.action != "changed", "{said}: {happening:?}");
}

#[test]
fn every_webhook_is_known() {
    let Some(folder) = shared_data() else { return };
    let mut seen = 0;
    for file in std::fs::read_dir(folder.join("webhooks")).expect("a folder").flatten() {
        let payload = read(&file.path());
        for name in ["webhookEvent", "issue_event_type_name"].iter().filter_map(|key| payload[key].as_str()) {
            is_known(name, &of_webhook(name).unwrap_or_else(|| panic!("{name}")));
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn every_audit_record_is_known() {
    let Some(folder) = shared_data() else { return };
    let mut seen = 0;
    for file in std::fs::read_dir(folder.join("audit")).expect("a folder").flatten() {
        let page = read(&file.path());
        let records = ["records", "results", "entities"].iter().find_map(|key| page[key].as_array()).expect("records");
        for record in records {
            let kind = ["/objectItem/typeName", "/affectedObject/objectType", "/affectedObjects/0/type"];
            let kind = kind.iter().find_map(|at| record.pointer(at)).and_then(Value::as_str);
            // Data Center says it twice: in words, and as a key that is the same in every language.
            let mut told = Vec::new();
            for at in ["/summary", "/type/action", "/type/actionI18nKey"] {
                let Some(said) = record.pointer(at).and_then(Value::as_str) else { continue };
                let happening = of_audit(said, kind);
                is_known(said, &happening);
                told.push(happening);
                seen += 1;
            }
            assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
        }
    }
    assert!(seen > 30, "{seen}");
}
