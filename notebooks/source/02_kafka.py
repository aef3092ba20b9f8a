# %% [markdown]
# # Send a city's hour through Kafka
#
# **Question.** The devices of a city talk all at once. Who keeps their words until someone listens, and in which order?
#
# You will create five topics on a real broker, send the simulated hour to them, read some of it back, and see what
# becomes of the order without a key. About 3 minutes; 0.4 GB of memory.
#
# simulate → **[ Kafka ]** → Spark → S3 → Glue → Athena → Redshift → dashboards
#
# Words: [topic](../GLOSSARY.md#topic), [partition](../GLOSSARY.md#partition), [offset](../GLOSSARY.md#offset),
# [key](../GLOSSARY.md#key), [acknowledged](../GLOSSARY.md#acknowledged), [lag](../GLOSSARY.md#lag).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
minutes: int = 60  # minutes of city time
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"

# %%
import os

import pandas as pd
import plotly.express as px
import pyarrow as pa
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from smartcity import figures, kafka
from smartcity.checks import lesson_02
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config, simulate

# %% [markdown]
# ## A clean start
#
# A run begins with an empty folder in the lake. The topics stay: Kafka is a log, and a log is not rewritten. Instead the
# run remembers at which **offset** of each partition it begins. So you may run this lesson as often as you like.

# %% tags=["varies"]
lake = Lake(settings(run_id=run_id, target=target).lake_uri)
bootstrap = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
lake.make_bucket()
lake.purge()
kafka.ensure_topics(bootstrap)
offsets = kafka.end_offsets(bootstrap)
lake.begin_run(offsets, vehicles, seed)
check = lesson_02.sheet(bootstrap, offsets)
offsets["gps_data"]

# %% [markdown]
# ## Why a record has a key
#
# First the trouble. A phone tells its position twelve times, one after another. We send this twice to a small topic of
# four partitions: once with the phone's id as **key**, once without one.
#
# **Predict.** A consumer reads the partitions side by side. In which of the two cases can it be sure to see position 3
# before position 4?

# %% tags=["varies"]
kafka.ensure_topics(bootstrap, 4, ["demo_order"])
producer, went_to = KafkaProducer(bootstrap_servers=bootstrap, acks="all"), {}
for name, key in {"with a key": b"veh-000001", "without a key": None}.items():
    sent = [producer.send("demo_order", f"position {n}".encode(), key=key).get(timeout=30) for n in range(12)]
    went_to[name] = [one.partition for one in sent]
producer.close()
pd.DataFrame(went_to).rename_axis("position").T

# %% [markdown]
# **What we see.** The table holds the partition of each position. With a key it is always the same: the key's hash
# chooses it, and within one partition a log keeps the order. Without a key the positions lie scattered, and their order
# is lost. That is why each record of the city is keyed by its device.
#
# ## Send
#
# The producer waits for the broker's word on each record (`acks=all`) and numbers them (idempotence), so that a retry
# neither loses nor doubles one. Each record also carries its true `record_id` as a header: with it we can prove later
# what became of it.

# %%
chunks = list(simulate(Config.for_lesson(minutes, vehicles, seed)))
acknowledged = kafka.produce(chunks, bootstrap)
acknowledged

# %% [markdown]
# A number for each topic: so many records were *acknowledged*, not merely handed over. Are these all that the city sent?
# The simulator wrote down the truth about each record; it goes to the lake too, for the end of the course.

# %%
truth = pa.concat_tables(chunk.truth for chunk in chunks)
lake.write_truth(truth)
books = truth["topic"].cast(pa.string()).to_pandas().value_counts().rename("in the truth").to_frame()
books["acknowledged"] = pd.Series(acknowledged)
produced = int(books["acknowledged"].sum())
books.assign(missing=books["in the truth"] - books["acknowledged"])

# %% [markdown]
# ## Do keys spread the load?
#
# Four partitions can be read by four readers at once, but only if no partition holds nearly everything.

# %%
now = kafka.end_offsets(bootstrap)
filled = pd.DataFrame(
    {"topic": topic, "partition": number, "records": end - offsets[topic][number]}
    for topic in now
    for number, end in now[topic].items()
)
fullest = filled.groupby("topic")["records"].agg(lambda of: of.max() / of.sum())

# %%
figure = px.bar(filled, x="topic", y="records", color="partition", pattern_shape="partition", template=figures.template())
figure.update_layout(title=f"The fullest partition of gps_data holds {fullest['gps_data']:.0%} of its records")
figure.update_layout(barmode="group", xaxis_title="topic", yaxis_title="records of this run", legend_title="partition")

# %% [markdown]
# *Records of this run in each of the four partitions of each topic.*
#
# **What we see.** Many keys spread well: `gps_data` has hundreds of devices. Few keys spread badly: with some twenty
# weather stations a partition may get twice the share of another.
#
# ## Read some back
#
# A plain consumer, as any program would write it. It starts where this run began.

# %% tags=["varies"]
consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=10_000, enable_auto_commit=False)
partition = TopicPartition("gps_data", 0)
consumer.assign([partition])
consumer.seek(partition, offsets["gps_data"]["0"])
records = [next(consumer) for _ in range(200)]
print(records[0].key, records[0].value[:160])

# %% tags=["varies"]
heads = pd.DataFrame(
    {"offset": one.offset, "device": one.key.decode(), "arrived": pd.Timestamp(one.timestamp, unit="ms", tz="UTC")}
    for one in records
)
heads.head(8)

# %% [markdown]
# **What we see.** Offsets rise by one, and so do arrival times within the partition. Reading took nothing away: another
# program may read the same records now, or tomorrow.
#
# ## Exercise 1
#
# How many different devices are among these 200 records?

# %%
# BEGIN SOLUTION
devices = heads["device"].nunique()
# END SOLUTION
check.devices(devices)

# %% [markdown]
# ## Exercise 2
#
# You have read 200 records of partition 0. How many are still waiting there? `consumer.end_offsets([partition])` tells
# the offset that the next record will get, `consumer.position(partition)` the offset that you would read next.

# %%
# BEGIN SOLUTION
lag = consumer.end_offsets([partition])[partition] - consumer.position(partition)
# END SOLUTION
check.lag(lag)

# %%
consumer.close()
check

# %% [markdown]
# ## Recap
#
# - A topic is a log in partitions; the key chooses the partition; order holds within one, and nowhere else.
# - Acknowledged means stored. An idempotent producer may retry without doubling.
# - A consumer has a position, not a mailbox: reading deletes nothing, and lag says how far behind it is.
#
# **On AWS** this is Amazon MSK. A broker costs by the hour, whether you use it or not: two `kafka.t3.small` about 0.09
# USD an hour, and this lesson's records a hundredth of a cent of storage.
#
# Next: [Spark carries them into the lake](03_stream.ipynb).

# %% tags=["solution"]
check.require_all()

# %% tags=["remove-cell"]
from smartcity.results import glue

glue(produced=produced)
