# %% [markdown]
# # Look into the lake on S3
#
# **Question.** The stream has written its zones. What lies there, how does a program without Spark read it, and why does
# everybody warn of small files?
#
# You will list the zones, read one of them, add up where every record went, and compare sixty small files with a large
# one. About 3 minutes; 0.3 GB of memory.
#
# simulate → Kafka → Spark → **[ S3 ]** → Glue → Athena → Redshift → dashboards
#
# Words: [object](../GLOSSARY.md#object), [zone](../GLOSSARY.md#zone), [partition](../GLOSSARY.md#partition),
# [Parquet](../GLOSSARY.md#parquet), [compaction](../GLOSSARY.md#compaction).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
minutes: int = 60  # minutes of city time, where the records are not there yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import time

import awswrangler as wr
import boto3
import pandas as pd
import plotly.express as px

from smartcity import figures, prepare
from smartcity.checks import lesson_05
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config

# %% [markdown]
# Where lessons 02 and 03 have not been run, this cell makes what they would have made.

# %% tags=["varies"]
city = settings(run_id=run_id, target=target)
prepare.zones(city, Config.for_lesson(minutes, vehicles, seed))
check = lesson_05.sheet(city)
s3 = boto3.client("s3")

# %% [markdown]
# ## What lies where
#
# S3 knows no folders. It holds **objects** under keys; `/` in a key is a habit of people and tools.
#
# **Predict.** Which zone is the largest: `raw`, with each record as JSON, or `transformed`, with the same in columns?

# %% tags=["varies"]
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=city.bucket, Prefix=f"{city.lake_prefix}/")
objects = pd.DataFrame({"key": one["Key"], "bytes": one["Size"]} for page in pages for one in page.get("Contents", []))
objects["zone"] = objects["key"].str.split("/").str[1]
objects.groupby("zone")["bytes"].agg(files="count", megabytes=lambda column: round(column.sum() / 1e6, 2))

# %% [markdown]
# **What we see.** `raw` holds what Kafka delivered, byte for byte, and is the insurance: all else can be made from it
# again. `transformed` holds typed, clean events, in columns that compress well. Names that start with `_` are the
# stream's own; query engines pass over them.

# %% tags=["varies"]
objects.loc[objects["key"].str.contains("/transformed/gps_data/"), "key"].head(3).tolist()

# %% [markdown]
# ## Read a zone
#
# **Predict.** The key holds `event_date=` and `hour=`. Will these two be columns of the table that we read?

# %% tags=["varies"]
prefix = f"{city.lake_uri}/transformed/gps_data/"
gps = wr.s3.read_parquet(prefix, dataset=True)
gps[["event_time", "vehicle_id", "speed_kmh", "district", "event_date", "hour"]].head()

# %% [markdown]
# **What we see.** They are columns, though no file holds them: the reader takes them from the path. A reader that wants
# one hour only need not even list the others.
#
# ## Exercise 1
#
# Which vehicle drove fastest in this run, as GPS saw it?

# %%
# BEGIN SOLUTION
fastest = gps.loc[gps["speed_kmh"].idxmax(), "vehicle_id"]
# END SOLUTION
check.fastest(fastest)

# %% [markdown]
# ## Where every record went

# %%
set_aside = pd.concat(
    wr.s3.read_parquet(f"{city.lake_uri}/{zone}/", dataset=True).assign(verdict=zone)[["topic", "verdict", "reason"]]
    for zone in ("duplicate", "late", "dead_letter")
)
found = set_aside["verdict"].value_counts().rename("in the lake").to_frame()
found.assign(truth=Lake(city.lake_uri).truth().to_pandas()["verdict"].astype(str).value_counts())

# %% [markdown]
# **What we see.** What was not clean lies beside, each record with its reason, and the numbers are those of the
# simulator's truth.
#
# ## Many small files
#
# A stream that writes once a minute leaves a file a minute. We write the GPS rows as such a stream would, then the same
# rows as one file. Making one of many is called **compaction**.
#
# **Predict.** The rows are the same. Are the bytes? And the time to read them?

# %%
small, compacted = f"{city.lake_uri}/{lesson_05.SMALL}", f"{city.lake_uri}/{lesson_05.COMPACTED}"
wr.s3.delete_objects([*wr.s3.list_objects(small), *wr.s3.list_objects(compacted)])
for minute, rows in gps.groupby(gps["event_time"].dt.floor("min")):
    wr.s3.to_parquet(rows, f"{small}{minute:%Y%m%d-%H%M}.parquet")
written = wr.s3.to_parquet(gps, f"{compacted}all.parquet")


# %% tags=["varies"]
def measured(name: str, folder: str) -> dict[str, object]:
    """Return what a folder holds, and how long reading it takes."""
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
# *Files, kilobytes, and seconds to read, for the same GPS rows written once a minute and as one file.*
#
# **What we see.** Each file brings a footer, compresses its few rows alone, and has to be asked for. Our own stream
# therefore writes large batches; a stream that can't wait has its files compacted later, by a job that reads the small
# ones and writes a large one. Here `./lab compact` is that job: it leaves the zone alone and writes `compacted/` beside it,
# one file an hour. Look at the seconds, too: each run gives others, but the order stays.
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
# - A zone is a prefix; a partition is a part of the key named `column=value`; any Parquet reader reads them.
# - Nothing is thrown away: what is not clean lies beside, with a reason.
# - Few large files beat many small ones, in bytes, in requests and in time.
#
# **On AWS** a GB costs 0.023 USD a month, 1,000 writes 0.005 USD and 1,000 reads 0.0004 USD. A stream that writes five
# files a second pays about 65 USD a month for writing alone, however small they are.
#
# Next: [who tells Athena what lies here](06_glue.ipynb).

# %% tags=["solution"]
check.require_all()
