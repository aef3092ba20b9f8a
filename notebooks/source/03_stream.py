# %% [markdown]
# # Stream a city's events into the lake with Spark
#
# **Question.** Records arrive without end, some twice, some broken. How does a program that may die at any moment
# write each of them exactly once?
#
# You will read Kafka with Spark, give bytes a type, run the stream that writes the zones of the lake, and count cars
# by district and minute while events are still on their way. About 4 minutes; 0.9 GB of memory.
#
# simulate → Kafka → **[ Spark ]** → S3 → Glue → Athena → Redshift → dashboards

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import json

from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config, city
from smartcity.stream import StreamConfig, catch_up_view, records, run_until_caught_up, spark_session
from smartcity.transforms import frames

run = settings(run_id=run_id, target=target)
lake = Lake(run.lake_uri)
spark = spark_session("03 stream")

# %% [markdown]
# ## What to read, and where to write
#
# The run began at these offsets (notebook 02 wrote them down). `max_offsets_per_trigger` cuts the stream into **micro-
# batches**: Spark plans and runs a small job for each, and notes its offsets in the **checkpoint** first.

# %%
config = StreamConfig(
    run.lake_uri,
    starting_offsets=json.dumps(lake.read_note("starting_offsets")),
    roads=city(Config(vehicles=vehicles, seed=seed)).roads,
    max_offsets_per_trigger=50_000,
)
stream = records(spark, config)
stream.printSchema()

# %% [markdown]
# **Predict.** `stream.count()` on a table gives a number. What will it give here?

# %%
stream.isStreaming

# %% [markdown]
# **What we see.** A stream has no end, so it has no count. It has a schema, and it takes the same transforms as a
# table. Kafka knows nothing of speeds or streets: `value` is bytes.
#
# ## Give the bytes a type
#
# `from_json` reads what it can, by the schema that we give. To look at the result, we take a table of the same
# records: `spark.read` in place of `spark.readStream`.

# %%
begin = json.dumps({"gps_data": lake.read_note("starting_offsets")["gps_data"]})
source = spark.read.format("kafka").option("kafka.bootstrap.servers", config.bootstrap).option("subscribe", "gps_data")
table = source.option("startingOffsets", begin).load().withColumnRenamed("timestamp", "kafka_timestamp")
gps = frames.events(table, "gps_data")
gps.select("event_time", "vehicle_id", "speed_kmh", "latitude", "longitude").show(5, truncate=False)

# %% [markdown]
# ## Exercise 1
#
# How many records of `gps_data` are there, and how many of them came out as events? Which of the two is larger?

# %%
# BEGIN SOLUTION
counted = {"records": table.count(), "events": gps.count()}
# END SOLUTION
counted

# %% [markdown]
# ## Run the stream
#
# Each batch is one Spark job. Its tasks judge every record by the rules of the contract (`smartcity.events`) and
# upload one file for each zone and hour, as a *multipart upload*: S3 shows such a file to nobody until it is
# completed. When all tasks are done, the driver writes down the batch, then completes its files.
#
# **Predict.** The driver is killed half-way through a batch. What does a reader of the lake see?

# %%
caught = run_until_caught_up(spark, config)
caught

# %% [markdown]
# **What we see.** `raw` is every record; the four other zones add up to it. As for the prediction: nothing of that
# batch. The next driver finds it in the checkpoint and runs it again, with the same offsets. Had the driver been
# killed between the note and the last file, the next one would complete the rest.
#
# ## Nobody twice
#
# A copy of an event has the same `event_id`. The stream keeps the ids of the last 20 minutes of each Kafka partition
# in the lake. Spark can forget copies by itself, with `dropDuplicatesWithinWatermark`, but then they are gone without
# a trace, and so is everything behind its watermark. Here each copy lies in `duplicate/`, where it can be counted.

# %%
transformed = lake.read("transformed", "gps_data", ["event_id", "kafka_partition", "kafka_offset"]).to_pandas()
copies = lake.read("duplicate", "gps_data", ["event_id", "kafka_partition", "kafka_offset"]).to_pandas()
pairs = copies.merge(transformed, on="event_id", suffixes=("_copy", "_first"))
pairs.head()

# %% [markdown]
# ## Exercise 2
#
# Are a copy and its first record always on the same partition? What in notebook 02 made it so?

# %%
# BEGIN SOLUTION
same_partition = bool((pairs["kafka_partition_copy"] == pairs["kafka_partition_first"]).all())
# END SOLUTION
same_partition

# %% [markdown]
# ## Count by the minute
#
# The second query answers a question of the traffic office: how full and how fast was each district in each minute?
# Its **watermark** says that a minute is over when events ten minutes younger have come. Only then is its row written.

# %%
catch_up_view(spark, config, "district_minutes")
minutes_seen = spark.read.parquet(f"{run.spark_lake_uri}/aggregates/district_minutes")
minutes_seen.orderBy("minute_start", "district").show(10)

# %%
minutes_seen.agg({"minute_start": "max"}).first()[0], gps.agg({"event_time": "max"}).first()[0]

# %% [markdown]
# **What we see.** The last minutes are missing: the watermark has not passed them yet. A stream pays for being right
# about late events with waiting. `congestion_level` runs from A (free) to F (jammed), after the Highway Capacity
# Manual.
#
# ## Recap
#
# - Kafka holds bytes; a schema makes events of them.
# - Exactly once = the same offsets again after a crash, and files that nobody sees before their batch is complete.
# - A watermark trades waiting for completeness.
# - On AWS the same job runs on EMR Serverless: 0.05 USD for a vCPU-hour, by the second.

# %%
spark.stop()
