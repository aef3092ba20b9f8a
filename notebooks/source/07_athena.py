# %% [markdown]
# # Query the lake in SQL, and see what an answer costs
#
# **Question.** The catalog knows the tables, and the files are on S3. Where is traffic slow, and what does it cost to
# find out?
#
# You will query the lake with Athena, see what different queries scan and cost, and arrange the data so that a query
# scans fewer bytes. It takes about 3 minutes and 0.3 GB of memory.
#
# simulate → Kafka → Spark → S3 → Glue → **[ Athena ]** → Redshift → dashboards
#
# Terms: [catalog](../GLOSSARY.md#catalog), [partition](../GLOSSARY.md#partition), [Parquet](../GLOSSARY.md#parquet),
# [CTAS](../GLOSSARY.md#ctas).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
minutes: int = 60  # minutes of city time, if the run has no records yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import awswrangler as wr
import pandas as pd
import plotly.express as px

from course import prepare
from course.checks import lesson_07
from smartcity import figures
from smartcity.events import TOPICS
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# If you haven't run lessons 02 to 06, this cell creates their results.

# %% tags=["varies"]
run = settings(run_id=run_id, target=target)
prepare.tables(run, Config.for_lesson(minutes, vehicles, seed))
check = lesson_07.sheet(run)
wr.config.athena_query_wait_polling_delay = 0.1 if target == "local" else 1.0

# %% [markdown]
# ## A first query
#
# Athena takes SQL, runs it on the files that the catalog points to, and writes the result to S3 as a CSV file.
# `awswrangler` waits for that file and reads it. Which roads were the slowest?


# %%
def ask(sql: str) -> pd.DataFrame:
    """Return the result of an Athena query."""
    return wr.athena.read_sql_query(sql, database=run.database, ctas_approach=False, s3_output=run.athena_output)


ask(
    """
    SELECT road_id, count(*) AS readings, round(avg(traffic_data.mean_speed_kmh), 1) AS mean_speed_kmh
    FROM traffic_data
    GROUP BY road_id
    ORDER BY mean_speed_kmh, road_id LIMIT 5
    """
)

# %% [markdown]
# **What we see.** Athena read every row of `traffic_data` to find these five roads. Can we trust the engine? Its counts
# must match the number of clean records in the simulator's truth.

# %%
counts = " UNION ALL ".join(f"SELECT '{topic}' AS topic, count(*) AS athena FROM {topic}" for topic in TOPICS)
truth = Lake(run.lake_uri).truth().to_pandas().query("verdict == 'transformed'").astype({"topic": str})
ask(f"{counts} ORDER BY topic").set_index("topic").join(truth["topic"].value_counts().rename("truth"))

# %% [markdown]
# ## You pay for what you scan
#
# Athena keeps statistics for each query. On AWS, scanning a terabyte costs 5 USD.


# %%
def scanned(sql: str) -> int:
    """Return how many bytes a query scans."""
    return int(ask(sql).query_metadata["Statistics"]["DataScannedInBytes"])


# %% [markdown]
# Athena charges for at least 10 MB per query, so on this little data each of these queries would cost the same. To see
# what they would cost on a large lake, we calculate the price by the byte.
#
# **Predict.** Parquet stores columns separately. Which of these three scans the least, and which the most?

# %% tags=["varies"]
costs = {
    "count the rows": scanned("SELECT count(*) AS n FROM gps_data"),
    "one column": scanned("SELECT avg(speed_kmh) AS v FROM gps_data"),
    "all columns": scanned("SELECT * FROM gps_data"),
}
pd.DataFrame({"bytes scanned": costs, "USD for a million, by the byte": {name: round(n * 5e-6, 2) for name, n in costs.items()}})

# %% [markdown]
# **What we see.** Counting needs only the *footer* at the end of each file, where Parquet keeps the number of rows and
# the minimum and maximum of each column. To find the footer, the engine reads the last 48 kB of a file. On files as
# small as ours, that is most of what a query scans. Reading one column adds the bytes of that column. `SELECT *` reads
# everything, even what nobody looks at.
#
# ## A filter that saves little
#
# The mayor asks about one district. **Predict.** Will the query scan fewer bytes if it filters by district?

# %% tags=["varies"]
district = ask("SELECT district FROM gps_data GROUP BY 1 ORDER BY count(*) DESC, 1")["district"].dropna().iloc[0]
question = "SELECT avg(speed_kmh) AS v FROM {table} WHERE district = '" + district + "'"
costs["one district, filtered"] = scanned(question.format(table="gps_data"))
pd.Series(costs, name=f"bytes scanned; the district is {district}").to_frame()

# %% [markdown]
# **What we see.** It scans more than `one column`, not less. Each file has rows from every district, so the engine
# reads a second column in all files: a *full scan*. A filter on an ordinary column helps only if the minimum and
# maximum in the footer rule out a whole file, as they would for `speed_kmh > 500`. A filter on a **partition** column
# skips whole folders, but our partitions are by date and hour.
#
# ## Arrange the data for the query
#
# CTAS, *create table as select*, writes a query's result as Parquet and adds it to the catalog. Here it writes one
# folder for each district. The partition column has to come last.

# %%
here = f"{run.lake_uri}/derived/gps_by_district/"
drop = wr.athena.start_query_execution("DROP TABLE IF EXISTS gps_by_district", run.database, run.athena_output, wait=True)
wr.s3.delete_objects(here)  # DROP removes the table but keeps its files
made = wr.athena.create_ctas_table(
    "SELECT vehicle_id, event_time, speed_kmh, district FROM gps_data WHERE district IS NOT NULL",
    database=run.database,
    ctas_table="gps_by_district",
    s3_output=here, storage_format="parquet",
    partitioning_info=["district"],
    wait=True,
)
ask('SELECT * FROM "gps_by_district$partitions" ORDER BY 1')

# %%
costs["one district, partitioned"] = scanned(question.format(table="gps_by_district"))
bars = pd.DataFrame({"question": costs.keys(), "kB": [n / 1e3 for n in costs.values()]})
bars["price"] = [f"{n * 5e-6:.2f} USD for a million, by the byte" for n in costs.values()]
figure = px.bar(bars, x="kB", y="question", text="price", template=figures.template())
figure.update_layout(title="A partition for the question scans the least; SELECT * the most")
figure.update_layout(xaxis_title="scanned (kB)", yaxis_title="").update_yaxes(autorange="reversed")

# %% [markdown]
# *Bytes scanned by each query, and what a million such queries would cost by the byte.*
#
# **What we see.** With one folder per district, the engine opens one small file instead of all of them. A query over
# all districts would scan more in the new table than in the old one, because it has more files. Partition your data for
# the queries you run often.
#
# ## Exercise 1
#
# In how many minutes of the first hour of `weather_data` did it rain? Count a minute if any station reports a
# `precipitation_mm_h` above zero. The first hour is the hour of the table's earliest event. If a query fails, read the
# last line of the error.

# %%
# BEGIN SOLUTION
rain = ask(
    """
    SELECT count(DISTINCT date_trunc('minute', event_time)) AS minutes
    FROM weather_data
    WHERE precipitation_mm_h > 0
      AND date_trunc('hour', event_time) = (SELECT date_trunc('hour', min(event_time)) FROM weather_data)
    """
)
rain_minutes = int(rain["minutes"].iloc[0])
# END SOLUTION
check.rain_minutes(rain_minutes)

# %% [markdown]
# ## Exercise 2
#
# How many times fewer bytes does the mayor's query scan in the partitioned table than in `gps_data`? Use `costs`. Your
# neighbour may get a different number, because it depends on how many files a lake has.

# %%
# BEGIN SOLUTION
times_less = costs["one district, filtered"] / costs["one district, partitioned"]
# END SOLUTION
check.times_less(times_less)

# %% [markdown]
# ## Exercise 3
#
# A page runs the query `one column` once a minute for a year. What does that cost in USD? A terabyte (10¹² bytes) costs
# 5 USD, and Athena charges for at least 10 MB per query.

# %%
# BEGIN SOLUTION
usd_a_year = 365 * 24 * 60 * max(costs["one column"], 10e6) * 5 / 1e12
# END SOLUTION
check.usd_a_year(usd_a_year)

# %%
check

# %% [markdown]
# ## Recap
#
# - Athena runs SQL on files, and the catalog says which files. You load nothing, and nothing runs between queries.
# - Fewer columns and fewer partitions mean fewer bytes and a lower price. A filter on an ordinary column saves little
#   unless the files are sorted by it.
# - CTAS arranges the data for a query.
#
# **On AWS** the queries in this lesson cost less than a tenth of a cent: about a dozen times the minimum charge of
# 0.00005 USD.
#
# Next: [the same data in a warehouse](08_redshift.ipynb).

# %% tags=["solution"]
check.require_all()
