# %% [markdown]
# # Stream a city's events into the lake with Spark
#
# **Question.** Records never stop arriving. Some are duplicates, some are broken, some are late. How can a program that
# may crash at any moment write each of them exactly once?
#
# You will parse Kafka's bytes into typed events, see what duplicates and late events do to a simple stream, and run the
# stream that writes the zones of the lake. It takes about 4 minutes and 0.9 GB of memory.
#
# simulate → Kafka → **[ Spark ]** → S3 → Glue → Athena → Redshift → dashboards
#
# Terms: [micro-batch](../GLOSSARY.md#micro-batch), [checkpoint](../GLOSSARY.md#checkpoint),
# [watermark](../GLOSSARY.md#watermark), [duplicate](../GLOSSARY.md#duplicate), [zone](../GLOSSARY.md#zone).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
minutes: int = 60  # minutes of city time, if the run has no records yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import json

import pandas as pd

from course import prepare
from course.checks import lesson_03
from smartcity import figures, kafka_login
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config, city
from smartcity.stream import StreamConfig, catch_up_view, frames, records, run_until_caught_up, spark_session

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# The lesson starts with the Kafka records from lesson 02 (the next cell creates them if they are missing) and with
# empty zones. Spark prints a few warnings in red when it starts; you can ignore them.

# %% tags=["varies"]
run = settings(run_id=run_id, target=target)
prepare.records(run, Config.for_lesson(minutes, vehicles, seed))
lake = Lake(run.lake_uri)
lake.purge(keep="_run/")
spark = spark_session("03 stream")
check = lesson_03.sheet(lake)

# %% [markdown]
# ## What to read, and where to write
#
# The run starts at these offsets. `max_offsets_per_trigger` splits the stream into **micro-batches**. Spark plans and
# runs a small job for each one, and records its offsets in the **checkpoint** first.

# %%
config = StreamConfig(
    run.lake_uri,
    starting_offsets=json.dumps(lake.read_note("starting_offsets")),
    roads=city(Config(vehicles=vehicles, seed=seed)).roads,
    max_offsets_per_trigger=25_000,
)
stream = records(spark, config)
stream.printSchema()

# %% [markdown]
# **Predict.** `count()` on a table returns a number. What would `stream.count()` return?

# %%
stream.isStreaming

# %% [markdown]
# **What we see.** A stream never ends, so you can't count it: the call would fail. But a stream has a schema and
# supports the same transformations as a table. Kafka knows nothing about speeds or streets: to Kafka, `value` is just
# bytes.
#
# ## From bytes to typed events
#
# To look at the records, we read them as a *table*, with `spark.read` instead of `spark.readStream`. `frames.events`
# calls `from_json` with the topic's schema and drops records that break the contract or arrive late.

# %% tags=["varies"]
begin = json.dumps({"gps_data": lake.read_note("starting_offsets")["gps_data"]})
source = spark.read.format("kafka").options(**kafka_login.spark_options()).option("subscribe", "gps_data")
table = source.option("startingOffsets", begin).load().withColumnRenamed("timestamp", "kafka_timestamp")
gps = frames.events(table, "gps_data").cache()
gps.select("event_time", "vehicle_id", "speed_kmh", "latitude", "longitude").limit(5).toPandas()

# %% [markdown]
# ## Exercise 1
#
# How many records does `table` hold, and how many of them came out as events in `gps`? Answer with a dict:
# `{"records": …, "events": …}`.

# %%
# BEGIN SOLUTION
counted = {"records": table.count(), "events": gps.count()}
# END SOLUTION
check.counted(counted)

# %% [markdown]
# ## The same event twice
#
# A device that gets no reply sends its record again. These are the events that arrived most often.

# %% tags=["varies"]
gps.groupBy("event_id").count().orderBy("count", ascending=False).limit(3).toPandas()

# %% [markdown]
# ## Exercise 2
#
# How many events in `gps` are copies? In other words, how many more rows are there than different `event_id`s?

# %%
# BEGIN SOLUTION
copies = gps.count() - gps.select("event_id").distinct().count()
# END SOLUTION
check.copies(copies)

# %% [markdown]
# ## Drop duplicates, and lose late events
#
# A stream can't remember every id forever. What Spark remembers is called its *state*. It forgets an id once the
# stream's **watermark** has passed the event. The watermark is the newest event time seen so far, minus a delay that we
# choose. Spark drops events older than the watermark.
#
# **Predict.** With a delay of one minute, the state stays small. What else happens?

# %%
tenth = max(gps.count() // 10, 1)
few = StreamConfig(run.lake_uri, topics=("gps_data",), starting_offsets=begin, max_offsets_per_trigger=tenth)
events = frames.events(records(spark, few), "gps_data").withWatermark("event_time", "1 minute")
once = events.dropDuplicatesWithinWatermark(["event_id"])
query = once.writeStream.format("memory").queryName("once").trigger(availableNow=True).start()
query.awaitTermination(300)
dropped = sum(state.numRowsDroppedByWatermark for step in query.recentProgress for state in step.stateOperators)

# %% tags=["varies"]
kept_all = {"watermark": "none: a batch", "stored": gps.dropDuplicates(["event_id"]).count(), "dropped as late": 0}
pd.DataFrame([kept_all, {"watermark": "1 minute", "stored": spark.table("once").count(), "dropped as late": dropped}])

# %% [markdown]
# **What we see.** The short watermark drops events that the city's ten-minute rule accepts. There is no error and no
# trace; only this counter in the query's progress shows it. The counter counts rows, and some of them are copies of
# events already in the table, so fewer events are missing. A delay of ten minutes would keep all of them, but needs
# more state. Our own stream remembers 20 minutes of ids in its own files, and *stores* whatever it sets aside.
#
# ## Run the stream
#
# Each batch is one Spark job. The *driver* (the program you started) splits it into *tasks*. Each task judges its
# records by the rules of the contract (`smartcity.events`) and uploads one file per zone and hour. It uses a *multipart
# upload*, so S3 shows the file to nobody until the upload is completed. When all tasks are done, the driver records the
# batch, then completes its files.
#
# **Predict.** Someone kills the driver halfway through a batch. What does a reader of the lake see?

# %% tags=["varies"]
caught = run_until_caught_up(spark, config)
pd.Series(caught.rows, name=f"records, written in {caught.batches} batches").to_frame()

# %% [markdown]
# **What we see.** `raw` holds every record, and the other four zones add up to it. As for the prediction: if the driver
# dies before it records the batch, a reader sees nothing of the batch. The next driver finds it in the checkpoint and
# runs it again with the same offsets. If the driver dies later, a reader sees the files completed so far, and the next
# driver completes the rest. Either way, nothing is stored twice. Does the truth agree?

# %%
truth = lake.truth()["verdict"].to_pandas().value_counts().rename("truth").to_frame()
truth.assign(stored=pd.Series(caught.rows))

# %% [markdown]
# ## Count by minute
#
# The second query answers a question from the traffic office: how fast was traffic in each district, minute by minute?

# %%
catch_up_view(spark, config, "district_minutes")
by_minute = spark.read.parquet(f"{run.spark_lake_uri}/aggregates/district_minutes").toPandas()
figures.speed_by_district(by_minute.rename(columns={"minute_start": "minute"}).sort_values("minute"))

# %% [markdown]
# *Mean speed seen by the cameras (`traffic_data`), by minute and district. Dotted: all districts.*
#
# **What we see.** Cameras report once a minute, starting at 07:01. The hour ends at 08:00, but the lines end before
# 07:50. The query writes a minute only after the watermark, ten minutes behind the newest event, has passed it. Waiting
# is the price a stream pays for getting late events right.

# %%
spark.stop()
check

# %% [markdown]
# ## Recap
#
# - Kafka stores bytes; a schema turns them into events.
# - A watermark limits memory, but it drops late events silently. Count them, or store them.
# - *Exactly once* means two things: after a crash, the same offsets run again, and files stay invisible until their
#   batch is recorded.
#
# **On AWS** the same job runs on EMR Serverless, which costs 0.053 USD per vCPU-hour and 0.006 USD per GB-hour, billed
# by the second. This lesson costs less than a cent.
#
# Next: [what was set aside, and why](04_late_and_broken.ipynb).

# %% tags=["solution"]
check.require_all()
