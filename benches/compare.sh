#!/usr/bin/env bash
# Compare jqlx with DuckDB over the same data and print a report: loads, sizes, a later import, and every question in both modes.
#
# usage: benches/compare.sh ISSUES [WORKDIR]       JQLX=PATH uses that program instead of building one
# needs: python3 with duckdb, numpy and pyarrow; ../shared/bench beside the project; GNU time
set -euo pipefail
cd "$(dirname "$0")/.."

issues=${1:?usage: benches/compare.sh ISSUES [WORKDIR]}
work=${2:-${TMPDIR:-/tmp}/jqlx-bench}
bench=../shared/bench

missing() {
    printf 'compare.sh: %s\n' "$1" >&2
    exit 2
}
[ -f "$bench/compare.py" ] || missing "there is no $bench/compare.py"
python3 -c 'import duckdb, numpy, pyarrow' 2>/dev/null || missing 'python3 lacks duckdb, numpy or pyarrow: pip install duckdb numpy pyarrow'
[ -x /usr/bin/time ] || missing 'there is no /usr/bin/time'

if [ -z "${JQLX:-}" ]; then
    cargo build --release --locked --bin jqlx
    JQLX="${CARGO_TARGET_DIR:-target}/release/jqlx"
fi
data="$work/data-$issues" store="$work/store-$issues" new="$work/new-$issues"
mkdir -p "$work"
[ -d "$data/events" ] || python3 "$bench/generate.py" "$data" --issues "$issues"
[ -d "$new/events" ] || python3 benches/new_events.py "$data" "$new" 10000
rm -rf "$store"

measured() {
    /usr/bin/time -f '%e s, %M kB at most' "$@" 2>&1 | tail -n 1
}
printf '## %s issues\n\n' "$issues"
printf -- '- source: %s bytes\n' "$(du -sb "$data" | cut -f1)"
printf -- '- load: %s\n' "$(measured "$JQLX" import "$data" --store "$store")"
printf -- '- store: %s bytes\n' "$(du -sb "$store" | cut -f1)"
printf -- '- %s\n' "$(python3 benches/load_duckdb.py "$data" "$work/duck.db")"
rm -f "$work/duck.db"
# A question that is answered otherwise is said in the table.
printf '\n### Over the store\n\n'
python3 "$bench/compare.py" "$data" --jqlx "$JQLX" --store "$store" --reps 3 || true
printf '\n### Over plain Parquet\n\n'
python3 "$bench/compare.py" "$data" --jqlx "$JQLX" --reps 3 || true
printf '\n- new events: %s\n' "$(measured "$JQLX" import "$new" --store "$store")"
