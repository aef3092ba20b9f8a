# %% [markdown]
# # Show the city on one page
#
# **Question.** Where is the city slow, why, and can we trust the answer?
#
# You will ask Athena for a handful of small tables and draw a page that opens in any browser, also offline.
# About 3 minutes; 0.3 GB of memory.
#
# simulate → Kafka → Spark → S3 → Glue → Athena → Redshift → **[ dashboards ]**
#
# Words: [catalog](../GLOSSARY.md#catalog), [event time](../GLOSSARY.md#event-time), [verdict](../GLOSSARY.md#verdict),
# [congestion](../GLOSSARY.md#congestion).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
minutes: int = 60  # minutes of city time, where the records are not there yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"
out: str = "../out/run"  # folder of the page

# %%
from pathlib import Path

import awswrangler as wr
import pandas as pd

from smartcity import figures, prepare
from smartcity.checks import lesson_09
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config
from smartcity.simulate import city as street_network
from smartcity.sql import statements

# %% [markdown]
# Where lessons 02 to 06 have not been run, this cell makes what they would have made.

# %% tags=["varies"]
city, config = settings(run_id=run_id, target=target), Config.for_lesson(minutes, vehicles, seed)
prepare.tables(city, config)
check = lesson_09.sheet(Lake(city.lake_uri))
wr.config.athena_query_wait_polling_delay = 0.1 if target == "local" else 1.0


scanned: dict[str, int] = {}  # bytes by question


def ask(sql: str, question: str) -> pd.DataFrame:
    """Return the answer of Athena, and note what it scanned."""
    table = wr.athena.read_sql_query(sql, database=city.database, ctas_approach=False, s3_output=city.athena_output)
    scanned[question] = table.query_metadata["Statistics"]["DataScannedInBytes"]
    return table


# %% [markdown]
# ## What was measured
#
# Each figure begins with a question to Athena. The engine adds up; only small tables come to the notebook: a page that
# fetched the events themselves would be slow on a laptop, and dear on AWS.
#
# **Predict.** Five streams. By which factor does the loudest differ from the quietest?

# %%
minute = "date_trunc('minute', event_time)"
topics = ["vehicle_data", "gps_data", "traffic_data", "weather_data", "emergency_data"]
each = "SELECT '{0}' topic, {1} minute, count(*) events FROM {0} GROUP BY 2"
counts = " UNION ALL ".join(each.format(topic, minute) for topic in topics)
events = ask(f"SELECT * FROM ({counts}) ORDER BY minute", "events a minute")
athena_rows = int(events["events"].sum())
figures.events_over_time(events)

# %% [markdown]
# *Clean events a minute in each of the five streams, on a logarithmic scale.*
#
# **What we see.** A factor of a thousand and more. On a linear axis the incidents would lie on the floor, though they are
# what the city asks about first.
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
# *Mean speed of all vehicles but ambulances, by minute and district.*
#
# **What we see.** The lines start together and drift apart: the rush hour fills some districts and not others.
#
# ## Does rain slow the city?
#
# **Predict.** Rain begins, then ends. Will the speed be back at once?

# %%
rain_sql, incidents_sql, incident_sql, flow_sql, lag_sql = statements("board")
weather = ask(rain_sql, "weather and speed")
figures.rain_and_speed(weather)

# %% [markdown]
# *Rain above, mean speed of the whole city below, by minute.*
#
# **What we see.** Be careful: the hour itself slows the city too. Lesson 01 has separated the two; a dashboard that shows
# two curves side by side only suggests.
#
# ## On which streets?

# %%
question = "SELECT road_id, avg(speed_kmh) mean_speed_kmh FROM vehicle_data WHERE vehicle_type <> 'emergency' GROUP BY 1"
roads = figures.streets(street_network(config).roads.to_pandas(), ask(question, "speed by road"))
incidents = ask(incidents_sql, "incidents")
figures.congestion_map(roads, incidents)

# %% [markdown]
# *Each street by its mean speed against its limit; the slower, the wider; crosses are incidents.*
#
# **What we see.** Queues lie before bridges, tunnels and incidents, not everywhere. A mean of the whole city would have
# hidden that: it is the reason why a city needs a map and not one number.
#
# ## Can we trust it?
#
# A board should show how good its data is. Do our numbers agree with the simulator's truth?

# %%
each = "SELECT topic, '{0}' verdict, count(*) events FROM {0} GROUP BY 1"
aside = ask(" UNION ALL ".join(each.format(verdict) for verdict in ("duplicate", "late", "dead_letter")), "set aside")
verdicts = pd.concat([events.groupby("topic", as_index=False)["events"].sum().assign(verdict="transformed"), aside])
figures.verdict_bars(verdicts)

# %% [markdown]
# *What became of the records of each stream.*

# %%
truth = Lake(city.lake_uri).truth().to_pandas()["verdict"].astype(str).value_counts().rename("truth").to_frame()
truth.assign(athena=verdicts.groupby("verdict")["events"].sum())

# %% [markdown]
# ## One incident in two streams, and the rest of the board
#
# An incident is reported by one stream and felt by another: here the road that most vehicles passed meanwhile.

# %%
story = ask(incident_sql, "one incident")
figures.incident_on_its_road(story)

# %% [markdown]
# *Speeds of single vehicles on the road of one incident; dashed lines: reported, on scene, resolved.*

# %%
flows, lag = ask(flow_sql, "camera flow"), ask(lag_sql, "arrival lag")
costs = pd.DataFrame({"question": scanned.keys(), "bytes": scanned.values()})
figures.scan_cost(costs)

# %% [markdown]
# *Megabytes that each question of this page scanned, and what Athena would ask for them.*
#
# ## One page
#
# The page holds its data and its drawing program, so it opens from a memory stick, and each figure says in a sentence
# what it shows: for readers who don't see it, and for those in a hurry.

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
# Which topic is the least clean: has the largest share of records that are not `transformed`? Use `verdicts`.

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
# - Let the engine add up; fetch small tables.
# - A figure's title says what to see; the sentence below says it to everyone; marks and dashes say it without colour.
# - The board also shows how good the data is.
#
# **On AWS** these nine queries cost 0.00045 USD each time that the page is made: make it once an hour, not for each
# visitor. Amazon QuickSight would be 3 USD a month for each reader.
#
# Next: [Tableau and Power BI](10_tableau_and_power_bi.ipynb).

# %% tags=["solution"]
check.require_all()

# %% tags=["remove-cell"]
from smartcity.results import glue

glue(athena_rows=athena_rows)
