# %% [markdown]
# # Show the city on one page
#
# **Question.** Where is the city slow, why, and can we trust the answer?
#
# You will ask Athena for a handful of small tables and draw a page that opens in any browser, also offline.
# About 3 minutes; 0.3 GB of memory.
#
# simulate → Kafka → Spark → S3 → Glue → Athena → Redshift → **[ dashboards ]**

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"
out: str = "../../out/run"  # folder of the page

# %%
from pathlib import Path

import awswrangler as wr
import pandas as pd

from smartcity import figures
from smartcity.settings import settings
from smartcity.simulate import Config, city as street_network

city = settings(run_id=run_id, target=target)


# %%
def ask(sql: str) -> pd.DataFrame:
    """Return the answer of Athena."""
    return wr.athena.read_sql_query(sql, database=city.database, ctas_approach=False, s3_output=city.athena_output)


# %% [markdown]
# ## What was measured
#
# Each figure begins with a question to Athena. The engine adds up; only small tables come to the notebook.

# %%
minute = "date_trunc('minute', event_time)"
topics = ["vehicle_data", "gps_data", "traffic_data", "weather_data", "emergency_data"]
counts = " UNION ALL ".join(f"SELECT '{topic}' topic, {minute} minute, count(*) events FROM {topic} GROUP BY 2" for topic in topics)
events = ask(f"SELECT * FROM ({counts}) ORDER BY minute")
athena_rows = int(events["events"].sum())
figures.events_over_time(events)

# %%
speeds = ask(f"""
    SELECT {minute} minute, district, avg(speed_kmh) mean_speed_kmh
    FROM vehicle_data WHERE vehicle_type <> 'emergency' AND district IS NOT NULL
    GROUP BY 1, 2 HAVING count(*) > 2 ORDER BY 1  -- the last minute is hardly begun
""")
figures.speed_by_district(speeds)

# %% [markdown]
# **What we see.** One district falls behind the others as the hour goes on.
#
# ## Does rain slow the city?

# %%
weather = ask(f"""
    WITH rain AS (SELECT {minute} minute, avg(precipitation_mm_h) precipitation_mm_h FROM weather_data GROUP BY 1),
    speed AS (SELECT {minute} minute, avg(speed_kmh) mean_speed_kmh FROM vehicle_data GROUP BY 1 HAVING count(*) > 20)
    SELECT * FROM rain JOIN speed USING (minute) ORDER BY minute
""")
figures.rain_and_speed(weather)

# %% [markdown]
# ## Where is it slow now?

# %%
network = street_network(Config(vehicles=vehicles, seed=seed)).roads.to_pandas()
measured = ask("SELECT road_id, avg(speed_kmh) mean_speed_kmh FROM vehicle_data WHERE vehicle_type <> 'emergency' GROUP BY 1")
roads = network.merge(measured, on="road_id", how="left")
roads["speed_share"] = roads["mean_speed_kmh"] / roads["speed_limit_kmh"]
roads["longitudes"] = roads[["from_longitude", "to_longitude"]].to_numpy().tolist()
roads["latitudes"] = roads[["from_latitude", "to_latitude"]].to_numpy().tolist()
incidents = ask("SELECT incident_id, arbitrary(incident_type) incident_type, avg(latitude) latitude, avg(longitude) longitude FROM emergency_data GROUP BY 1")
figures.congestion_map(roads, incidents)

# %% [markdown]
# ## Can we trust it?

# %%
zones = {"duplicate": "duplicate", "late": "late", "dead_letter": "dead_letter"}
aside = " UNION ALL ".join(f"SELECT topic, '{verdict}' verdict, count(*) events FROM {table} GROUP BY 1" for verdict, table in zones.items())
clean = events.groupby("topic", as_index=False)["events"].sum().assign(verdict="transformed")
verdicts = pd.concat([clean, ask(aside)])
figures.verdict_bars(verdicts)

# %% [markdown]
# ## One page

# %%
Panel = figures.Panel
panels = [
    Panel(figures.congestion_map(roads, incidents), "Each street by its mean speed against its limit; crosses are incidents.", wide=True),
    Panel(figures.speed_by_district(speeds), "Mean speed of all vehicles but ambulances, by minute and district."),
    Panel(figures.rain_and_speed(weather), "Rain above, mean speed of the whole city below, by minute. The hour itself slows the city too: rush hour."),
    Panel(figures.events_over_time(events), "Clean events a minute in each of the five streams, on a logarithmic scale."),
    Panel(figures.verdict_bars(verdicts), "What became of the records of each stream."),
]
facts = {
    "records": f"{int(verdicts['events'].sum()):,}",
    "clean": f"{athena_rows:,}",
    "streets": f"{len(roads):,}",
    "incidents": f"{len(incidents):,}",
    "mean speed": f"{speeds['mean_speed_kmh'].mean():.0f} km/h",
}
page = figures.page("Smart city", f"Run {run_id}: what five streams of events say about the city.", facts, panels)
folder = Path(out)
folder.mkdir(parents=True, exist_ok=True)
(folder / "index.html").write_text(page)

# %% [markdown]
# ## Exercise 1
#
# Which district is the slowest?

# %%
# BEGIN SOLUTION
slowest = speeds.groupby("district")["mean_speed_kmh"].mean().idxmin()
# END SOLUTION
slowest

# %% [markdown]
# ## Recap
#
# - Let the engine add up; fetch small tables.
# - A figure's title says what to see; the board also shows how good the data is.

# %% tags=["remove-cell"]
from smartcity.results import glue

glue(athena_rows=athena_rows)
