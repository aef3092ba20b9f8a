# %% [markdown]
# # Show the city on one page
#
# **Question.** Where is the city slow, why, and can we trust the answer?
#
# You will query Athena for a few small tables and build a page that opens in any browser, even offline. It takes
# about 3 minutes and 0.3 GB of memory.
#
# simulate → Kafka → Spark → S3 → Glue → Athena → Redshift → **[ dashboards ]**
#
# Terms: [catalog](../GLOSSARY.md#catalog), [event time](../GLOSSARY.md#event-time), [verdict](../GLOSSARY.md#verdict),
# [congestion](../GLOSSARY.md#congestion).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
minutes: int = 60  # minutes of city time, if the run has no records yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"
out: str = "../out/run"  # output folder of the page

# %%
from pathlib import Path

import awswrangler as wr
import pandas as pd

from course import prepare
from course.checks import lesson_09
from smartcity import figures
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config
from smartcity.simulate import city as street_network
from smartcity.sql import statements

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# If you haven't run lessons 02 to 06, this cell creates their results.

# %% tags=["varies"]
run, config = settings(run_id=run_id, target=target), Config.for_lesson(minutes, vehicles, seed)
prepare.tables(run, config)
check = lesson_09.sheet(Lake(run.lake_uri))
wr.config.athena_query_wait_polling_delay = 0.1 if target == "local" else 1.0


scanned: dict[str, int] = {}  # bytes by question


def ask(sql: str, question: str) -> pd.DataFrame:
    """Return the result of an Athena query, and record how much it scanned."""
    table = wr.athena.read_sql_query(sql, database=run.database, ctas_approach=False, s3_output=run.athena_output)
    scanned[question] = table.query_metadata["Statistics"]["DataScannedInBytes"]
    return table


# %% [markdown]
# ## What was measured
#
# Each figure starts with an Athena query. The engine does the aggregation, and only small tables reach the notebook. A
# page that fetched the events themselves would be slow on a laptop and expensive on AWS.
#
# **Predict.** There are five streams. How many times more events does the busiest one have than the quietest?

# %%
minute = "date_trunc('minute', event_time)"
topics = ["vehicle_data", "gps_data", "traffic_data", "weather_data", "emergency_data"]
each = "SELECT '{0}' topic, {1} minute, count(*) events FROM {0} GROUP BY 2"
counts = " UNION ALL ".join(each.format(topic, minute) for topic in topics)
events = ask(f"SELECT * FROM ({counts}) ORDER BY minute", "events a minute")
athena_rows = int(events["events"].sum())
figures.events_over_time(events)

# %% [markdown]
# *Clean events per minute in each of the five streams, on a logarithmic scale.*
#
# **What we see.** A thousand times more, or beyond. On a linear axis the incidents would be invisible at the bottom,
# although they are what the city asks about first.
#
# ## Where is it slow, and since when?

# %%
speeds = ask(f"""
    SELECT {minute} minute, district, avg(speed_kmh) mean_speed_kmh
    FROM vehicle_data WHERE vehicle_type <> 'emergency' AND district IS NOT NULL
    GROUP BY 1, 2 HAVING count(*) > 2 ORDER BY 1  -- the last minute is hardly begun
""", "speed by district")
figures.speed_by_district(speeds)

# %% [markdown]
# *Mean speed of all vehicles except ambulances, by minute and district.*
#
# **What we see.** The lines start together and drift apart: rush hour fills some districts and not others.
#
# ## Does rain slow the city down?
#
# **Predict.** Rain starts, then stops. Will the speed recover at once?

# %%
rain_sql, incidents_sql, incident_sql, flow_sql, lag_sql = statements("board")
weather = ask(rain_sql, "weather and speed")
figures.rain_and_speed(weather)

# %% [markdown]
# *Top: rain. Bottom: mean speed of the whole city. Both by minute.*
#
# **What we see.** Be careful: rush hour slows the city down too. Lesson 01 separated the two effects. A dashboard with
# two curves side by side can only suggest a cause.
#
# ## On which streets?

# %%
question = "SELECT road_id, avg(speed_kmh) mean_speed_kmh FROM vehicle_data WHERE vehicle_type <> 'emergency' GROUP BY 1"
roads = figures.streets(street_network(config).roads.to_pandas(), ask(question, "speed by road"))
incidents = ask(incidents_sql, "incidents")
figures.congestion_map(roads, incidents)

# %% [markdown]
# *Each street by its mean speed relative to its limit; slower streets are wider. Crosses are incidents.*
#
# **What we see.** Queues form in front of bridges, tunnels and incidents, not everywhere. A mean over the whole city
# would have hidden that. That is why a city needs a map and not a single number.
#
# ## Can we trust it?
#
# A dashboard should show how good its data is. Do our numbers match the simulator's truth?

# %%
each = "SELECT topic, '{0}' verdict, count(*) events FROM {0} GROUP BY 1"
aside = ask(" UNION ALL ".join(each.format(verdict) for verdict in ("duplicate", "late", "dead_letter")), "set aside")
verdicts = pd.concat([events.groupby("topic", as_index=False)["events"].sum().assign(verdict="transformed"), aside])
figures.verdict_bars(verdicts)

# %% [markdown]
# *What happened to the records of each stream.*

# %%
truth = Lake(run.lake_uri).truth().to_pandas()["verdict"].astype(str).value_counts().rename("truth").to_frame()
truth.assign(athena=verdicts.groupby("verdict")["events"].sum())

# %% [markdown]
# ## One incident in two streams, and the other figures
#
# One stream reports an incident; another one shows its effect. Here is the incident road that most vehicles used at the
# time.

# %%
story = ask(incident_sql, "one incident")
figures.incident_on_its_road(story)

# %% [markdown]
# *Speeds of individual vehicles on the road of one incident. Dashed lines: reported, on scene, resolved.*

# %%
flows, lag = ask(flow_sql, "camera flow"), ask(lag_sql, "arrival lag")
costs = pd.DataFrame({"question": scanned.keys(), "bytes": scanned.values()})
figures.scan_cost(costs)

# %% [markdown]
# *Megabytes that each query of this page scanned, and what Athena would charge for them.*
#
# ## One page
#
# The page contains its data and its drawing code, so it opens from a USB stick. A sentence below each figure says what
# the figure shows, for readers who can't see it and for those in a hurry.

# %%
board: dict[str, tuple[pd.DataFrame, ...]] = {
    "congestion_map": (roads, incidents), "speed_by_district": (speeds,), "rain_and_speed": (weather,),
    "air_quality": (weather,), "camera_flow_over_time": (flows,), "incident_on_its_road": (story,),
    "events_over_time": (events,), "verdict_bars": (verdicts,), "arrival_lag": (lag,), "scan_cost": (costs,),
}
panels = [figures.panel(name, *tables) for name, tables in board.items()]

# %% tags=["varies"]
tiles = {"records": verdicts["events"].sum(), "clean": athena_rows, "streets": len(roads), "incidents": len(incidents)}
facts = {name: f"{count:,}" for name, count in tiles.items()}
facts["mean speed"] = f"{speeds['mean_speed_kmh'].mean():.0f} km/h"
page = figures.page("Smart city", f"What five streams of events say about the city, run “{run_id}”.", facts, panels)
folder = Path(out)
folder.mkdir(parents=True, exist_ok=True)
(folder / "index.html").write_text(page)
print((folder / "index.html").resolve())

# %% [markdown]
# ## Exercise 1
#
# Which district is the slowest on average? Use `speeds`.

# %%
# BEGIN SOLUTION
slowest = speeds.groupby("district")["mean_speed_kmh"].mean().idxmin()
# END SOLUTION
check.slowest(slowest)

# %% [markdown]
# ## Exercise 2
#
# Which topic has the largest share of records that are not `transformed`? Use `verdicts`.

# %%
# BEGIN SOLUTION
rows = verdicts.pivot_table(index="topic", columns="verdict", values="events", fill_value=0)
least_clean = (1 - rows["transformed"] / rows.sum(axis=1)).idxmax()
# END SOLUTION
check.least_clean(least_clean)

# %%
check

# %% [markdown]
# ## Recap
#
# - Let the engine aggregate, and fetch small tables.
# - A figure's title says what to look for, and the sentence below says it in words. Markers and dashes carry the
#   meaning without colour.
# - A dashboard also shows how good its data is.
#
# **On AWS** these nine queries cost 0.00045 USD each time you build the page. Build it once an hour, not once per
# visitor. Amazon QuickSight would cost 3 USD per reader and month.
#
# Next: [Tableau and Power BI](10_tableau_and_power_bi.ipynb).

# %% tags=["solution"]
check.require_all()

# %% tags=["remove-cell"]
from course.results import glue

glue(athena_rows=athena_rows)
