#!/usr/bin/env bash
# The long run of tests/it/store/killed.rs and tests/it/sync/killed.rs: SIGKILL at so many random moments of import, compact
# and vacuum, and at as many of sync (200).
set -euo pipefail
cd "$(dirname "$0")/.."
JQLX_KILLS="${1:-200}" cargo test --locked --test it -- --nocapture killed::
