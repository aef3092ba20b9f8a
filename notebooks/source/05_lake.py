# %% [markdown]
# # Look into the lake on S3
#
# **Question.** The stream has written its zones. What is in them, how does a program without Spark read them, and why
# does everybody warn about small files?
#
# You will list the zones, read one of them, add up where every record went, and compare sixty small files with one
# large file. It takes about 3 minutes and 0.3 GB of memory.
#
# simulate → Kafka → Spark → **[ S3 ]** → Glue → Athena → Redshift → dashboards
#
# Terms: [object](../GLOSSARY.md#object), [zone](../GLOSSARY.md#zone), [partition](../GLOSSARY.md#partition),
# [Parquet](../GLOSSARY.md#parquet), [compaction](../GLOSSARY.md#compaction).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
minutes: int = 60  # minutes of city time, if the run has no records yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import time

import awswrangler as wr
import boto3
import pandas as pd
import plotly.express as px

from course import prepare
from course.checks import lesson_05
from smartcity import figures
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# If you haven't run lessons 02 and 03, this cell creates their results.

# %% tags=["varies"]
run = settings(run_id=run_id, target=target)
prepare.zones(run, Config.for_lesson(minutes, vehicles, seed))
check = lesson_05.sheet(run)
s3 = boto3.client("s3")

# %% [markdown]
# ## What is stored where
#
# S3 has no folders. It stores **objects** under keys; treating `/` in a key as a folder is a convention of people and
# tools.
#
# **Predict.** Which zone is the largest: `raw`, which holds each record as JSON, or `transformed`, which holds the same
# data in columns?

# %% tags=["varies"]
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=run.bucket, Prefix=f"{run.lake_prefix}/")
objects = pd.DataFrame({"key": item["Key"], "bytes": item["Size"]} for page in pages for item in page.get("Contents", []))
objects["zone"] = objects["key"].str.split("/").str[1]
objects.groupby("zone")["bytes"].agg(files="count", megabytes=lambda column: round(column.sum() / 1e6, 2))

# %% [markdown]
# **What we see.** `raw` holds what Kafka delivered, byte for byte. It is the insurance: everything else can be rebuilt
# from it. `transformed` holds clean, typed events in columns, which compress well. Names that start with `_` belong to
# the stream itself; query engines skip them.

# %% tags=["varies"]
objects.loc[objects["key"].str.contains("/transformed/gps_data/"), "key"].head(3).tolist()

# %% [markdown]
# ## Read a zone
#
# **Predict.** The key contains `event_date=` and `hour=`. Will these two be columns of the table we read?

# %% tags=["varies"]
prefix = f"{run.lake_uri}/transformed/gps_data/"
gps = wr.s3.read_parquet(prefix, dataset=True)
gps[["event_time", "vehicle_id", "speed_kmh", "district", "event_date", "hour"]].head()

# %% [markdown]
# **What we see.** They are columns, although no file contains them: the reader takes them from the path. A reader that
# needs only one hour doesn't even list the others.
#
# ## Exercise 1
#
# Which vehicle drove fastest in this run, according to GPS?

# %%
# BEGIN SOLUTION
fastest = gps.loc[gps["speed_kmh"].idxmax(), "vehicle_id"]
# END SOLUTION
check.fastest(fastest)

# %% [markdown]
# ## Where every record went

# %%
set_aside = pd.concat(
    wr.s3.read_parquet(f"{run.lake_uri}/{zone}/", dataset=True).assign(verdict=zone)[["topic", "verdict", "reason"]]
    for zone in ("duplicate", "late", "dead_letter")
)
counts = set_aside["verdict"].value_counts().rename("in the lake").to_frame()
counts.assign(truth=Lake(run.lake_uri).truth().to_pandas()["verdict"].astype(str).value_counts())

# %% [markdown]
# **What we see.** Records that aren't clean are kept in zones of their own, each with its reason. The counts match the
# simulator's truth.
#
# ## Many small files
#
# A stream that writes once a minute leaves one file per minute. We write the GPS rows as such a stream would, then
# write the same rows as one file. Merging many files into one is called **compaction**.
#
# **Predict.** The rows are the same. Is the number of bytes the same too? And the time to read them?

# %%
small, compacted = f"{run.lake_uri}/{lesson_05.SMALL}", f"{run.lake_uri}/{lesson_05.COMPACTED}"
wr.s3.delete_objects([*wr.s3.list_objects(small), *wr.s3.list_objects(compacted)])
for minute, rows in gps.groupby(gps["event_time"].dt.floor("min")):
    wr.s3.to_parquet(rows, f"{small}{minute:%Y%m%d-%H%M}.parquet")
written = wr.s3.to_parquet(gps, f"{compacted}all.parquet")


# %% tags=["varies"]
def measured(name: str, folder: str) -> dict[str, object]:
    """Return what a folder holds, and how long it takes to read."""
    sizes = wr.s3.size_objects(wr.s3.list_objects(folder))
    begin = time.perf_counter()
    rows = len(wr.s3.read_parquet(folder))
    seconds = time.perf_counter() - begin
    return {"written": name, "rows": rows, "files": len(sizes), "kB": sum(sizes.values()) / 1e3, "seconds": seconds}


costs = pd.DataFrame([measured("a file a minute", small), measured("compacted", compacted)])
costs.round(2)

# %%
bars = costs.melt("written", ["files", "kB", "seconds"], "measure")
figure = px.bar(bars, y="written", x="value", facet_col="measure", pattern_shape="written", template=figures.template())
figure.update_xaxes(matches=None, title="", nticks=4)
figure.for_each_annotation(lambda note: note.update(text=note.text.split("=")[1]))
many = costs["files"].max()
figure.update_layout(title=f"The same rows in {many} files: more bytes, and far more requests", showlegend=False)
figure.update_yaxes(title="")

# %% [markdown]
# *Number of files, kilobytes, and seconds to read, for the same GPS rows written once a minute and as one file.*
#
# **What we see.** Every file adds a footer, compresses only its own few rows, and needs its own request. That is why
# our stream writes large batches. If a stream can't wait, a later job compacts its files: it reads the small ones and
# writes a large one. Here that job is `./lab compact`. It leaves the zone alone and writes one file per hour to
# `compacted/` next to it. The seconds change from run to run, but the order stays the same.
#
# ## Exercise 2
#
# How many times as many bytes do the small files take? Use `costs`.

# %%
# BEGIN SOLUTION
size = costs.set_index("written")["kB"]
times_larger = size["a file a minute"] / size["compacted"]
# END SOLUTION
check.times_larger(times_larger)

# %%
check

# %% [markdown]
# ## Recap
#
# - A zone is a prefix, and a partition is a part of the key named `column=value`. Any Parquet reader can read them.
# - Nothing is thrown away: records that aren't clean are kept separately, with a reason.
# - A few large files beat many small ones, in bytes, requests and time.
#
# **On AWS** storage costs 0.023 USD per GB and month, 1,000 writes cost 0.005 USD, and 1,000 reads cost 0.0004 USD. A
# stream that writes five files a second pays about 65 USD a month for the writes alone, however small the files are.
#
# Next: [what turns these files into tables](06_glue.ipynb).

# %% tags=["solution"]
check.require_all()
