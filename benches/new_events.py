#!/usr/bin/env python3
"""Write new events after those of a folder in the interchange layout: what a later import brings.

usage: new_events.py DATA_DIR OUT_DIR COUNT
needs: pip install pyarrow numpy

Half of them touch the issues that were created last, half any issue. Each is an event of DATA_DIR under another id, on the day
after the last one. The same folder and count give the same events.
"""
import glob, os, sys
import numpy as np, pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq


def main():
    source, out, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    files = sorted(glob.glob(f"{source}/events/*.parquet"))
    random = np.random.default_rng(7)
    last = max(pc.max(pq.read_table(f, columns=["time"])["time"]).cast(pa.int64()).as_py() for f in files)
    newest = max(pc.max(pq.read_table(f, columns=["issue_id"])["issue_id"]).as_py() or 0 for f in files)
    parts = []
    for at, file in enumerate(files):
        # Of the last file half, of the others the rest in equal parts.
        wanted = count // 2 if at == len(files) - 1 else -(-(count - count // 2) // max(1, len(files) - 1))
        table = pq.read_table(file)
        ids = table["issue_id"].fill_null(0).to_numpy()
        recent = np.flatnonzero(ids > newest * 0.95) if at == len(files) - 1 else np.flatnonzero(ids)
        chosen = np.sort(random.choice(recent, min(wanted, len(recent)), replace=False))
        parts.append(table.take(pa.array(chosen)))
    rows = pa.concat_tables(parts, promote_options="default")[:count].unify_dictionaries()
    names = pc.binary_join_element_wise(rows["event_id"].cast(pa.string()), pa.scalar("new"), pa.scalar("-"))
    times = last + 1 + np.sort(random.integers(0, 86_400_000_000, len(rows)))
    rows = rows.set_column(rows.schema.get_field_index("event_id"), "event_id", names)
    rows = rows.set_column(rows.schema.get_field_index("time"), "time", pa.array(times, pa.timestamp("us", "UTC")))
    os.makedirs(f"{out}/events", exist_ok=True)
    pq.write_table(rows, f"{out}/events/new.parquet")
    print(f"{len(rows)} events in {out}")


main()
