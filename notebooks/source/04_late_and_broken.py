# %% [markdown]
# # Account for every record: late, broken, twice
#
# **Question.** A phone goes through a tunnel and tells of its drive half an hour later. A sensor sends half a
# sentence. What becomes of such records, and how do we know that none is lost?
#
# You will judge records by hand, look at what was set aside and why, find the phones in the tunnel, and balance the
# ledger against the truth. About 3 minutes; 0.3 GB of memory.
#
# simulate → Kafka → **[ Spark → S3 ]** → Glue → Athena → Redshift → dashboards
#
# Words: [verdict](../GLOSSARY.md#verdict), [dead letter](../GLOSSARY.md#dead-letter), [late](../GLOSSARY.md#late),
# [event time](../GLOSSARY.md#event-time), [ledger](../GLOSSARY.md#ledger), [truth](../GLOSSARY.md#truth).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
minutes: int = 60  # minutes of city time, where the records are not there yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import pandas as pd
import plotly.express as px

from smartcity import figures, prepare
from smartcity.checks import lesson_04
from smartcity.events import LATENESS_LIMIT_S, TOPICS
from smartcity.lake import Lake
from smartcity.reconcile import reconcile
from smartcity.settings import settings
from smartcity.simulate import Config
from smartcity.transforms.judge import Fault, examine

# %% [markdown]
# Where lessons 02 and 03 have not been run, this cell makes what they would have made.

# %% tags=["varies"]
city = settings(run_id=run_id, target=target)
prepare.zones(city, Config.for_lesson(minutes, vehicles, seed))
lake = Lake(city.lake_uri)
check = lesson_04.sheet(lake)

# %% [markdown]
# ## The rules
#
# Each record gets one verdict, the first that applies: **dead letter**, **late**, **duplicate**, **transformed**. A
# dead letter also gets a reason. The rules look at one record and its Kafka timestamp alone, never at when Spark came
# to it: so a second run of the same records gives the same verdicts.
#
# **Predict.** Here is a weather record in five forms. Which are events, and which are dead letters, and why?

# %%
good = lake.read("raw", "weather_data", ["value"]).slice(0, 1)["value"][0].as_py().decode()
tries = {
    "as sent": good.encode(),
    "cut short": good[:40].encode(),
    "no bytes": b"",
    "a word as number": good.replace('"temperature_c":', '"temperature_c":"warm","was":').encode(),
    "a new field": good.replace("{", '{"pollen":3,', 1).encode(),
}
found = {name: examine(TOPICS["weather_data"], value) for name, value in tries.items()}

# %%
told = {name: (one.reason, one.detail) if isinstance(one, Fault) else ("event", one.extra) for name, one in found.items()}
pd.DataFrame.from_dict(told, orient="index", columns=["judged", "detail, or new fields"])

# %% [markdown]
# **What we see.** A field that nobody knows yet is no fault: the event goes on, and the new field is kept as JSON in
# the column `extra`. A producer may add a field on Monday; the table gets its column on Friday; nothing is lost
# between.
#
# ## Exercise 1
#
# Change the text `good` so that it becomes a dead letter with the reason `out_of_range`. This is the record, and these
# are the fields that have bounds:

# %%
print(good)
{field.name: (field.low, field.high) for field in TOPICS["weather_data"].fields if field.low is not None}

# %%
# BEGIN SOLUTION
broken = good.replace('"humidity_pct":', '"humidity_pct":900,"was":')
# END SOLUTION
check.broken(broken)

# %% [markdown]
# ## What was set aside
#
# Nothing was thrown away: `late/`, `duplicate/` and `dead_letter/` hold the original bytes and the reason.

# %%
zones = ("late", "duplicate", "dead_letter")
aside = pd.concat(lake.read(zone, topic).to_pandas().assign(zone=zone) for zone in zones for topic in TOPICS)
aside.groupby(["zone", "reason"]).size().rename("records").to_frame()

# %% tags=["varies"]
dead = aside[aside["zone"] == "dead_letter"]
dead.groupby("reason").head(1)[["topic", "reason", "detail"]].reset_index(drop=True)

# %% [markdown]
# ## The phone in the tunnel
#
# **Predict.** A phone without a network keeps its positions and sends them all when the network is back. Draw the
# delay of its records over their event time. What shape do you expect?

# %%
late = aside[(aside["zone"] == "late") & (aside["topic"] == "gps_data")].copy()
late["delay_min"] = (late["kafka_timestamp"] - late["event_time"]).dt.total_seconds() / 60
late["device"] = late["key"].map(bytes.decode)
most = late["device"].value_counts().index[:4]
shown = late[late["device"].isin(most)].sort_values(["device", "event_time"])

# %%
figure = px.scatter(shown, x="event_time", y="delay_min", color="device", symbol="device", template=figures.template())
figure.update_layout(title="Late records come in slanted lines: one reconnection each", legend_title="")
figure.update_layout(xaxis_title="event time (UTC)", yaxis_title="delay (minutes)")
figure.add_hline(LATENESS_LIMIT_S / 60, line_dash="dash", annotation_text="the limit for late")

# %% [markdown]
# *Delay of the late positions of up to four phones over the time at which each was measured; dashed, the limit of 10
# minutes.*
#
# **What we see.** All positions of a gap arrive at one moment, so the older, the later: a line that falls by one
# minute a minute. What would lie below the dashed line was in time, and is in `transformed/`. A level line is another
# trouble: a clock that is always slow by the same minutes.
#
# ## Exercise 2
#
# If the city waited 20 minutes instead of 10, how many of the records in `late` would have been in time? Up to and with
# 20 minutes counts.

# %%
# BEGIN SOLUTION
rescued = int((late["delay_min"] <= 20).sum())
# END SOLUTION
check.rescued(rescued)

# %% [markdown]
# ## The ledger
#
# The simulator wrote down the truth about each record: what it is, and what must become of it. The ledger reads the
# lake as any plain reader would, and compares record by record.

# %%
ledger = reconcile(lake, lake.truth())
columns = ["topic", "produced", "transformed", "duplicate", "late", "dead_letter", "lost", "duplicated", "misjudged"]
accounts = pd.DataFrame([*ledger.topics, ledger.total])[columns]
accounts

# %% [markdown]
# **What we see.** In each row the four verdicts add up to `produced`, and the last three columns are zero: nothing lost,
# nothing stored twice, nothing misjudged. Were one of them not zero, this cell would have failed, with the records'
# names.
#
# ## Exercise 3
#
# Which topic has the largest *share* of dead letters among its produced records? (The last row is the sum of all; leave
# it out.)

# %%
# BEGIN SOLUTION
by_topic = accounts[accounts["topic"] != "all"].set_index("topic")
worst_topic = (by_topic["dead_letter"] / by_topic["produced"]).idxmax()
# END SOLUTION
check.worst_topic(worst_topic)

# %%
check

# %% [markdown]
# ## Recap
#
# - Late is a property of the record, not of the moment at which it is processed.
# - What can't be used is kept with its bytes and a reason: it can be repaired and sent again.
# - A pipeline that can't count what it lost will lose without knowing.
#
# **On AWS** what is set aside costs what all storage costs: 0.023 USD a month for a GB. Not having it, on the day when
# someone asks, costs more.
#
# Next: [what lies in the lake](05_lake.ipynb).

# %% tags=["solution"]
check.require_all()

# %% tags=["remove-cell"]
from smartcity.results import glue

total = ledger.total
glue(
    transformed=total.transformed,
    duplicates=total.duplicate,
    late=total.late,
    dead_letter=total.dead_letter,
    lost=total.lost,
    duplicated=total.duplicated,
    misjudged=total.misjudged,
)
