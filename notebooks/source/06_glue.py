# %% [markdown]
# # Let a Glue crawler find the tables
#
# **Question.** The lake holds thousands of columns' worth of Parquet. Who tells Athena and Redshift what is in it?
#
# You will crawl the transformed zone with AWS Glue, look at the tables it found, and at their partitions.
# About 3 minutes; 0.2 GB of memory.
#
# simulate → Kafka → Spark → S3 → **[ Glue ]** → Athena → Redshift → dashboards

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
target: str = "local"  # "local", or "aws"

# %%
import boto3
import pandas as pd

from smartcity import catalog
from smartcity.settings import settings

city = settings(run_id=run_id, target=target)
glue = boto3.client("glue")

# %% [markdown]
# ## A database and a crawler
#
# A crawler lists an S3 prefix, reads the files' own schemas, and writes tables into the catalog. Its role must be
# allowed to read the bucket.

# %%
crawler = f"{city.database}-transformed"
zones = [f"{city.lake_uri}/{zone}/" for zone in ("transformed", "late", "duplicate", "dead_letter")]
catalog.ensure_database(glue, city.database)
catalog.ensure_crawler(glue, crawler, city.database, zones)
glue.start_crawler(Name=crawler)

# %% [markdown]
# **Predict.** Below `transformed/` there is a folder for each topic, in it `event_date=…`, in it `hour=…`. How many
# tables will there be, and what will the partition columns be called?

# %%
crawl = catalog.wait_for_crawler(glue, crawler)
crawl["LastCrawl"]["Status"], glue.get_crawler_metrics(CrawlerNameList=[crawler])["CrawlerMetricsList"][0]["TablesCreated"]

# %%
tables = glue.get_tables(DatabaseName=city.database)["TableList"]
tables = [table for table in tables if table["Parameters"].get("UPDATED_BY_CRAWLER") == crawler]
pd.DataFrame(
    {
        "table": table["Name"],
        "columns": len(table["StorageDescriptor"]["Columns"]),
        "partitioned by": ", ".join(key["Name"] for key in table["PartitionKeys"]),
        "records": int(table["Parameters"].get("recordCount", 0)),
        "format": table["Parameters"]["classification"],
    }
    for table in tables
)

# %% [markdown]
# **What we see.** One table for each topic, and one for the late records. The folder names `event_date=` and `hour=`
# became partition columns, both of type string: a crawler does not guess types from folder names.

# %%
gps = glue.get_table(DatabaseName=city.database, Name="gps_data")["Table"]
pd.DataFrame(gps["StorageDescriptor"]["Columns"])

# %% [markdown]
# ## Exercise 1
#
# How many partitions does `gps_data` have, and which is the first?

# %%
# BEGIN SOLUTION
partitions = [one["Values"] for one in glue.get_partitions(DatabaseName=city.database, TableName="gps_data")["Partitions"]]
# END SOLUTION
partitions

# %% [markdown]
# ## Recap
#
# - A crawler reads files and writes tables; it never moves data.
# - Partition columns come from folder names, and are strings.
# - On AWS a crawler costs 0.44 USD per DPU-hour, ten minutes at least per run.
