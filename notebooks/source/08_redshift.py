# %% [markdown]
# # Build a star in Redshift
#
# **Question.** Which vehicles, districts and hours are slow, and how fast does help arrive? A dashboard asks such things
# all day. Which tables answer them at once?
#
# You will copy the clean events from the lake into Redshift, load them a second time to see that nothing doubles, build a
# star schema, and check that Redshift and Athena count the same. About 4 minutes; 0.3 GB of memory.
#
# simulate → Kafka → Spark → S3 → Glue → Athena → **[ Redshift ]** → dashboards

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
target: str = "local"  # "local", or "aws"
role: str = "arn:aws:iam::123456789012:role/LabRole"  # what COPY reads the lake with

# %%
import awswrangler as wr

from smartcity import warehouse
from smartcity.settings import settings

city = settings(run_id=run_id, target=target)
connection = wr.redshift.connect(secret_id=warehouse.SECRET)
warehouse.reset(connection, city.mart)  # a run begins with an empty warehouse, as it does with an empty lake


# %%
def ask(sql: str):
    """Return the answer of Redshift as a table."""
    return wr.redshift.read_sql_query(sql, con=connection)


# %% [markdown]
# The connection comes from a *secret*: host, user and password stand in Secrets Manager, not in the notebook. On AWS the
# same cell finds your cluster.

# %%
ask("SELECT current_user AS who, current_database() AS place, version() AS engine").T

# %% [markdown]
# ## From the lake into the warehouse
#
# Athena reads files where they lie. Redshift *loads* them: `COPY` reads all files below a prefix at once, checks their
# types against the table, and stores the rows by column. Here is the table for the GPS readings, and the load.

# %%
print(warehouse.create_table(city.mart, "gps_data"))

# %% [markdown]
# `DISTKEY` says which rows lie together on one node: those of one device. `SORTKEY` says in what order they lie on disk: by
# time, so that a question about one hour skips the rest.

# %%
for statement in warehouse.load_statements(city.mart, "gps_data", city.lake_uri, role):
    print(statement, end=";\n\n")

# %% [markdown]
# **Predict.** These six statements run for each topic, in one transaction. What happens to the counts when you run the load
# twice?

# %%
rows = warehouse.load_events(connection, city.mart, city.lake_uri, role)
rows

# %%
again = warehouse.load_events(connection, city.mart, city.lake_uri, role)
again == rows

# %% [markdown]
# **What we see.** The same counts. A load goes first into a *staging* table; rows that the target already holds are taken
# out, then all go in. Keys do not help here: Redshift *declares* primary keys, it does not enforce them. A plain `COPY` run
# twice would have doubled every row, without a word.
#
# ## Do both engines hold the same?

# %%
redshift_rows = sum(rows.values())
counts = " UNION ALL ".join(f"SELECT count(*) AS events FROM {topic}" for topic in rows)
athena = wr.athena.read_sql_query(
    f"SELECT sum(events) AS events FROM ({counts})", database=city.database, ctas_approach=False, s3_output=city.athena_output
)
{"redshift": redshift_rows, "athena": int(athena["events"][0])}

# %% [markdown]
# ## The star
#
# Events are as they came. A *star* is as people ask: few tables of **facts** (a minute of a vehicle, an incident), around
# them **dimensions** to group and filter by (vehicle, district, time). `MERGE ... REMOVE DUPLICATES` keeps each up to date.

# %%
warehouse.build_star(connection, city.mart)
star = ("dim_vehicle", "dim_district", "dim_time", "fact_trip_minute", "fact_incident")
{table: warehouse.count(connection, f"{city.mart}.{table}") for table in star}

# %% [markdown]
# **Predict.** Who drives faster on average: buses, taxis, or private cars? Which of them is hurt most by the rush hour?

# %%
ask(f"""
    SELECT v.vehicle_type, ROUND(AVG(f.mean_speed_kmh), 1) AS mean_kmh, COUNT(DISTINCT f.vehicle_id) AS vehicles,
           ROUND(AVG(CASE WHEN t.is_rush_hour THEN f.mean_speed_kmh END), 1) AS rush_kmh
    FROM {city.mart}.fact_trip_minute f
    JOIN {city.mart}.dim_vehicle v USING (vehicle_id)
    JOIN {city.mart}.dim_time t USING (minute_start)
    GROUP BY v.vehicle_type ORDER BY mean_kmh DESC
""")

# %% [markdown]
# ## How fast does help arrive?
#
# `fact_incident` has one row for each incident, made of its reports: when it was reported, when help was on the scene.
# `NULL` means that this has not happened yet, and `AVG` leaves it out.

# %%
ask(f"""
    SELECT incident_type, COUNT(*) AS incidents, COUNT(response_s) AS answered,
           ROUND(AVG(response_s::FLOAT) / 60, 1) AS mean_minutes
    FROM {city.mart}.fact_incident GROUP BY incident_type ORDER BY incidents DESC, incident_type
""")

# %% [markdown]
# **What we see.** Without the cast to `FLOAT` the mean would be a whole number of seconds: in Redshift `AVG` of whole
# numbers is a whole number.
#
# ## Lists within rows
#
# A camera reports the vehicles that it saw as a list. In Redshift that column is of type `SUPER`; `FROM t, t.vehicle_ids`
# makes a row of each element.

# %%
ask(f"""
    SELECT seen::VARCHAR AS vehicle_id, COUNT(*) AS sightings
    FROM {city.mart}.traffic_data t, t.vehicle_ids seen
    GROUP BY 1 ORDER BY sightings DESC, vehicle_id LIMIT 5
""")

# %% [markdown]
# ## Exercise 1
#
# In which district do vehicles stand still most often: which has the highest share of minutes slower than 5 km/h?

# %%
# BEGIN SOLUTION
standing = ask(f"""
    SELECT district, AVG(CASE WHEN mean_speed_kmh < 5 THEN 1.0::FLOAT ELSE 0 END) AS share
    FROM {city.mart}.fact_trip_minute WHERE district IS NOT NULL GROUP BY district ORDER BY share DESC, district
""")
# END SOLUTION
standing

# %% [markdown]
# ## Exercise 2
#
# For each vehicle type, which single vehicle was the fastest? Use `QUALIFY`: it filters on a window function, as `HAVING`
# filters on a sum.

# %%
# BEGIN SOLUTION
fastest = ask(f"""
    SELECT v.vehicle_type, f.vehicle_id, MAX(f.max_speed_kmh) AS top_kmh
    FROM {city.mart}.fact_trip_minute f JOIN {city.mart}.dim_vehicle v USING (vehicle_id)
    GROUP BY v.vehicle_type, f.vehicle_id
    QUALIFY ROW_NUMBER() OVER (PARTITION BY v.vehicle_type ORDER BY MAX(f.max_speed_kmh) DESC, f.vehicle_id) = 1
    ORDER BY top_kmh DESC
""")
# END SOLUTION
fastest

# %% [markdown]
# ## Recap
#
# - `COPY` loads in parallel and checks types; staging makes a load safe to repeat.
# - A star answers questions of people: facts in the middle, dimensions around.
# - Athena costs by bytes read, Redshift by the hour or by compute used: ask seldom, use Athena; ask all day, use Redshift.

# %%
connection.close()

# %% tags=["remove-cell"]
from smartcity.results import glue

glue(redshift_rows=redshift_rows)
