#!/usr/bin/env python3
"""Load a folder in the interchange layout into a DuckDB file and derive the same intervals as `jqlx import` does.

usage: load_duckdb.py DATA_DIR FILE [THREADS]
needs: pip install duckdb
"""
import os, resource, sys, time
import duckdb

# Fields that hold several values at a time in the benchmark data: each element has intervals of its own.
SEVERAL = "('labels', 'fixVersion', 'Sprint')"
CHANGES = "FROM events WHERE field IS NOT NULL AND issue_id IS NOT NULL AND field"
OVER = "lead(time) OVER w AS until, lead(actor) OVER w AS ended_by, row_number() OVER w AS place"
INTERVALS = f"""CREATE TABLE intervals AS WITH
  one AS (SELECT issue_id, field, from_value, to_value, time, actor, actor_kind, {OVER}
    {CHANGES} NOT IN {SEVERAL} WINDOW w AS (PARTITION BY field, issue_id ORDER BY time, event_id)),
  many AS (SELECT issue_id, field, coalesce(to_value, from_value) AS element, to_value IS NOT NULL AS added, time, actor, actor_kind, {OVER}
    {CHANGES} IN {SEVERAL} WINDOW w AS (PARTITION BY field, issue_id, coalesce(to_value, from_value) ORDER BY time, event_id))
  SELECT issue_id, field, to_value AS value, time AS valid_from, until AS valid_to, actor AS set_by, actor_kind AS set_kind, ended_by, false AS initial FROM one
  UNION ALL SELECT one.issue_id, field, from_value, created, time, creator, NULL, actor, true FROM one LEFT JOIN issues ON id = one.issue_id WHERE place = 1
  UNION ALL SELECT issue_id, field, element, time, until, actor, actor_kind, ended_by, false FROM many WHERE added
  UNION ALL SELECT many.issue_id, field, element, created, time, creator, NULL, actor, true FROM many LEFT JOIN issues ON id = many.issue_id WHERE place = 1 AND NOT added
  ORDER BY field, value, issue_id"""


def main():
    source, file = sys.argv[1], sys.argv[2]
    if os.path.exists(file):
        os.remove(file)
    started = time.perf_counter()
    db = duckdb.connect(file)
    db.sql(f"SET threads = {int(sys.argv[3]) if len(sys.argv) > 3 else 2}; SET TimeZone = 'UTC'")
    for table in ("events", "issues"):
        db.sql(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{source}/{table}/*.parquet')")
    for table in ("users", "projects", "memberships", "statuses", "priorities", "versions"):
        db.sql(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{source}/{table}.parquet')")
    tables = time.perf_counter() - started
    db.sql(INTERVALS)
    db.close()
    took, peak = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"DuckDB: tables {tables:.2f} s, with intervals {took:.2f} s, peak {peak:.0f} MB, {os.path.getsize(file) / 1e6:.1f} MB")


main()
