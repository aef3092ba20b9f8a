# %% [markdown]
# # Send an hour of city data through Kafka
#
# **Question.** All the devices of a city send at once. Who keeps their messages until someone reads them, and in which
# order?
#
# You will create five topics on a real broker, send the simulated hour to them, read some of it back, and see what
# happens to the order of records without a key. It takes about 3 minutes and 0.4 GB of memory.
#
# simulate → **[ Kafka ]** → Spark → S3 → Glue → Athena → Redshift → dashboards
#
# Terms: [topic](../GLOSSARY.md#topic), [partition](../GLOSSARY.md#partition), [offset](../GLOSSARY.md#offset),
# [key](../GLOSSARY.md#key), [acknowledged](../GLOSSARY.md#acknowledged), [lag](../GLOSSARY.md#lag).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
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

from course.checks import lesson_02
from smartcity import figures, kafka, kafka_login
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config, simulate

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# ## A clean start
#
# A run starts with an empty folder in the lake. The topics stay: Kafka is a log, and you don't rewrite a log. Instead,
# the run records the **offset** where it starts in each partition. So you can run this lesson as often as you like.
#
# `login` holds what a client needs to reach Kafka: the address, a user and a password. Client and broker prove to each
# other that they know the password (**SCRAM**), so the password itself is never sent. Amazon MSK uses the same settings,
# over TLS (`SASL_SSL`).

# %% tags=["varies"]
lake = Lake(settings(run_id=run_id, target=target).lake_uri)
bootstrap = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
login = kafka_login.kafka_python()
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
# First, the problem. A phone reports its position twelve times in a row. We send these twelve records twice to a small
# topic with four partitions: once with the phone's id as the **key**, and once without a key.
#
# **Predict.** A consumer reads the partitions side by side. In which case is it guaranteed to see position 3 before
# position 4?

# %% tags=["varies"]
kafka.ensure_topics(bootstrap, 4, ["demo_order"])
producer, went_to = KafkaProducer(**login, acks="all"), {}
for name, key in {"with a key": b"veh-000001", "without a key": None}.items():
    sent = [producer.send("demo_order", f"position {n}".encode(), key=key).get(timeout=30) for n in range(12)]
    went_to[name] = [receipt.partition for receipt in sent]
producer.close()
pd.DataFrame(went_to).rename_axis("position").T

# %% [markdown]
# **What we see.** The table shows which partition each position went to. With a key it is always the same one: Kafka
# picks it by hashing the key, and it keeps the order within a partition. Without a key the positions are scattered and
# their order is lost. That is why every record of the city uses its device as the key.
#
# ## Send
#
# The producer waits until the broker confirms each record (`acks=all`). It also numbers them, so that the broker drops
# a repeat when the producer retries (an *idempotent* producer). Each record carries its true `record_id` as a header,
# which later lets us prove what happened to it.

# %%
chunks = list(simulate(Config.for_lesson(minutes, vehicles, seed)))
acknowledged = kafka.produce(chunks, bootstrap)
acknowledged

# %% [markdown]
# For each topic, this is how many records the broker *acknowledged*, not just how many we handed to the producer. Is
# that everything the city sent? The simulator wrote down the truth about each record. That goes to the lake too, for
# use in later lessons.

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
# Four readers can share four partitions, but that helps only if no partition holds nearly everything.

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
# *Records of this run in the four partitions of each topic.*
#
# **What we see.** Many keys spread well: `gps_data` has hundreds of devices. Few keys spread badly: with about twenty
# weather stations, one partition can get twice as much as another.
#
# ## Read some records back
#
# This is a plain consumer, as any program would write it. It starts where this run started.

# %% tags=["varies"]
consumer = KafkaConsumer(**login, consumer_timeout_ms=10_000, enable_auto_commit=False)
partition = TopicPartition("gps_data", 0)
consumer.assign([partition])
consumer.seek(partition, offsets["gps_data"]["0"])
records = [next(consumer) for _ in range(200)]
print(records[0].key, records[0].value[:160])

# %% tags=["varies"]
heads = pd.DataFrame(
    {"offset": record.offset, "device": record.key.decode(), "arrived": pd.Timestamp(record.timestamp, unit="ms", tz="UTC")}
    for record in records
)
heads.head(8)

# %% [markdown]
# **What we see.** Offsets rise by one, and arrival times rise with them within the partition. Reading removed nothing:
# another program can read the same records now, or tomorrow.
#
# ## Exercise 1
#
# How many different devices are in these 200 records?

# %%
# BEGIN SOLUTION
devices = heads["device"].nunique()
# END SOLUTION
check.devices(devices)

# %% [markdown]
# ## Exercise 2
#
# You have read 200 records of partition 0. How many are still waiting? `consumer.end_offsets([partition])` returns the
# offset that the next record will get. `consumer.position(partition)` returns the offset that you would read next.

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
# - A topic is a log split into partitions. The key chooses the partition. Order holds within a partition and nowhere
#   else.
# - Acknowledged means stored. An idempotent producer can retry without creating duplicates.
# - A consumer has a position, not a mailbox. Reading deletes nothing, and lag shows how far behind the consumer is.
#
# **On AWS** this is Amazon MSK. You pay for a broker by the hour, whether you use it or not: about 0.09 USD per hour
# for two `kafka.t3.small`. Storing this lesson's records costs a hundredth of a cent.
#
# Next: [Spark writes them to the lake](03_stream.ipynb).

# %% tags=["solution"]
check.require_all()

# %% tags=["remove-cell"]
from course.results import glue

glue(produced=produced)
