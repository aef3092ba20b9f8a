# %% [markdown]
# # Start here: look around the lab
#
# **Question.** A city wants to know, now, where its streets are full and why. What does it take to answer?
#
# You will see which services run on this machine, send one event all the way by hand, and learn how the lessons check
# your answers. About 3 minutes; 0.2 GB of memory for this notebook, 3 GB for the services together.
#
# **[ simulate → Kafka → Spark → S3 → Glue → Athena → Redshift → dashboards ]**
#
# Words: [event](../GLOSSARY.md#event), [topic](../GLOSSARY.md#topic), [object](../GLOSSARY.md#object),
# [catalog](../GLOSSARY.md#catalog), [card](../GLOSSARY.md#card).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
target: str = "local"  # "local", or "aws"

# %%
import json
import os

import awswrangler as wr
import boto3
import pandas as pd
from kafka import KafkaConsumer, KafkaProducer

from smartcity import kafka
from smartcity.checks import lesson_00
from smartcity.events import TOPICS
from smartcity.lake import Lake
from smartcity.settings import settings

# %% [markdown]
# ## How to work with a lesson
#
# Run the cells from top to bottom with Shift+Enter. Where it says **Predict**, stop and guess before you run the next
# cell: a wrong guess teaches more than none. Then read **What we see**. Each lesson can be the first: what it needs from
# the others is made when it is missing. Nothing here costs money, and nothing leaves this machine.
#
# If a cell can't reach a service, open a terminal in the lab's folder: `./lab status` shows what runs, `./lab up` starts
# it, `./lab logs NAME` tells why it doesn't.
#
# ## Where the services are
#
# `settings` reads the lab's **card** and sets the variables by which the AWS libraries find their services.
#
# **Predict.** The lessons write plain `boto3.client("s3")`, as on AWS. How does it find this machine?

# %% tags=["varies"]
city = settings(run_id=run_id, target=target)
check = lesson_00.sheet()
addresses = {name: value for name, value in os.environ.items() if name.startswith(("AWS_ENDPOINT", "KAFKA_", "REDSHIFT_HOST"))}
pd.Series(addresses, name="address").sort_index().to_frame()

# %% [markdown]
# **What we see.** Variables of AWS's own SDK: `AWS_ENDPOINT_URL` for all services, and one each where a service lives
# elsewhere. Every client in every language knows them. On AWS they are not set, and the same cells reach your account.
#
# ## The contract
#
# Five topics, and for each the fields of its events. The unit stands in the name.

# %%
pd.DataFrame(
    {"topic": name, "fields": len(topic.fields), "the last five": ", ".join(field.name for field in topic.fields[-5:])}
    for name, topic in TOPICS.items()
)

# %% [markdown]
# ## One event, by hand
#
# The other lessons send a hundred thousand. Here we follow one. First onto **Kafka**, to a topic for trying out:

# %% tags=["varies"]
event = {"device_id": "me", "event_time": "2026-03-02T07:00:00.000Z", "speed_kmh": 12.5}
kafka.ensure_topics(os.environ["KAFKA_BOOTSTRAP_SERVERS"], 1, ["demo_hello"])
producer = KafkaProducer(bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"], acks="all")
stored = producer.send("demo_hello", json.dumps(event).encode(), key=b"me").get(timeout=30)
producer.close()
stored.topic, stored.partition, stored.offset

# %% [markdown]
# **What we see.** The broker's receipt: topic, partition, offset. Run the cell again, and the offset grows by one: a log
# is only ever appended to. Now read it back, from the offset that we were told.

# %%
from kafka import TopicPartition

consumer = KafkaConsumer(bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"], consumer_timeout_ms=10_000)
consumer.assign([TopicPartition("demo_hello", stored.partition)])
consumer.seek(TopicPartition("demo_hello", stored.partition), stored.offset)
read = json.loads(next(consumer).value)
consumer.close()
read

# %% [markdown]
# ## Into the lake
#
# A table of one row, written to **S3** as Parquet and named in the **Glue** catalog in one call.

# %% tags=["varies"]
Lake(city.lake_uri).make_bucket()
database = f"{city.database}_hello"
wr.catalog.create_database(database, exist_ok=True)
written = wr.s3.to_parquet(
    pd.DataFrame([read]), f"{city.lake_uri}/demo/hello/", dataset=True, database=database, table="hello", mode="overwrite"
)
written["paths"]

# %% [markdown]
# **Predict.** Which of the services that we have met does the next cell need: Kafka, S3, the catalog, or all three?

# %%
answer = wr.athena.read_sql_query(
    "SELECT device_id, speed_kmh, speed_kmh / 3.6 AS speed_ms FROM hello",
    database=database,
    ctas_approach=False,
    s3_output=city.athena_output,
)
answer

# %% [markdown]
# **What we see.** Athena asked the catalog where the table lies and read the file from S3. Kafka was not asked: a lake
# can be read when the stream sleeps. And the speed is the one that we sent: 12.5 km/h, checked against what we know.

# %%
boto3.client("s3").list_objects_v2(Bucket=city.bucket, Prefix=f"{city.lake_prefix}/demo/hello/")["KeyCount"], float(answer["speed_kmh"][0]) == event["speed_kmh"]

# %% [markdown]
# ## Exercises
#
# In each lesson you find places with `...`. Put your answer there and run the cell. The check says **not yet** while the
# dots stand, **not quite** with a hint, or **right** with the reason. It never minds how often you try.
#
# ## Exercise 1
#
# How many topics has the contract of this city? Count them in the table above, or let Python count `TOPICS`.

# %%
# BEGIN SOLUTION
topics = len(TOPICS)
# END SOLUTION
check.topics(topics)

# %% [markdown]
# ## Exercise 2
#
# By which environment variable does `boto3.client("glue")` find this lab? Give its name as a text.

# %%
# BEGIN SOLUTION
variable = "AWS_ENDPOINT_URL"
# END SOLUTION
check.variable(variable)

# %% [markdown]
# `check` alone shows how far you are.

# %%
check

# %% [markdown]
# ## Recap
#
# - Devices tell of events; Kafka keeps them in order; Spark writes them to S3; the catalog says what lies there; Athena
#   and Redshift answer; a dashboard shows it.
# - The libraries are AWS's own, and so are the calls; only the addresses differ.
# - Predict, run, look, and check against the truth.
#
# | lesson | question |
# |---|---|
# | [01 simulate](01_simulate.ipynb) | Is it the hour, the rain, or something that happened? |
# | [02 Kafka](02_kafka.ipynb) | Who keeps the devices' words, and in which order? |
# | [03 stream](03_stream.ipynb) | How is each record written exactly once? |
# | [04 late and broken](04_late_and_broken.ipynb) | What becomes of the rest? |
# | [05 lake](05_lake.ipynb) | What lies on S3, and why are small files bad? |
# | [06 Glue](06_glue.ipynb) | Who tells what is a table? |
# | [07 Athena](07_athena.ipynb) | Where is it slow, and what does the answer cost? |
# | [08 Redshift](08_redshift.ipynb) | Which tables answer at once? |
# | [09 dashboards](09_dashboards.ipynb) | What does the city look at? |
# | [10 Tableau and Power BI](10_tableau_and_power_bi.ipynb) | And who lives in another tool? |
# | [11 move to AWS](11_move_to_aws.ipynb) | What would it cost, and how is it all deleted? |
#
# **On AWS** this lesson costs 0.00005 USD for the query, and a broker by the hour.

# %% tags=["solution"]
check.require_all()
