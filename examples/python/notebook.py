# %% [markdown]
# # What happened to the tasks?
#
# A notebook as VS Code and Jupytext read it; it runs as a script as well. `LEDGER` is the ledger's
# file, which a running gateway may have open.

# %%
import os
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

import oasis

store = oasis.Store.sqlite(os.environ.get("LEDGER", "oasis.db"))

# %% The last four weeks as a list of dicts, newest first; `pandas.DataFrame(rows)` takes it too.
since = datetime.now(timezone.utc) - timedelta(weeks=4)
rows = [event.to_dict() for event in store.query(since=since)]
print(f"{len(rows)} events, {Counter(row['status'] for row in rows)}")

# %% What is red now: the newest row of each workflow or deployment of a task.
latest = {}
for row in reversed(rows):
    if row["module"] in ("WORKFLOW", "DEPLOY"):
        latest[row["vtid"], row["module"], row["meta"].get("workflow_name")] = row
red = [row for row in latest.values() if row["status"] in ("failure", "error")]
for row in red:
    print(f"{row['vtid']:<20} {row['title']:<30} {row['ref'] or ''} {row['link'] or ''}")

# %% How long each task took, from its first event to its last merge.
moments = defaultdict(list)
merged = {}
for event in store.query(since=since, order="asc"):
    moments[event.vtid].append(event.ts)
    if event.title.endswith("-PR-MERGED"):
        merged[event.vtid] = event.ts
took = {vtid: end - min(moments[vtid]) for vtid, end in merged.items()}
for vtid, time in sorted(took.items(), key=lambda item: item[1], reverse=True):
    print(f"{vtid:<20} {time}")
