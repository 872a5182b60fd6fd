#!/usr/bin/env bash
# The long run of tests/it/store/killed.rs: SIGKILL at so many random moments of import, compact and vacuum (200).
set -euo pipefail
cd "$(dirname "$0")/.."
JQLX_KILLS="${1:-200}" cargo test --locked --test it -- --nocapture store::killed
