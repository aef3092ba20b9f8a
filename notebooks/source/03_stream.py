# %% [markdown]
# # Stream a city's events into the lake with Spark
#
# **Question.** Records arrive without end, some twice, some broken, some late. How does a program that may die at any
# moment write each of them exactly once?
#
# You will give Kafka's bytes a type, see what copies and late events do to a plain stream, and run the stream that
# writes the zones of the lake. About 4 minutes; 0.9 GB of memory.
#
# simulate → Kafka → **[ Spark ]** → S3 → Glue → Athena → Redshift → dashboards
#
# Words: [micro-batch](../GLOSSARY.md#micro-batch), [checkpoint](../GLOSSARY.md#checkpoint),
# [watermark](../GLOSSARY.md#watermark), [duplicate](../GLOSSARY.md#duplicate), [zone](../GLOSSARY.md#zone).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
minutes: int = 60  # minutes of city time, where the records are not there yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import json

import pandas as pd

from smartcity import figures, prepare
from smartcity.checks import lesson_03
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config, city
from smartcity.stream import StreamConfig, catch_up_view, records, run_until_caught_up, spark_session
from smartcity.transforms import frames

# %% [markdown]
# The lesson begins with Kafka's records of lesson 02 (made now, where they are missing) and with empty zones. Spark says a
# few words in red when it starts; they do no harm.

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
# The run began at these offsets. `max_offsets_per_trigger` cuts the stream into **micro-batches**: Spark plans and runs
# a small job for each, and notes its offsets in the **checkpoint** first.

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
# **Predict.** `count()` on a table gives a number. What would `stream.count()` give?

# %%
stream.isStreaming

# %% [markdown]
# **What we see.** A stream has no end, so it has no count: the call would be an error. But it has a schema, and takes
# the same transforms as a table. Kafka knows nothing of speeds or streets: `value` is bytes.
#
# ## Give the bytes a type
#
# To look at the records we take a *table* of them: `spark.read` in place of `spark.readStream`. `frames.events` calls
# `from_json` with the schema of the topic, and leaves out what is no event of the contract, or late.

# %% tags=["varies"]
begin = json.dumps({"gps_data": lake.read_note("starting_offsets")["gps_data"]})
source = spark.read.format("kafka").option("kafka.bootstrap.servers", config.bootstrap).option("subscribe", "gps_data")
table = source.option("startingOffsets", begin).load().withColumnRenamed("timestamp", "kafka_timestamp")
gps = frames.events(table, "gps_data").cache()
gps.select("event_time", "vehicle_id", "speed_kmh", "latitude", "longitude").limit(5).toPandas()

# %% [markdown]
# ## Exercise 1
#
# How many records does `table` hold, and how many came out as events in `gps`? Answer with a dict:
# `{"records": …, "events": …}`.

# %%
# BEGIN SOLUTION
counted = {"records": table.count(), "events": gps.count()}
# END SOLUTION
check.counted(counted)

# %% [markdown]
# ## The same event twice
#
# A device that gets no answer sends again. Here are the events that arrived most often.

# %% tags=["varies"]
gps.groupBy("event_id").count().orderBy("count", ascending=False).limit(3).toPandas()

# %% [markdown]
# ## Exercise 2
#
# How many of the events in `gps` are copies, that is, how many more rows than different `event_id`s are there?

# %%
# BEGIN SOLUTION
copies = gps.count() - gps.select("event_id").distinct().count()
# END SOLUTION
check.copies(copies)

# %% [markdown]
# ## Forget copies, and lose the late
#
# A stream can't keep every id for ever. What Spark remembers is its *state*. It forgets an id when the stream's **watermark**
# has passed the event: the newest event time that it has seen, less the delay that we grant. What is older than the
# watermark is dropped.
#
# **Predict.** With a delay of one minute the state stays small. What else happens?

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
# **What we see.** The short watermark drops events that were in time by the city's rule of ten minutes. No error, no
# trace; only this counter in the query's progress knows. It counts rows: some of them were copies of events that the table
# has, so fewer events are missing. A delay of ten minutes would keep them all, with a larger state. Our stream remembers
# the ids of 20 minutes in files of its own, and *stores* what it sets aside.
#
# ## Run the stream
#
# Each batch is one Spark job. The *driver*, the program that you started, cuts it into *tasks*. They judge every record by
# the rules of the contract (`smartcity.events`) and upload one file for each zone and hour, as a *multipart upload*: S3
# shows such a file to nobody until it is completed. When all tasks are done, the driver writes down the batch, then
# completes its files.
#
# **Predict.** The driver is killed half-way through a batch. What does a reader of the lake see?

# %% tags=["varies"]
caught = run_until_caught_up(spark, config)
pd.Series(caught.rows, name=f"records, written in {caught.batches} batches").to_frame()

# %% [markdown]
# **What we see.** `raw` is every record; the four other zones add up to it. As for the prediction: killed before the batch
# is written down, a reader sees nothing of it; the next driver finds it in the checkpoint and runs it again, with the same
# offsets. Killed after, a reader sees those files that were completed, and the next driver completes the rest. Nothing is
# there twice either way. Does the truth agree?

# %%
truth = lake.truth()["verdict"].to_pandas().value_counts().rename("truth").to_frame()
truth.assign(stored=pd.Series(caught.rows))

# %% [markdown]
# ## Count by the minute
#
# The second query answers a question of the traffic office: how fast was each district in each minute?

# %%
catch_up_view(spark, config, "district_minutes")
by_minute = spark.read.parquet(f"{run.spark_lake_uri}/aggregates/district_minutes").toPandas()
figures.speed_by_district(by_minute.rename(columns={"minute_start": "minute"}).sort_values("minute"))

# %% [markdown]
# *Mean speed that the cameras (`traffic_data`) saw, by minute and district; dotted: all districts.*
#
# **What we see.** Cameras report once a minute, first at 07:01. The hour ends at 08:00, the lines before 07:50. A minute is written when the watermark, ten minutes behind
# the newest event, has passed it: a stream pays for being right about late events with waiting.

# %%
spark.stop()
check

# %% [markdown]
# ## Recap
#
# - Kafka holds bytes; a schema makes events of them.
# - A watermark bounds memory, and what it drops is gone in silence: count it, or store it.
# - Exactly once = the same offsets again after a crash, and files that nobody sees before their batch is written down.
#
# **On AWS** the same job runs on EMR Serverless: 0.053 USD for a vCPU-hour and 0.006 for a GB-hour, by the second; this
# lesson is less than a cent.
#
# Next: [what was set aside, and why](04_late_and_broken.ipynb).

# %% tags=["solution"]
check.require_all()
