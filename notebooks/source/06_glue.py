# %% [markdown]
# # Let a Glue crawler find the tables
#
# **Question.** The lake is a pile of files. What turns them into tables that Athena and Redshift can query?
#
# You will see what one stray file does to a crawl, then crawl the zones with AWS Glue and look at the tables and their
# partitions. It takes about 2 minutes and 0.3 GB of memory.
#
# simulate → Kafka → Spark → S3 → **[ Glue ]** → Athena → Redshift → dashboards
#
# Terms: [crawler](../GLOSSARY.md#crawler), [catalog](../GLOSSARY.md#catalog), [partition](../GLOSSARY.md#partition),
# [exclusion](../GLOSSARY.md#exclusion), [zone](../GLOSSARY.md#zone).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
minutes: int = 60  # minutes of city time, if the run has no records yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import contextlib

import boto3
import pandas as pd
import plotly.express as px

from course import prepare
from course.checks import lesson_06
from smartcity import catalog, figures
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# If you haven't run lessons 02 and 03, this cell creates their results.

# %% tags=["varies"]
run = settings(run_id=run_id, target=target)
prepare.zones(run, Config.for_lesson(minutes, vehicles, seed))
check = lesson_06.sheet(run)
glue, lake = boto3.client("glue"), Lake(run.lake_uri)

# %% [markdown]
# ## One file too many
#
# A crawler lists an S3 prefix, reads a little of each file, groups similar files into tables, and writes the tables to
# the **catalog**. It needs a role that can read the bucket, and a database to write to.
#
# First, the problem. Here is a copy of the weather events. In one of its hour folders is a small CSV file that a
# colleague exported there.

# %%
s3, demo = boto3.client("s3"), f"{run.lake_prefix}/demo/crawl/"
for path in lake.files("transformed", "weather_data"):
    key = demo + path.removeprefix("transformed/")
    s3.copy_object(Bucket=run.bucket, Key=key, CopySource=f"{run.bucket}/{run.lake_prefix}/{path}")
put = s3.put_object(Bucket=run.bucket, Key=f"{key.rpartition('/')[0]}/export.csv", Body=b"road_id,mean\nroad-0001,33.1\n")


# %%
def crawl(name: str, database: str, paths: list[str], exclusions: list[str]) -> pd.DataFrame:
    """Crawl S3 paths into an empty database, and return the tables that the crawler made."""
    targets = {"S3Targets": [{"Path": path, "Exclusions": exclusions} for path in paths]}
    with contextlib.suppress(glue.exceptions.EntityNotFoundException):
        glue.delete_database(Name=database)  # left over from an earlier run
    catalog.ensure_database(glue, database)
    if name in glue.list_crawlers()["CrawlerNames"]:
        glue.delete_crawler(Name=name)
    glue.create_crawler(Name=name, Role=run.crawler_role, DatabaseName=database, Targets=targets)
    glue.start_crawler(Name=name)
    catalog.wait_for_crawler(glue, name)
    made = glue.get_tables(DatabaseName=database)["TableList"]
    return pd.DataFrame({"table": table["Name"], "partitioned by": [key["Name"] for key in table["PartitionKeys"]]} for table in made)


# %% [markdown]
# **Predict.** The Parquet files form one table and the CSV file forms another. Will there be two tables?

# %% tags=["varies"]
trouble = crawl(f"{run.database}-demo", f"{run.database}_demo", [f"s3://{run.bucket}/{demo}"], [])
trouble

# %% [markdown]
# **What we see.** There are more than two. The files in that hour's folder are no longer alike, so the folder is no
# longer a partition. Each of its files became a table named after the file, and the intact folder next to it became a
# table of its own. There is no `weather_data`, so nobody can query the weather. An **exclusion** fixes it:

# %%
mended = crawl(f"{run.database}-demo", f"{run.database}_demo", [f"s3://{run.bucket}/{demo}"], ["**.csv"])
mended

# %% [markdown]
# **What we see.** One table with two partition columns. Spark's own file sink also creates files that don't belong to
# the data, in the folder `_spark_metadata`, so the usual exclusions are `**/_*` and `**/_*/**`. Exclusions apply only
# to the crawler. Athena reads *every* file below a table's location unless its name starts with `_` or `.`. It would
# try to read the CSV file as Parquet and fail. Keep stray files somewhere else.
#
# ## Crawl the zones
#
# Now the real tables: the transformed events, and the records that were set aside.
#
# **Predict.** `transformed/` has a folder for each topic, which contains `event_date=…` folders, which contain `hour=…`
# folders. `late/`, `duplicate/` and `dead_letter/` contain `arrival_date=…` folders. How many tables will there be, and
# what will the partition columns be called?

# %%
crawler = f"{run.database}-transformed"
catalog.ensure_database(glue, run.database)
targets = [f"{run.lake_uri}/{zone}/" for zone in prepare.ZONES]
catalog.ensure_crawler(glue, crawler, run.database, targets, run.crawler_role)
glue.start_crawler(Name=crawler)
crawl_done = catalog.wait_for_crawler(glue, crawler)
crawl_done["LastCrawl"]["Status"]

# %%
listed = glue.get_tables(DatabaseName=run.database)["TableList"]
crawled = [table for table in listed if table["Parameters"].get("UPDATED_BY_CRAWLER") == crawler]
tables = pd.DataFrame(
    {
        "table": table["Name"],
        "columns": len(table["StorageDescriptor"]["Columns"]),
        "partitioned by": ", ".join(key["Name"] for key in table["PartitionKeys"]),
        "records": int(table["Parameters"]["recordCount"]),
    }
    for table in crawled
)
tables

# %% [markdown]
# **What we see.** There are eight tables: one for each topic, and one for each zone of records set aside. We don't
# crawl `raw`. The folder names became partition columns. Are the tables complete? The truth knows how many records each
# one should have.

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
# *Number of records in each table, as the crawler wrote it to the catalog.*
#
# ## What is in a table
#
# A catalog table is a small document. It says where the files are, what format they have, and which columns.

# %%
gps = glue.get_table(DatabaseName=run.database, Name="gps_data")["Table"]
print(gps["StorageDescriptor"]["Location"], gps["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"])
pd.DataFrame(gps["StorageDescriptor"]["Columns"])

# %% [markdown]
# ## Exercise 1
#
# Which partitions does `gps_data` have? Make a list with the `Values` of each: `[event_date, hour]`.
# `glue.get_partitions` returns them under `"Partitions"`.

# %%
# BEGIN SOLUTION
answer = glue.get_partitions(DatabaseName=run.database, TableName="gps_data")
partitions = [partition["Values"] for partition in answer["Partitions"]]
# END SOLUTION
check.partitions(partitions)

# %% [markdown]
# ## Exercise 2
#
# The hours look like numbers. What type does the column `hour` have in the catalog? The partition columns are in
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
# - A crawler reads files and writes tables. It never moves data.
# - One stray file breaks the grouping. Keep exports out of the lake's folders, and exclude files that have to be there.
# - Partition columns come from folder names and are strings.
#
# **On AWS** a crawler uses two DPUs (each has 4 cores and 16 GB) at 0.44 USD per hour and bills at least ten minutes.
# That is about 0.15 USD per run, so don't start one every minute. The catalog itself is free for up to a million
# objects.
#
# Next: [query the tables](07_athena.ipynb).

# %% tags=["solution"]
check.require_all()
