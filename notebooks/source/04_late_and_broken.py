# %% [markdown]
# # Account for every record: late, broken, duplicate
#
# **Question.** A phone goes through a tunnel and reports its drive half an hour later. A sensor sends half a message.
# What happens to such records, and how do we know that none is lost?
#
# You will judge records by hand, look at what was set aside and why, find the phones in the tunnel, balance the ledger
# against the truth, and have a registry refuse a bad schema. It takes about 3 minutes and 0.3 GB of memory.
#
# simulate → Kafka → **[ Spark → S3 ]** → Glue → Athena → Redshift → dashboards
#
# Terms: [verdict](../GLOSSARY.md#verdict), [dead letter](../GLOSSARY.md#dead-letter), [late](../GLOSSARY.md#late),
# [event time](../GLOSSARY.md#event-time), [ledger](../GLOSSARY.md#ledger), [truth](../GLOSSARY.md#truth).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
minutes: int = 60  # minutes of city time, if the run has no records yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import pandas as pd
import plotly.express as px

from course import prepare
from course.checks import lesson_04
from smartcity import figures, schema_registry
from smartcity.avro_records import avro_schema
from smartcity.errors import SchemaRefused
from smartcity.events import LATENESS_LIMIT_S, TOPICS
from smartcity.lake import Lake
from smartcity.reconcile import reconcile
from smartcity.settings import settings
from smartcity.simulate import Config
from smartcity.transforms.judge import Fault, examine

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# If you haven't run lessons 02 and 03, this cell creates their results.

# %% tags=["varies"]
run = settings(run_id=run_id, target=target)
prepare.zones(run, Config.for_lesson(minutes, vehicles, seed))
lake = Lake(run.lake_uri)
check = lesson_04.sheet(lake)

# %% [markdown]
# ## The rules
#
# Each record gets one verdict, the first that applies: **dead letter**, **late**, **duplicate**, **transformed**. A
# dead letter also gets a reason. The rules look only at the record and its Kafka timestamp, never at the time when
# Spark processed it, so a second run over the same records gives the same verdicts.
#
# **Predict.** Here is one weather record in five forms. Which are events, which are dead letters, and why?

# %%
good = lake.read("raw", "weather_data", ["value"]).slice(0, 1)["value"][0].as_py().decode()
tries = {
    "as sent": good.encode(),
    "cut short": good[:40].encode(),
    "no bytes": b"",
    "a word as number": good.replace('"temperature_c":', '"temperature_c":"warm","was":').encode(),
    "a new field": good.replace("{", '{"pollen":3,', 1).encode(),
}
judged = {name: examine(TOPICS["weather_data"], value) for name, value in tries.items()}

# %%
verdicts = {
    name: (result.reason, result.detail) if isinstance(result, Fault) else ("event", result.extra)
    for name, result in judged.items()
}
pd.DataFrame.from_dict(verdicts, orient="index", columns=["judged", "detail, or new fields"])

# %% [markdown]
# **What we see.** An unknown field is not an error. The event passes, and the new field is kept as JSON in the column
# `extra`. A producer can add a field on Monday and the table can get its column on Friday; nothing is lost in between.
#
# ## Exercise 1
#
# Change the string `good` so that it becomes a dead letter with the reason `out_of_range`. Here are the record and the
# fields that have bounds:

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
# Nothing was thrown away. `late/`, `duplicate/` and `dead_letter/` keep the original bytes and the reason.

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
# **Predict.** A phone without a network keeps its positions and sends them all once it reconnects. Plot the delay of
# its records against their event time. What shape do you expect?

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
# *Delay of late positions from up to four phones, by the time they were measured. Dashed: the 10-minute limit.*
#
# **What we see.** All positions of a gap arrive at the same moment, so the oldest have the longest delay: the line
# falls by one minute per minute. Anything below the dashed line was in time and is in `transformed/`. A level line is a
# different problem: a clock that is always slow by the same amount.
#
# ## Exercise 2
#
# If the city waited 20 minutes instead of 10, how many of the records in `late` would be in time? Exactly 20 minutes
# still counts as in time.

# %%
# BEGIN SOLUTION
rescued = int((late["delay_min"] <= 20).sum())
# END SOLUTION
check.rescued(rescued)

# %% [markdown]
# ## The ledger
#
# The simulator wrote down the truth about each record: what it is, and what should happen to it. The ledger reads the
# lake as any ordinary reader would, and compares the two record by record.

# %%
ledger = reconcile(lake, lake.truth())
columns = ["topic", "produced", "transformed", "duplicate", "late", "dead_letter", "lost", "duplicated", "misjudged"]
accounts = pd.DataFrame([*ledger.topics, ledger.total])[columns]
accounts

# %% [markdown]
# **What we see.** In each row the four verdicts add up to `produced`, and the last three columns are zero: nothing was
# lost, stored twice or misjudged. If one of them were not zero, this cell would have failed and named the records.

# %% [markdown]
# ## Say no before a byte is sent
#
# A dead letter tells you about a mistake after it has happened. A **schema registry** can refuse some mistakes earlier:
# a producer registers the schema that it is going to write with, and the registry compares it with the one that readers
# know. This is AWS's Glue Schema Registry. In its mode `FULL`, old readers must be able to read new records, and new
# readers old ones.
#
# **Predict.** The weather stations get new firmware. One update adds a field. Another one calls `humidity_pct` just
# `humidity`. Which one will the registry let in?

# %%
weather = avro_schema("weather_data")
updates = {
    "as it is": weather,
    "a new field": {**weather, "fields": [*weather["fields"], {"name": "pollen", "type": "long", "default": 0}]},
    "another name": {**weather, "fields": [{**f, "name": f["name"].removesuffix("_pct")} for f in weather["fields"]]},
}
for name, schema in updates.items():
    try:
        schema_registry.register(schema_registry.glue(), lesson_04.SCHEMA, schema)
        print(f"{name}: let in")
    except SchemaRefused as error:
        print(f"{name}: {error}")

# %% [markdown]
# What if there were no registry? Here is a good record with the field under its new name:

# %%
renamed = examine(TOPICS["weather_data"], good.replace("humidity_pct", "humidity").encode())
count = accounts.set_index("topic").loc["weather_data", "transformed"]
f"{renamed.reason}: {renamed.detail}. So it would be for each of the {count:,} good weather records of the run."

# %% [markdown]
# **What we see.** With the registry, the vendor finds the mistake on their own desk. Without it, every record of every
# updated station would be a dead letter until someone looks at the zone.
#
# ## Exercise 3
#
# The vendor wants the name `humidity`. Write the schema that the registry lets in: stations may send `humidity`, and
# nobody who reads the old name breaks.

# %%
# BEGIN SOLUTION
humidity = {"name": "humidity", "type": ["null", "double"], "default": None}
compatible = {**weather, "fields": [*weather["fields"], humidity]}
# END SOLUTION
check.compatible(compatible)

# %%
check

# %% [markdown]
# ## Recap
#
# - Whether a record is late depends on the record, not on when you process it.
# - Records that can't be used are kept with their bytes and a reason, so you can repair them and send them again.
# - A schema registry refuses a change that breaks readers before a record is sent. It knows names and types, not
#   values: an impossible temperature is still a dead letter.
# - A pipeline that doesn't count what it loses will lose records without noticing.
#
# **On AWS** records set aside cost what all storage costs: 0.023 USD per GB and month. Not having them on the day
# someone asks costs more. The Glue Schema Registry costs nothing.
#
# Next: [what is in the lake](05_lake.ipynb).

# %% tags=["solution"]
check.require_all()

# %% tags=["remove-cell"]
from course.results import glue

glue(
    transformed=ledger.total.transformed,
    duplicates=ledger.total.duplicate,
    late=ledger.total.late,
    dead_letter=ledger.total.dead_letter,
    lost=ledger.total.lost,
    duplicated=ledger.total.duplicated,
    misjudged=ledger.total.misjudged,
)
