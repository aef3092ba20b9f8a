# %% [markdown]
# # Simulate a city whose streams explain each other
#
# **Question.** It is Monday, half past seven, and the centre is jammed. Is it rush hour, rain, or an accident? Five
# kinds of devices recorded what happened, but none of them saw everything.
#
# You will simulate one hour of an invented city, look at it on a map, compare its traffic with theory, and follow one
# accident through all five streams. It takes about 2 minutes and 0.5 GB of memory. You need only Python, no services.
#
# Terms: [event](../GLOSSARY.md#event), [record](../GLOSSARY.md#record), [event time](../GLOSSARY.md#event-time),
# [verdict](../GLOSSARY.md#verdict), [truth](../GLOSSARY.md#truth).
#
# **[ simulate ]** → Kafka → Spark → S3 → Glue → Athena → Redshift → dashboards

# %% tags=["parameters"]
minutes: int = 60  # minutes of city time, from 07:00 UTC on a Monday
vehicles: int = 200  # connected vehicles, which drive among other traffic
seed: int = 7  # the same seed gives the same city, to the byte

# %%
import json

import numpy as np
import pandas as pd
import pyarrow as pa

from course.checks import lesson_01
from smartcity import figures
from smartcity.simulate import Config, city, flow, simulate
from smartcity.simulate.city import ROAD_CLASSES

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# ## One hour of records
#
# `simulate` yields **chunks**. Each chunk holds all records that *arrive* within one minute, in order of arrival. The
# simulator keeps only what it needs, so a week of data takes no more memory than an hour.

# %%
config = Config.for_lesson(minutes, vehicles, seed)
chunks = list(simulate(config))
records = pa.concat_tables([chunk.records for chunk in chunks])
truth = pa.concat_tables([chunk.truth for chunk in chunks]).to_pandas()
check = lesson_01.sheet(config, chunks)
truth.groupby("topic", observed=True).size().rename("records").to_frame()

# %% [markdown]
# Here is one record as Kafka will receive it. The **key** is the device, the **value** is JSON, and the **timestamp**
# is when the record reached the city's network. The time when the event *happened* is inside, in `event_time`.

# %%
row = records.slice(records.num_rows // 2, 1).to_pylist()[0]
{**row, "value": json.loads(row["value"])}


# %% [markdown]
# For this lesson we decode each stream from its bytes and skip broken and duplicate records. Lesson 04 covers those.

# %%
def events(topic: str) -> pd.DataFrame:
    """Return the clean events of a topic."""
    good = truth.index[(truth["topic"] == topic) & (truth["verdict"] == "transformed")]
    table = pd.DataFrame([json.loads(value) for value in records["value"].take(pa.array(good)).to_pylist()])
    return table.assign(event_time=pd.to_datetime(table["event_time"]))


streams = {topic: events(topic) for topic in truth["topic"].unique()}
gps, cameras, weather = streams["gps_data"], streams["traffic_data"], streams["weather_data"]

# %% [markdown]
# ## The city on a map
#
# There is a ring road, arterials, local streets, and a river that few streets cross. **Predict.** Vehicles report their
# position every ten seconds. Where will the dots be dense?

# %%
roads = city(config).roads.to_pandas()
moving = gps.assign(time=gps["event_time"].dt.floor("20s").dt.strftime("%H:%M:%S"))
moving = moving[moving["time"].between("07:30", "07:34")].drop_duplicates(["time", "vehicle_id"])
figures.moving_vehicles(roads, moving)

# %% [markdown]
# *Grey lines are streets (wider lines are larger roads), dotted black lines are tunnels, and marks are vehicles. Press
# play.*
#
# **What we see.** Vehicles keep to the streets, mostly the large ones. Look closely: they are a few metres off the
# line, because a phone's position is noisy. There are none inside a tunnel, because GPS needs a view of the sky.
#
# ## Does the traffic follow the theory?
#
# On a free road, flow grows with density. Beyond **capacity** a queue forms, and more vehicles mean *less* flow. The
# simulator moves traffic with the cell transmission model and this triangular **fundamental diagram** (Daganzo 1994).
# The cameras only count vehicles. Does the triangle show up in their data?

# %%
seen = cameras.merge(roads[["road_id", "road_class", "lanes"]], on="road_id").query("vehicle_count > 0")
seen = seen.assign(density=seen["density_veh_km"] / seen["lanes"], flow=seen["vehicle_count"] * 60 / seen["lanes"])
density, dry = np.linspace(0.1, flow.JAM_VEH_KM, 200), np.ones(200)
speed = {kind: flow.speed_kmh(density, np.full(200, n), dry, dry) for n, kind in enumerate(ROAD_CLASSES)}
models = {kind: pd.DataFrame({"density": density, "flow": density * v}) for kind, v in speed.items()}
figures.fundamental_diagram(seen, models)

# %% [markdown]
# *Each mark is one minute at one camera; the lines are the model for dry roads.*
#
# **What we see.** Most minutes are on the left side, where traffic is free. The others are on the falling side: the
# camera was inside a queue. Marks between the lines are minutes when a queue formed or cleared, or when it rained.
#
# ## What does rain do?

# %%
driving = gps.query("vehicle_type != 'emergency' and speed_kmh > 0")
speed_by_minute = driving.groupby(driving["event_time"].dt.floor("min"))["speed_kmh"].mean()
rain = weather.groupby(weather["event_time"].dt.floor("min"))["precipitation_mm_h"].mean()
both = pd.DataFrame({"precipitation_mm_h": rain, "mean_speed_kmh": speed_by_minute}).dropna()
figures.rain_and_speed(both.rename_axis("minute").reset_index()).update_layout(title="The slowdown outlasts the rain")

# %% [markdown]
# *Top: rain over the city. Bottom: mean speed of moving vehicles, by minute.*
#
# **What we see.** Rain has two effects of different size. A wet road lowers free speed by only 2 to 7 %, as measured on
# real motorways. But rain also cuts capacity by up to 17 %, and a road that was nearly full then gets a queue. That is
# why the speed does *not* recover when the rain stops: the queue has to clear first, and the rain made accidents more
# likely too.
#
# ## One accident, five streams
#
# The simulator knows what happened. Here are its incidents, and the longest queue that each of them caused.

# %%
incidents = pa.concat_tables([chunk.incidents for chunk in chunks]).to_pandas()
worst = figures.longest_queue(incidents, pd.Timestamp(config.end_ms, unit="ms", tz="UTC"))
incidents[["incident_id", "incident_type", "road_id", "start_time", "on_scene_time", "resolved_time", "queue_m"]]

# %%
around = pd.Timedelta("6min")
span = (worst["start_time"] - around, worst["resolved_time"] + around)
near = {name: table[table["event_time"].between(*span)] for name, table in streams.items()}
queue = near["vehicle_data"].query("road_id in @worst.queue_road_ids and vehicle_type != 'emergency' and speed_kmh > 0")
camera = near["traffic_data"].query("road_id in @worst.queue_road_ids")
unit = near["gps_data"].query("vehicle_id == @worst.vehicle_id")
sky = near["weather_data"].groupby("event_time", as_index=False)["precipitation_mm_h"].mean()

# %%
strips = {
    "vehicle_data: speed in the queue (km/h)": queue.assign(value=queue["speed_kmh"]),
    "gps_data: speed of the ambulance (km/h)": unit.assign(value=unit["speed_kmh"]),
    "traffic_data: density at the cameras there (vehicles/km)": camera.assign(value=camera["density_veh_km"]),
    "weather_data: rain (mm/h)": sky.assign(value=sky["precipitation_mm_h"]),
}
marks = {"accident": worst["start_time"], "call": worst["reported_time"], "help is there": worst["on_scene_time"],
         "resolved": worst["resolved_time"]}  # fmt: skip
figures.incident_story(strips, marks, f"One {worst['incident_type']} makes a queue of {worst['queue_m']:.0f} m")

# %% [markdown]
# *Four streams around one accident. The dashed lines come from the fifth, `emergency_data`.*
#
# **What we see.** A lane closes. Nobody reports it at first; then someone calls. Vehicles slow down and cameras see the
# density rise. The ambulance drives there, stops at the scene, and leaves. The queue lasts longer than the accident.
#
# ## Exercise 1
#
# A queue is dense *and* slow. Which road had the camera minute with the highest density of the whole hour?

# %%
# BEGIN SOLUTION
densest_road = cameras.loc[cameras["density_veh_km"].idxmax(), "road_id"]
# END SOLUTION
check.densest_road(densest_road)

# %% [markdown]
# ## Exercise 2
#
# By what fraction does heavy rain slow down free traffic? Take camera minutes on *trunk* roads with a density below 15
# vehicles per km and lane. Compare their mean speed when it rained more than 7 mm/h with their mean speed when it was
# dry.

# %%
free = seen.query("road_class == 'trunk' and density < 15")
wetness = free["event_time"].map(weather.groupby("event_time")["precipitation_mm_h"].mean())
# BEGIN SOLUTION
slower_by = 1 - free.loc[wetness > 7, "mean_speed_kmh"].mean() / free.loc[wetness == 0, "mean_speed_kmh"].mean()
# END SOLUTION
check.slower_by(slower_by)

# %% [markdown]
# ## Exercise 3
#
# How long did help take to arrive? Give the mean number of minutes from `reported_time` to `on_scene_time` in
# `incidents`.

# %%
# BEGIN SOLUTION
help_after_min = (incidents["on_scene_time"] - incidents["reported_time"]).mean() / pd.Timedelta("1min")
# END SOLUTION
check.help_after_min(help_after_min)

# %% [markdown]
# ## What goes wrong on the way
#
# Real devices fail. For each record, the truth says whether it is clean, duplicate, late or broken, and why.

# %%
truth.groupby(["verdict", "fault"], observed=True).size().unstack("verdict", fill_value=0)

# %% [markdown]
# **What we see.** When a phone holds back records in a tunnel, some arrive *late* and some still arrive in time. A
# resent copy is the good one if its original was broken. A pipeline has to handle these cases with care.
#
# ## Recap
#
# - Five streams describe one city: what one device sees, another explains.
# - The same seed produces the same bytes. The truth about each record and incident is known, and later lessons check
#   against it.
#
# **On AWS** this step costs nothing because it runs on your own machine. Records cost money once you store them.
#
# Next: [Kafka keeps the records](02_kafka.ipynb).

# %%
check

# %% tags=["solution"]
check.require_all()
