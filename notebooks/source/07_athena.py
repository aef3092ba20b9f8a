# %% [markdown]
# # Ask the lake in SQL, and see what an answer costs
#
# **Question.** The catalog knows the tables, the files lie on S3. Where is traffic slow, and what does it cost to find
# out?
#
# You will query the lake with Athena, see what different questions scan and cost, and lay the data so that a question
# finds its answer with fewer bytes. About 3 minutes; 0.3 GB of memory.
#
# simulate → Kafka → Spark → S3 → Glue → **[ Athena ]** → Redshift → dashboards
#
# Words: [catalog](../GLOSSARY.md#catalog), [partition](../GLOSSARY.md#partition), [Parquet](../GLOSSARY.md#parquet),
# [CTAS](../GLOSSARY.md#ctas).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
minutes: int = 60  # minutes of city time, where the records are not there yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import awswrangler as wr
import pandas as pd
import plotly.express as px

from smartcity import figures, prepare
from smartcity.checks import lesson_07
from smartcity.events import TOPICS
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config

# %% [markdown]
# Where lessons 02 to 06 have not been run, this cell makes what they would have made.

# %% tags=["varies"]
city = settings(run_id=run_id, target=target)
prepare.tables(city, Config.for_lesson(minutes, vehicles, seed))
check = lesson_07.sheet(city)
wr.config.athena_query_wait_polling_delay = 0.1 if target == "local" else 1.0

# %% [markdown]
# ## One question
#
# Athena takes SQL, runs it on the files that the catalog points at, and writes the answer to S3 as a CSV file.
# `awswrangler` waits for it and reads that file. Which roads were the slowest?


# %%
def ask(sql: str) -> pd.DataFrame:
    """Return Athena's answer to a query."""
    return wr.athena.read_sql_query(sql, database=city.database, ctas_approach=False, s3_output=city.athena_output)


ask(
    """
    SELECT road_id, count(*) AS readings, round(avg(traffic_data.mean_speed_kmh), 1) AS mean_speed_kmh
    FROM traffic_data
    GROUP BY road_id
    ORDER BY mean_speed_kmh, road_id
    LIMIT 5
    """
)

# %% [markdown]
# **What we see.** Five roads, made of all rows of `traffic_data`. Can we trust the engine? It must count just the clean
# records that the simulator's truth knows.

# %%
counts = " UNION ALL ".join(f"SELECT '{topic}' AS topic, count(*) AS athena FROM {topic}" for topic in TOPICS)
truth = Lake(city.lake_uri).truth().to_pandas().query("verdict == 'transformed'").astype({"topic": str})
ask(f"{counts} ORDER BY topic").set_index("topic").join(truth["topic"].value_counts().rename("truth"))

# %% [markdown]
# ## What it scans is what it costs
#
# Each query keeps its statistics. On AWS a terabyte scanned costs 5 USD.


# %%
def scanned(sql: str) -> int:
    """Return how many bytes a query scans."""
    return int(ask(sql).query_metadata["Statistics"]["DataScannedInBytes"])


# %% [markdown]
# Athena charges 10 MB a query at least, so on so little data each of these would cost the same. To see what they would cost
# on a large lake, we reckon by the byte.
#
# **Predict.** Parquet stores columns apart. Which of these three scans the least, and which the most?

# %% tags=["varies"]
costs = {
    "count the rows": scanned("SELECT count(*) AS n FROM gps_data"),
    "one column": scanned("SELECT avg(speed_kmh) AS v FROM gps_data"),
    "all columns": scanned("SELECT * FROM gps_data"),
}
pd.DataFrame({"bytes scanned": costs, "USD for a million, by the byte": {name: round(n * 5e-6, 2) for name, n in costs.items()}})

# %% [markdown]
# **What we see.** Counting needs only the *footer* of each file, its end, where Parquet keeps the number of rows and the
# bounds of each column. The engine reads the last 48 kB of a file to find it, and on files as small as ours that is most of
# what a query scans. One column needs its own bytes beside. `SELECT *` reads everything, and nobody looks at it.
#
# ## A filter that saves little
#
# The mayor asks about one district. **Predict.** Will the answer scan fewer bytes when we filter by it?

# %% tags=["varies"]
district = ask("SELECT district FROM gps_data GROUP BY 1 ORDER BY count(*) DESC, 1")["district"].dropna().iloc[0]
question = "SELECT avg(speed_kmh) AS v FROM {table} WHERE district = '" + district + "'"
costs["one district, filtered"] = scanned(question.format(table="gps_data"))
pd.Series(costs, name=f"bytes scanned; the district is {district}").to_frame()

# %% [markdown]
# **What we see.** Not fewer bytes than `one column`, but more: each file holds rows of every district, so the engine reads a
# second column of all of them, a *full scan*. A filter on a plain column saves only where the bounds in a file's footer rule
# the file out, as `speed_kmh > 500` would. A filter on a **partition** column leaves whole folders unread, but ours are by
# date and hour.
#
# ## Lay the data for the question
#
# CTAS, *create table as select*, writes an answer as Parquet and puts it into the catalog. We let it write a folder for
# each district. The partition column comes last.

# %%
here = f"{city.lake_uri}/derived/gps_by_district/"
drop = wr.athena.start_query_execution("DROP TABLE IF EXISTS gps_by_district", city.database, city.athena_output, wait=True)
wr.s3.delete_objects(here)  # DROP forgets a table; its files stay
made = wr.athena.create_ctas_table(
    "SELECT vehicle_id, event_time, speed_kmh, district FROM gps_data WHERE district IS NOT NULL",
    database=city.database,
    ctas_table="gps_by_district",
    s3_output=here,
    storage_format="parquet",
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
# *Bytes that each question scans, and what a million such questions would cost by the byte.*
#
# **What we see.** One folder means one small file to open instead of all. Asked for all districts, the new table would scan
# more than the old one, for it has more files. Partition for the question that is asked often.
#
# ## Exercise 1
#
# In how many minutes of the first hour of `weather_data` did it rain? A minute counts when any station reports a
# `precipitation_mm_h` above zero; the first hour is the one in which the table's earliest event lies. When a query fails,
# read the last line of the error.

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
# How many times fewer bytes does the mayor's question scan on the partitioned table than on `gps_data`? Use `costs`.
# Your neighbour's number may be another: it depends on how many files a lake has.

# %%
# BEGIN SOLUTION
times_less = costs["one district, filtered"] / costs["one district, partitioned"]
# END SOLUTION
check.times_less(times_less)

# %% [markdown]
# ## Exercise 3
#
# A page asks `one column` once a minute, for a year. What does that cost in USD? A terabyte (10¹² bytes) costs 5 USD, and
# of each query Athena charges 10 MB at least.

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
# - Athena runs SQL on files; the catalog says which. Nothing is loaded, and nothing runs when nobody asks.
# - Fewer columns, fewer partitions: fewer bytes, lower cost. A filter on a plain column saves little, unless the
#   files are sorted by it.
# - CTAS lays the data for a question.
#
# **On AWS** this lesson's queries cost less than a tenth of a cent: about a dozen times the least charge of 0.00005 USD.
#
# Next: [the same in a warehouse](08_redshift.ipynb).

# %% tags=["solution"]
check.require_all()
