# %% [markdown]
# # Start here: a tour of the lab
#
# **Question.** A city wants to know where its streets are full right now, and why. What does it take to answer that?
#
# You will see which services run on this machine, send one event through them by hand, and learn how the lessons check
# your answers. It takes about 3 minutes, with 0.2 GB of memory for this notebook and 3 GB for all services together.
#
# **[ simulate → Kafka → Spark → S3 → Glue → Athena → Redshift → dashboards ]**
#
# Terms: [event](../GLOSSARY.md#event), [topic](../GLOSSARY.md#topic), [object](../GLOSSARY.md#object),
# [catalog](../GLOSSARY.md#catalog), [card](../GLOSSARY.md#card).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
target: str = "local"  # "local", or "aws"

# %%
import json
import os

import awswrangler as wr
import boto3
import pandas as pd
from kafka import KafkaConsumer, KafkaProducer

from course.checks import lesson_00
from smartcity import kafka, kafka_login
from smartcity.events import TOPICS
from smartcity.lake import Lake
from smartcity.settings import settings

# %% [markdown]
# ## How to work with a lesson
#
# Run the cells from top to bottom with Shift+Enter. When you see **Predict**, stop and guess before you run the next
# cell. A wrong guess teaches you more than no guess. Then read **What we see**. You can start with any lesson: it
# creates whatever it needs from the earlier ones. Nothing here costs money, and nothing leaves this machine.
#
# If a cell can't reach a service, open a terminal in the lab's folder. `./lab status` shows what is running, `./lab up`
# starts what isn't, and `./lab logs NAME` shows why a service fails to start.
#
# ## Where the services are
#
# `settings` reads the lab's **card** and sets the environment variables that tell the AWS libraries where to connect.
#
# **Predict.** The lessons call plain `boto3.client("s3")`, just as on AWS. How does it find this machine?

# %% tags=["varies"]
run = settings(run_id=run_id, target=target)
check = lesson_00.sheet()
addresses = {name: value for name, value in os.environ.items() if name.startswith(("AWS_ENDPOINT", "KAFKA_BOOTSTRAP", "REDSHIFT_HOST"))}
pd.Series(addresses, name="address").sort_index().to_frame()

# %% [markdown]
# **What we see.** These variables belong to the AWS SDK itself. `AWS_ENDPOINT_URL` applies to all services, and a
# service at another address has its own variable. AWS SDKs in every language read them. On AWS they are not set, so the
# same cells reach your account.
#
# ## The contract
#
# There are five topics, and each event has a fixed set of fields. A field's name includes its unit.

# %%
pd.DataFrame(
    {"topic": name, "fields": len(topic.fields), "the last five": ", ".join(field.name for field in topic.fields[-5:])}
    for name, topic in TOPICS.items()
)

# %% [markdown]
# ## One event, by hand
#
# The other lessons send a hundred thousand events. Here we follow just one. It starts in **Kafka**, on a demo topic:

# %% tags=["varies"]
event = {"device_id": "me", "event_time": "2026-03-02T07:00:00.000Z", "speed_kmh": 12.5}
kafka.ensure_topics(os.environ["KAFKA_BOOTSTRAP_SERVERS"], 1, ["demo_hello"])
producer = KafkaProducer(**kafka_login.kafka_python(), acks="all")
stored = producer.send("demo_hello", json.dumps(event).encode(), key=b"me").get(timeout=30)
producer.close()
stored.topic, stored.partition, stored.offset

# %% [markdown]
# **What we see.** This is the broker's receipt: topic, partition, offset. Run the cell again and the offset grows by
# one, because a log only ever grows. Now read the event back, starting from the offset in the receipt.

# %%
from kafka import TopicPartition

consumer = KafkaConsumer(**kafka_login.kafka_python(), consumer_timeout_ms=10_000)
consumer.assign([TopicPartition("demo_hello", stored.partition)])
consumer.seek(TopicPartition("demo_hello", stored.partition), stored.offset)
read = json.loads(next(consumer).value)
consumer.close()
read

# %% [markdown]
# ## Into the lake
#
# One call writes a one-row table to **S3** as Parquet and registers it in the **Glue** catalog.

# %% tags=["varies"]
Lake(run.lake_uri).make_bucket()
database = f"{run.database}_hello"
wr.catalog.create_database(database, exist_ok=True)
written = wr.s3.to_parquet(
    pd.DataFrame([read]), f"{run.lake_uri}/demo/hello/", dataset=True, database=database, table="hello", mode="overwrite"
)
written["paths"]

# %% [markdown]
# **Predict.** Which services does the next cell need: Kafka, S3, the catalog, or all three?

# %%
answer = wr.athena.read_sql_query(
    "SELECT device_id, speed_kmh, speed_kmh / 3.6 AS speed_ms FROM hello",
    database=database,
    ctas_approach=False,
    s3_output=run.athena_output,
)
answer

# %% [markdown]
# **What we see.** Athena asked the catalog where the table is stored, then read the file from S3. It didn't need Kafka:
# you can read a lake while the stream is stopped. The next cell checks that the speed is still the 12.5 km/h we sent.

# %%
boto3.client("s3").list_objects_v2(Bucket=run.bucket, Prefix=f"{run.lake_prefix}/demo/hello/")["KeyCount"], float(answer["speed_kmh"][0]) == event["speed_kmh"]

# %% [markdown]
# ## Exercises
#
# Every lesson has cells with `...` in them. Put your answer there and run the cell. The check says **not yet** until
# you replace the dots, **not quite** with a hint, or **right** with an explanation. Try as often as you like.
#
# ## Exercise 1
#
# How many topics does this city's contract have? Count them in the table above, or let Python count `TOPICS`.

# %%
# BEGIN SOLUTION
topics = len(TOPICS)
# END SOLUTION
check.topics(topics)

# %% [markdown]
# ## Exercise 2
#
# Which environment variable tells `boto3.client("glue")` where this lab is? Give its name as a string.

# %%
# BEGIN SOLUTION
variable = "AWS_ENDPOINT_URL"
# END SOLUTION
check.variable(variable)

# %% [markdown]
# Evaluate `check` to see your progress.

# %%
check

# %% [markdown]
# ## Recap
#
# - Devices report events. Kafka keeps them in order, Spark writes them to S3, the catalog records where they are,
#   Athena and Redshift query them, and a dashboard shows the answers.
# - The libraries and the calls are the ones you use on AWS. Only the addresses differ.
# - Predict, run, look, and check against the truth.
#
# | lesson | question |
# |---|---|
# | [01 simulate](01_simulate.ipynb) | Is it rush hour, rain, or an accident? |
# | [02 Kafka](02_kafka.ipynb) | Who keeps the devices' messages, and in which order? |
# | [03 stream](03_stream.ipynb) | How do you write each record exactly once? |
# | [04 late and broken](04_late_and_broken.ipynb) | What happens to the rest? |
# | [05 lake](05_lake.ipynb) | What is stored on S3, and why are small files bad? |
# | [06 Glue](06_glue.ipynb) | What turns files into tables? |
# | [07 Athena](07_athena.ipynb) | Where is traffic slow, and what does the answer cost? |
# | [08 Redshift](08_redshift.ipynb) | How do you design tables that answer quickly? |
# | [09 dashboards](09_dashboards.ipynb) | What does the city look at? |
# | [10 Tableau and Power BI](10_tableau_and_power_bi.ipynb) | What if people use another tool? |
# | [11 move to AWS](11_move_to_aws.ipynb) | What would it cost, and how do you delete all of it? |
#
# **On AWS** the query in this lesson costs 0.00005 USD. A broker also costs money for every hour it runs.

# %% tags=["solution"]
check.require_all()
