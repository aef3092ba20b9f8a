# %% [markdown]
# # Build a star schema in Redshift
#
# **Question.** Which vehicles, districts and hours are slow, and how fast does help arrive? A dashboard asks this all
# day long. How do you design tables that answer quickly?
#
# You will break a load and find out why, copy the clean events from the lake into Redshift, load them a second time to
# see that nothing is duplicated, and build a star schema. It takes about 3 minutes and 0.3 GB of memory.
#
# simulate → Kafka → Spark → S3 → Glue → Athena → **[ Redshift ]** → dashboards
#
# Terms: [COPY](../GLOSSARY.md#copy), [star schema](../GLOSSARY.md#star-schema), [dist key](../GLOSSARY.md#dist-key),
# [sort key](../GLOSSARY.md#sort-key), [staging](../GLOSSARY.md#staging).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
minutes: int = 60  # minutes of city time, if the run has no records yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"
role: str = "arn:aws:iam::123456789012:role/LabRole"  # the role that COPY reads the lake with

# %%
from io import BytesIO

import awswrangler as wr
import pandas as pd
import plotly.express as px

from course import prepare
from course.checks import lesson_08
from smartcity import figures, warehouse
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# If you haven't run lessons 02 to 06, this cell creates their results. The connection comes from a *secret*: the host,
# user and password are in Secrets Manager, not in the notebook. On AWS the same cell finds your cluster.

# %% tags=["varies"]
run = settings(run_id=run_id, target=target)
prepare.tables(run, Config.for_lesson(minutes, vehicles, seed))
check = lesson_08.sheet(Lake(run.lake_uri))
connection = wr.redshift.connect(secret_id=run.login_secret)
warehouse.reset(connection, run.mart)  # like the lake, the warehouse is empty when a run starts


def ask(sql: str) -> pd.DataFrame:
    """Return the result of a Redshift query as a table."""
    return wr.redshift.read_sql_query(sql, con=connection)


# %% [markdown]
# ## A load that fails
#
# Athena reads files where they are. Redshift *loads* them: `COPY` reads all files below a prefix in parallel, checks
# their values against the table's types, and stores the rows by column. The police send their incidents as CSV.
#
# **Predict.** In the second line, one field is not a number. Will the other line be loaded?

# %% tags=["varies"]
police = f"{run.lake_uri}/demo/police/incidents.csv"
wr.s3.upload(local_file=BytesIO(b"inc-1,accident,3\ninc-2,fire,grave\n"), path=police)
cursor = connection.cursor()
cursor.execute("CREATE TEMP TABLE police (incident_id VARCHAR(16), incident_type VARCHAR(16), severity INTEGER)")
connection.commit()
try:
    cursor.execute(f"COPY police FROM '{police}' IAM_ROLE '{role}' FORMAT AS CSV")
except Exception as error:
    print(error)
connection.rollback()

# %% [markdown]
# **What we see.** `COPY` loads everything or nothing, and its error message only says where to look. Redshift records
# the details in a system table:

# %%
refused = ask("""
    SELECT line_number, TRIM(colname) AS colname, TRIM(type) AS type, TRIM(raw_field_value) AS value, TRIM(err_reason) AS reason
    FROM stl_load_errors ORDER BY starttime DESC LIMIT 1
""")
refused.T

# %% [markdown]
# ## Exercise 1
#
# Which column of the file caused the error? Take its name from the table `refused`.

# %%
# BEGIN SOLUTION
culprit = refused["colname"].iloc[0]
# END SOLUTION
check.culprit(culprit)

# %% [markdown]
# ## From the lake to the warehouse
#
# Parquet files carry their types, and the stream has already kept broken records out. These statements load the GPS
# readings:

# %%
for statement in warehouse.load_statements(run.mart, "gps_data", run.lake_uri, role):
    print(statement, end=";\n\n")

# %% [markdown]
# `DISTKEY` decides which rows are stored together on one node: here, all rows of one device. `SORTKEY` decides their
# order on disk: here, by time, so that a query for one hour skips the rest.
#
# **Predict.** These statements run for each topic, in one transaction. What happens to the counts if you load twice?

# %%
rows = warehouse.load_events(connection, run.mart, run.lake_uri, role)
again = warehouse.load_events(connection, run.mart, run.lake_uri, role)
pd.DataFrame({"loaded once": rows, "loaded twice": again})

# %% [markdown]
# **What we see.** The counts stay the same. Each load goes to a *staging* table first. Rows that the target already has
# are deleted from the target, and then all staged rows are inserted. Primary keys don't help here: in Redshift you can
# *declare* them, but it doesn't enforce them. Running a plain `COPY` twice would have duplicated every row without a
# warning.
#
# ## Do all engines agree?
#
# Redshift, Athena and the simulator's truth each count in their own way.

# %%
counts = " UNION ALL ".join(f"SELECT count(*) AS events FROM {topic}" for topic in rows)
query = f"SELECT sum(events) AS events FROM ({counts})"
athena = wr.athena.read_sql_query(query, run.database, ctas_approach=False, s3_output=run.athena_output)
truth = (Lake(run.lake_uri).truth().to_pandas()["verdict"].astype(str) == "transformed").sum()
{"redshift": sum(rows.values()), "athena": int(athena["events"][0]), "truth": int(truth)}

# %% [markdown]
# ## The star
#
# Event tables store data as it arrived. A *star schema* stores it the way people query it: a few **fact** tables (one
# row per vehicle and minute, or per incident), surrounded by **dimensions** to group and filter by (vehicle, district,
# time). `MERGE ... REMOVE DUPLICATES` keeps each table up to date.

# %%
warehouse.build_star(connection, run.mart)
star = ("dim_vehicle", "dim_district", "dim_time", "fact_trip_minute", "fact_incident")
pd.Series({table: warehouse.count(connection, f"{run.mart}.{table}") for table in star}, name="rows").to_frame()

# %% [markdown]
# **Predict.** Which type is fastest on average: buses, taxis, private cars, or ambulances?

# %%
by_type = ask(f"""
    SELECT v.vehicle_type, ROUND(AVG(f.mean_speed_kmh), 1) AS mean_kmh, COUNT(DISTINCT f.vehicle_id) AS vehicles
    FROM {run.mart}.fact_trip_minute f JOIN {run.mart}.dim_vehicle v USING (vehicle_id)
    GROUP BY v.vehicle_type ORDER BY mean_kmh DESC
""")
figure = px.bar(by_type, x="mean_kmh", y="vehicle_type", text="vehicles", template=figures.template())
first, last = by_type.iloc[0], by_type.iloc[-1]
title = f"{first['vehicle_type']}: {first['mean_kmh']:.0f} km/h on average, {last['vehicle_type']}: {last['mean_kmh']:.0f}"
figure.update_layout(title=title, xaxis_title="mean speed of the vehicles' minutes (km/h)", yaxis_title="")

# %% [markdown]
# *Mean speed by vehicle type. The number in each bar is the number of vehicles.*
#
# **What we see.** These means cover *all* minutes, including those when the vehicle stood still. An ambulance stops at
# the scene and a delivery van stops at every door, so their means say more about their stops than about their driving.
#
# ## Exercise 2
#
# In which district do vehicles stand still most often? In `fact_trip_minute`, find the district with the highest share
# of minutes with a `mean_speed_kmh` below 5. Answer with its name. Careful: in Redshift, `AVG` of whole numbers is a
# whole number, so average `1.0`, not `1`.

# %%
# BEGIN SOLUTION
shares = ask(f"""
    SELECT district, AVG(CASE WHEN mean_speed_kmh < 5 THEN 1.0::FLOAT ELSE 0 END) AS share
    FROM {run.mart}.fact_trip_minute WHERE district IS NOT NULL GROUP BY district ORDER BY share DESC, district
""")
standing = shares.loc[0, "district"]
# END SOLUTION
check.standing(standing)

# %% [markdown]
# ## Exercise 3
#
# Which vehicle of each vehicle type was the fastest? Take the highest `max_speed_kmh` of each vehicle in
# `fact_trip_minute` and the type from `dim_vehicle`. Keep the first vehicle of each type with `QUALIFY`, which filters
# on a window function the way `HAVING` filters on a sum.

# %%
# BEGIN SOLUTION
fastest = ask(f"""
    SELECT v.vehicle_type, f.vehicle_id, MAX(f.max_speed_kmh) AS top_kmh
    FROM {run.mart}.fact_trip_minute f JOIN {run.mart}.dim_vehicle v USING (vehicle_id)
    GROUP BY v.vehicle_type, f.vehicle_id
    QUALIFY ROW_NUMBER() OVER (PARTITION BY v.vehicle_type ORDER BY MAX(f.max_speed_kmh) DESC, f.vehicle_id) = 1
    ORDER BY top_kmh DESC
""")
# END SOLUTION
check.fastest(fastest)

# %%
connection.close()
check

# %% [markdown]
# ## Recap
#
# - `COPY` loads in parallel and checks types. Staging makes a load safe to repeat.
# - A star schema fits the questions people ask: facts in the middle, dimensions around them.
# - A failed `COPY` loads nothing. `stl_load_errors` has the line, the column and the reason.
#
# **On AWS** you pay for the bytes that Athena reads. For Redshift Serverless you pay for compute while it works: 0.375
# USD per RPU-hour, with at least 4 RPUs. For occasional queries, use Athena. For queries all day, use Redshift. This
# lesson costs about ten cents.
#
# Next: [show it on one page](09_dashboards.ipynb).

# %% tags=["solution"]
check.require_all()

# %% tags=["remove-cell"]
from course.results import glue

glue(redshift_rows=sum(rows.values()))
