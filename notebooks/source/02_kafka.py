# %% [markdown]
# # Send a city's hour through Kafka
#
# **Question.** A city's devices talk all at once. Who keeps their words until someone listens, and in which order?
#
# You will create five topics on a real broker, send the simulated hour to them, and read some of it back.
# About 3 minutes; 0.4 GB of memory.
#
# simulate → **[ Kafka ]** → Spark → S3 → Glue → Athena → Redshift → dashboards

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
minutes: int = 60  # minutes of city time
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import os

import pyarrow as pa
from smartcity import kafka
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config, simulate

city = settings(run_id=run_id, target=target)
lake = Lake(city.lake_uri)

# %% [markdown]
# ## A clean start
#
# A run begins with an empty folder in the lake. The topics stay: Kafka is a log, and a log is not rewritten. Instead the
# run remembers at which **offset** of each partition it begins.

# %%
bootstrap = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
lake.make_bucket()
lake.purge()
kafka.ensure_topics(bootstrap)
offsets = kafka.end_offsets(bootstrap)
lake.write_note("starting_offsets", offsets)
offsets["gps_data"]

# %% [markdown]
# **Predict.** Each topic has four partitions, and each record is keyed by its device. Can two records of one device be
# read in the wrong order? Can two records of two devices?

# %% [markdown]
# ## Send
#
# The producer waits for the broker's word on each record (`acks=all`) and numbers them (idempotence), so that a retry
# neither loses nor doubles one. Each record also carries its true `record_id` as a header: with it we can prove later
# what became of it.

# %%
chunks = list(simulate(Config(minutes=minutes, vehicles=vehicles, seed=seed)))
sent = kafka.produce(chunks, bootstrap)
sent

# %% [markdown]
# **What we see.** A number for each topic: so many records were *acknowledged*, not merely handed over. GPS is the
# loudest stream. The truth about every record goes to the lake, for the check at the end of the course.

# %%
lake.write_truth(pa.concat_tables(chunk.truth for chunk in chunks))
produced = sum(sent.values())
produced

# %% [markdown]
# ## Read some back
#
# A plain consumer, as any program would write it. It starts where this run began.

# %%
from kafka import KafkaConsumer, TopicPartition

consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=10_000, enable_auto_commit=False)
partition = TopicPartition("gps_data", 0)
consumer.assign([partition])
consumer.seek(partition, offsets["gps_data"]["0"])
records = [next(consumer) for _ in range(200)]
consumer.close()
print(records[0].key, records[0].value[:160])

# %%
import pandas as pd

heads = pd.DataFrame(
    {"offset": one.offset, "device": one.key.decode(), "arrived": pd.Timestamp(one.timestamp, unit="ms", tz="UTC")}
    for one in records
)
heads.head(8)

# %% [markdown]
# **What we see.** Offsets rise by one. Arrival times rise within the partition, and one device always stays in one
# partition: its order is kept. Between partitions there is no order at all.
#
# ## Exercise 1
#
# How many different devices are among these 200 records?

# %%
# BEGIN SOLUTION
devices = heads["device"].nunique()
# END SOLUTION
devices

# %% [markdown]
# ## Recap
#
# - A topic is a log in partitions; the key chooses the partition; order holds within one.
# - Acknowledged means stored. An idempotent producer may retry without doubling.
# - On AWS this is Amazon MSK; a broker costs by the hour, whether you use it or not.

# %% tags=["remove-cell"]
from smartcity.results import glue

glue(produced=produced)
