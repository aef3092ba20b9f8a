# %% [markdown]
# # Let a Glue crawler find the tables
#
# **Question.** The lake is a heap of files. Who tells Athena and Redshift which of them are a table, and what its columns
# are?
#
# You will see what one foreign file does to a crawl, then crawl the zones with AWS Glue, and look at the tables and
# their partitions. About 2 minutes; 0.3 GB of memory.
#
# simulate → Kafka → Spark → S3 → **[ Glue ]** → Athena → Redshift → dashboards
#
# Words: [crawler](../GLOSSARY.md#crawler), [catalog](../GLOSSARY.md#catalog), [partition](../GLOSSARY.md#partition),
# [exclusion](../GLOSSARY.md#exclusion), [zone](../GLOSSARY.md#zone).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
minutes: int = 60  # minutes of city time, where the records are not there yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import contextlib

import boto3
import pandas as pd
import plotly.express as px

from smartcity import catalog, figures, prepare
from smartcity.checks import lesson_06
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config

# %% [markdown]
# Where lessons 02 and 03 have not been run, this cell makes what they would have made.

# %% tags=["varies"]
city = settings(run_id=run_id, target=target)
prepare.zones(city, Config.for_lesson(minutes, vehicles, seed))
check = lesson_06.sheet(city)
glue, lake = boto3.client("glue"), Lake(city.lake_uri)

# %% [markdown]
# ## One file too many
#
# A crawler lists an S3 prefix, reads a little of each file, puts files that are alike into one table, and writes the
# tables into the **catalog**. It needs a role that may read the bucket, and a database to write to.
#
# First the trouble. Here is a copy of the weather events, and among them a small CSV file that a colleague has exported
# into the folder of an hour.

# %%
s3, demo = boto3.client("s3"), f"{city.lake_prefix}/demo/crawl/"
for path in lake.files("transformed", "weather_data"):
    key = demo + path.removeprefix("transformed/")
    s3.copy_object(Bucket=city.bucket, Key=key, CopySource=f"{city.bucket}/{city.lake_prefix}/{path}")
put = s3.put_object(Bucket=city.bucket, Key=f"{key.rpartition('/')[0]}/export.csv", Body=b"road_id,mean\nroad-0001,33.1\n")


# %%
def crawl(name: str, database: str, paths: list[str], exclusions: list[str]) -> pd.DataFrame:
    """Run a new crawler over S3 paths into a database that is emptied first, and return the tables that it made."""
    targets = {"S3Targets": [{"Path": path, "Exclusions": exclusions} for path in paths]}
    with contextlib.suppress(glue.exceptions.EntityNotFoundException):
        glue.delete_database(Name=database)  # what an earlier try has left
    catalog.ensure_database(glue, database)
    if name in glue.list_crawlers()["CrawlerNames"]:
        glue.delete_crawler(Name=name)
    glue.create_crawler(Name=name, Role=catalog.ROLE, DatabaseName=database, Targets=targets)
    glue.start_crawler(Name=name)
    catalog.wait_for_crawler(glue, name)
    made = glue.get_tables(DatabaseName=database)["TableList"]
    return pd.DataFrame({"table": one["Name"], "partitioned by": [key["Name"] for key in one["PartitionKeys"]]} for one in made)


# %% [markdown]
# **Predict.** The Parquet files are one table, the CSV file is another. Two tables?

# %% tags=["varies"]
trouble = crawl(f"{city.database}-demo", f"{city.database}_demo", [f"s3://{city.bucket}/{demo}"], [])
trouble

# %% [markdown]
# **What we see.** Not two, but more. The folder of that hour no longer holds files that are alike, so it is no partition any
# more: each of its files became a table with the file's name, and so did the sound folder beside it, which is alone now.
# There is no `weather_data`, and nobody can ask for the weather. An **exclusion** mends it:

# %%
mended = crawl(f"{city.database}-demo", f"{city.database}_demo", [f"s3://{city.bucket}/{demo}"], ["**.csv"])
mended

# %% [markdown]
# **What we see.** One table with two partition columns. Spark's own file sink leaves such a foreign body by design, the
# folder `_spark_metadata`, and so the usual exclusions are `**/_*` and `**/_*/**`. Note that they count for the crawler
# only: Athena reads *every* file below a table's location unless its name begins with `_` or `.`; it would take the CSV
# for Parquet and fail. A foreign file belongs elsewhere.
#
# ## Crawl the zones
#
# Now the real tables: the transformed events, and what was set aside.
#
# **Predict.** Below `transformed/` there is a folder for each topic, in it `event_date=…`, in it `hour=…`; below `late/`,
# `duplicate/` and `dead_letter/` there is `arrival_date=…`. How many tables will there be, and what will the partition
# columns be called?

# %%
crawler = f"{city.database}-transformed"
catalog.ensure_database(glue, city.database)
catalog.ensure_crawler(glue, crawler, city.database, [f"{city.lake_uri}/{zone}/" for zone in prepare.ZONES])
glue.start_crawler(Name=crawler)
crawl_done = catalog.wait_for_crawler(glue, crawler)
crawl_done["LastCrawl"]["Status"]

# %%
found = [one for one in glue.get_tables(DatabaseName=city.database)["TableList"] if one["Parameters"].get("UPDATED_BY_CRAWLER") == crawler]
tables = pd.DataFrame(
    {
        "table": one["Name"],
        "columns": len(one["StorageDescriptor"]["Columns"]),
        "partitioned by": ", ".join(key["Name"] for key in one["PartitionKeys"]),
        "records": int(one["Parameters"]["recordCount"]),
    }
    for one in found
)
tables

# %% [markdown]
# **What we see.** Eight: one table for each topic, and one for each zone that was set aside. `raw` is not crawled. The
# folder names became partition columns. Is it all? The truth knows how many records each table must have.

# %%
truth = lake.truth().to_pandas()
clean = truth["verdict"].astype(str) == "transformed"
books = truth["topic"].astype(str).where(clean, truth["verdict"].astype(str)).value_counts().rename("truth")
tables.set_index("table")[["records"]].join(books)

# %%
figure = px.bar(tables.sort_values("records"), x="records", y="table", log_x=True, text_auto=",", template=figures.template())
figure.update_layout(title=f"{tables['records'].sum():,} records are in the catalog, counted from the ends of the files")
figure.update_layout(xaxis_title="records (logarithmic)", yaxis_title="").update_xaxes(dtick=1)

# %% [markdown]
# *Records of each table, as the crawler wrote them into the catalog.*
#
# ## What is in a table
#
# A table of the catalog is a small document: where the files lie, in which format, with which columns.

# %%
gps = glue.get_table(DatabaseName=city.database, Name="gps_data")["Table"]
print(gps["StorageDescriptor"]["Location"], gps["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"])
pd.DataFrame(gps["StorageDescriptor"]["Columns"])

# %% [markdown]
# ## Exercise 1
#
# Which partitions does `gps_data` have? Make a list of the `Values` of each, `[event_date, hour]`; `glue.get_partitions` has
# them under `"Partitions"`.

# %%
# BEGIN SOLUTION
answer = glue.get_partitions(DatabaseName=city.database, TableName="gps_data")
partitions = [one["Values"] for one in answer["Partitions"]]
# END SOLUTION
check.partitions(partitions)

# %% [markdown]
# ## Exercise 2
#
# The hours look like numbers. Which type has the column `hour` in the catalog? Partition columns stand in
# `gps["PartitionKeys"]`.

# %%
# BEGIN SOLUTION
hour_type = next(key["Type"] for key in gps["PartitionKeys"] if key["Name"] == "hour")
# END SOLUTION
check.hour_type(hour_type)

# %% [markdown]
# ## Exercise 3
#
# Which table has the most records?

# %%
# BEGIN SOLUTION
largest = tables.loc[tables["records"].idxmax(), "table"]
# END SOLUTION
check.largest(largest)

# %%
check

# %% [markdown]
# ## Recap
#
# - A crawler reads files and writes tables; it never moves data.
# - One foreign file breaks the grouping: keep exports out of the lake's folders, and exclude what has to lie there.
# - Partition columns come from folder names, and are strings.
#
# **On AWS** a crawler takes two DPUs (each 4 cores and 16 GB) at 0.44 USD an hour, ten minutes at least: about 0.15 USD for
# each run, so do not start one every minute. The catalog itself is free up to a million objects.
#
# Next: [ask the tables](07_athena.ipynb).

# %% tags=["solution"]
check.require_all()
