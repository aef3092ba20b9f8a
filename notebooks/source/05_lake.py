# %% [markdown]
# # Look into the lake on S3
#
# **Question.** The stream has written its zones. What lies there, and how does a program without Spark read it?
#
# You will list the zones, read one hour of one topic, and add up where every record went.
# About 2 minutes; 0.3 GB of memory.
#
# simulate → Kafka → Spark → **[ S3 ]** → Glue → Athena → Redshift → dashboards

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
target: str = "local"  # "local", or "aws"

# %%
import awswrangler as wr
import boto3
import pandas as pd

from smartcity.settings import settings

city = settings(run_id=run_id, target=target)
s3 = boto3.client("s3")

# %% [markdown]
# ## What lies where

# %%
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=city.bucket, Prefix=f"{city.lake_prefix}/")
objects = pd.DataFrame({"key": one["Key"], "bytes": one["Size"]} for page in pages for one in page.get("Contents", []))
objects["zone"] = objects["key"].str.split("/").str[1]
objects.groupby("zone")["bytes"].agg(files="count", megabytes=lambda column: round(column.sum() / 1e6, 2))

# %% [markdown]
# **What we see.** `raw` holds what Kafka delivered, byte for byte. `transformed` holds typed, clean events. What was set
# aside lies in `late`, `duplicate` and `dead_letter`, with its reason. Folders that start with `_` are the stream's own.
#
# ## Read one hour
#
# **Predict.** The path holds `event_date=` and `hour=`. Will these two be columns of the table that we read?

# %%
prefix = f"{city.lake_uri}/transformed/gps_data/"
gps = wr.s3.read_parquet(prefix, dataset=True)
gps[["event_time", "vehicle_id", "speed_kmh", "district", "event_date", "hour"]].head()

# %% [markdown]
# ## Where every record went

# %%
set_aside = pd.concat(
    wr.s3.read_parquet(f"{city.lake_uri}/{zone}/", dataset=True).assign(verdict=zone)[["topic", "verdict", "reason"]]
    for zone in ("duplicate", "late", "dead_letter")
)
set_aside.groupby(["verdict", "reason"], dropna=False).size().rename("records").to_frame()

# %% [markdown]
# ## Exercise 1
#
# Which vehicle drove fastest in this run, as GPS saw it?

# %%
# BEGIN SOLUTION
fastest = gps.loc[gps["speed_kmh"].idxmax(), "vehicle_id"]
# END SOLUTION
fastest

# %% [markdown]
# ## Recap
#
# - A zone is a folder; a partition is a folder named `column=value`; a reader that knows neither Kafka nor Spark reads it.
# - Nothing is thrown away: what is not clean lies beside, with a reason.
# - On AWS a gigabyte costs 0.023 USD a month, and 1,000 writes 0.005 USD: many small files cost more than large ones.
