# %% [markdown]
# # Ask the lake in SQL, and see what an answer costs
#
# **Question.** The catalog knows the tables, the files lie on S3. Where is traffic slow, when, and what does it cost
# to find out?
#
# You will query the lake with Athena, compare what different questions scan, and make a small table of an answer.
# About 4 minutes; 0.9 GB of memory.
#
# simulate → Kafka → Spark → S3 → Glue → **[ Athena ]** → Redshift → dashboards

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
target: str = "local"  # "local", or "aws"

# %%
import awswrangler as wr
import boto3
import pandas as pd

from smartcity.settings import settings

city = settings(run_id=run_id, target=target)
wr.config.athena_query_wait_polling_delay = 0.1 if target == "local" else 1.0


# %% [markdown]
# ## One question
#
# Athena takes SQL, runs it on the files that the catalog points at, and writes the answer to S3 as a CSV file.
# `awswrangler` waits for it and reads the file.


# %%
def ask(sql: str) -> pd.DataFrame:
    return wr.athena.read_sql_query(sql, database=city.database, ctas_approach=False, s3_output=city.athena_output)


slow = ask(
    """
    SELECT road_id, count(*) AS readings, avg(mean_speed_kmh) AS mean_speed_kmh
    FROM traffic_data
    GROUP BY road_id
    ORDER BY mean_speed_kmh
    LIMIT 5
    """
)
slow

# %% [markdown]
# **What we see.** The five slowest roads. Under the table of five rows lies a scan of all files of `traffic_data`: how
# many bytes was that?
#
# ## What it scans is what it costs
#
# Each query execution keeps its statistics. On AWS a terabyte scanned costs 5 USD, and a query at least 10 MB of it.


# %%
def scanned(sql: str) -> int:
    frame = ask(sql)
    return int(frame.query_metadata["Statistics"]["DataScannedInBytes"])


# %% [markdown]
# **Predict.** Parquet stores columns apart. Which of these three scans the least, and which the most?

# %%
costs = {
    "count the rows": scanned("SELECT count(*) AS n FROM gps_data"),
    "one column": scanned("SELECT avg(speed_kmh) AS v FROM gps_data"),
    "all columns": scanned("SELECT * FROM gps_data"),
}
pd.DataFrame({"question": costs.keys(), "bytes scanned": costs.values()})

# %% [markdown]
# **What we see.** Counting reads only the ends of the files, where Parquet keeps the number of rows. One column reads
# its chunks. `SELECT *` reads everything, and nobody looks at it.
#
# ## Partitions
#
# A condition on a partition column leaves whole folders out. Partition columns are strings, as the crawler made them.

# %%
hours = ask("SELECT hour, count(*) AS events FROM gps_data GROUP BY hour ORDER BY hour")
first_hour = hours["hour"].iloc[0]
one_hour = scanned(f"SELECT avg(speed_kmh) AS v FROM gps_data WHERE hour = '{first_hour}'")  # noqa: S608
one_hour, costs["one column"]

# %% [markdown]
# ## Exercise 1
#
# On how many minutes of the first hour did it rain? Use `weather_data`: a minute counts when any station reports a
# precipitation above zero.

# %%
# BEGIN SOLUTION
rain = ask(
    """
    SELECT count(DISTINCT date_trunc('minute', event_time)) AS minutes
    FROM weather_data
    WHERE hour = (SELECT min(hour) FROM weather_data) AND precipitation_mm_h > 0
    """
)
rain_minutes = int(rain["minutes"].iloc[0])
# END SOLUTION
rain_minutes

# %% [markdown]
# ## An answer that stays: CREATE TABLE AS SELECT
#
# CTAS writes an answer as Parquet and puts it into the catalog, so that the next question scans the small table.

# %%
athena, glue = boto3.client("athena"), boto3.client("glue")
wr.athena.start_query_execution(
    "DROP TABLE IF EXISTS speed_by_road", database=city.database, s3_output=city.athena_output, wait=True
)
wr.s3.delete_objects(f"{city.lake_uri}/derived/speed_by_road/")
made = wr.athena.create_ctas_table(
    """
    SELECT road_id, date_trunc('hour', event_time) AS hour_start,
           avg(mean_speed_kmh) AS mean_speed_kmh, count(*) AS readings
    FROM traffic_data
    GROUP BY 1, 2
    """,
    database=city.database,
    ctas_table="speed_by_road",
    s3_output=f"{city.lake_uri}/derived/speed_by_road/",
    storage_format="parquet",
    write_compression="snappy",
    wait=True,
)
glue.get_table(DatabaseName=city.database, Name="speed_by_road")["Table"]["StorageDescriptor"]["Location"]

# %% [markdown]
# ## Exercise 2
#
# Ask the new table for the five slowest roads, and compare what that scans with the first question of this notebook.

# %%
# BEGIN SOLUTION
again = ask(
    """
    SELECT road_id, sum(mean_speed_kmh * readings) / sum(readings) AS mean_speed_kmh
    FROM speed_by_road
    WHERE mean_speed_kmh IS NOT NULL
    GROUP BY road_id
    ORDER BY 2
    LIMIT 5
    """
)
fewer_bytes = int(again.query_metadata["Statistics"]["DataScannedInBytes"])
# END SOLUTION
again, fewer_bytes

# %% [markdown]
# ## Where are the vehicles?
#
# Athena knows the globe, too. How many vehicles came within a kilometre of the middle of the traffic?

# %%
ask(
    """
    WITH place AS (SELECT approx_percentile(longitude, 0.5) AS x, approx_percentile(latitude, 0.5) AS y FROM gps_data)
    SELECT count(DISTINCT vehicle_id) AS vehicles
    FROM gps_data CROSS JOIN place
    WHERE great_circle_distance(latitude, longitude, y, x) < 1
    """
)

# %% [markdown]
# ## Recap
#
# - Athena runs SQL on files; the catalog says which. Nothing is loaded, and nothing runs when nobody asks.
# - Fewer columns, fewer partitions, smaller tables: fewer bytes, lower cost.
# - CTAS keeps an answer as a table of its own.
