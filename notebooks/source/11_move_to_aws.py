# %% [markdown]
# # Move to AWS, and leave nothing behind
#
# **Question.** It works on the laptop. What changes on AWS, what will it cost, and how can we be sure that nothing
# keeps costing money after the workshop?
#
# You will see what differs between the lab and AWS, calculate what an idle hour costs, create the whole stack from one
# template, and delete it, with proof. It takes about 3 minutes and 0.2 GB of memory.
#
# **[ simulate → Kafka → Spark → S3 → Glue → Athena → Redshift → dashboards ]** on AWS
#
# Terms: [stack](../GLOSSARY.md#stack), [IAM role](../GLOSSARY.md#iam-role), [tag](../GLOSSARY.md#tag),
# [card](../GLOSSARY.md#card).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
target: str = "local"  # "local" creates the stack in the lab; "aws" in your account, for money
email: str = "you@example.com"  # gets an email when half of the budget is spent

# %%
import contextlib
import os

import boto3
import pandas as pd
import plotly.express as px

from course.checks import lesson_11
from smartcity import figures
from smartcity.aws import estimate, proof, stack
from smartcity.aws.estimate import Stack
from smartcity.settings import settings

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# This lesson needs no data from the others. With `target="local"`, all its calls go to the lab, where they are free.

# %%
run = settings(run_id=run_id, target=target)
check = lesson_11.sheet()
session = boto3.Session()
options = stack.Options(
    name=f"smartcity-lesson-{run_id.replace('_', '-')}",
    email=email,
    database=f"smartcity_eleven_{run_id}",
    port=int(os.environ.get("REDSHIFT_PORT", 5439)),
)
options

# %% [markdown]
# ## What changes, and what doesn't
#
# | | in the lab | on AWS |
# |---|---|---|
# | your code | boto3, awswrangler, pyspark, SQL | the same |
# | addresses | `AWS_ENDPOINT_URL`, from the card | none: the SDK knows AWS |
# | keys | created by the lab, valid only in the lab | yours, from a login that expires |
# | roles | accepted by name | must exist, and grant just enough |
# | Kafka and Spark | on this machine | also on this machine, or MSK and EMR Serverless |
# | a mistake | costs a minute | may cost money until someone notices |
#
# The last row is why this lesson ends with cleaning up.
#
# ## What an idle hour costs
#
# **Predict.** Nobody works, and nothing runs. Which of these still cost money: the files, the tables in the warehouse,
# a Kafka cluster, three public addresses?

# %%
idle = estimate.idle_hour(Stack(warehouse=True, kafka=True))
hours = pd.DataFrame({"what": item.what, "USD an hour": item.usd, "USD a month": 730 * item.usd} for item in idle)
hours.round(5)

# %%
figure = px.bar(hours, x="USD a month", y="what", text_auto=".2f", template=figures.template())
most = hours.loc[hours["USD a month"].idxmax()]
figure.update_layout(title=f"Forgotten for a month: {most['what']} costs {most['USD a month']:.0f} USD, unused")
figure.update_layout(xaxis_title="USD a month", yaxis_title="").update_yaxes(autorange="reversed")

# %% [markdown]
# *What each part of the stack costs in a month when nobody uses it.*
#
# **What we see.** Storing costs next to nothing; *waiting* costs money. An idle cluster costs more than all the queries
# of a course. That is why the lab's stack has no Kafka unless you ask for it. The broker on your laptop can feed a lake
# on AWS.
#
# ## Exercise 1
#
# Calculate the cost of the stack as the lab creates it: with the warehouse, without Kafka. How many USD does it cost if
# someone forgets it for a month of 730 hours? `estimate.idle_hour` takes a `Stack`, and `estimate.total` adds up its
# lines.

# %%
print("prices of", estimate.prices()["as_of"], "in", estimate.prices()["region"])
# BEGIN SOLUTION
month_usd = 730 * estimate.total(estimate.idle_hour(Stack(warehouse=True, kafka=False)))
# END SOLUTION
check.month_usd(month_usd)

# %% [markdown]
# ## What a lesson costs
#
# The lab has counted the calls of its lessons. Each S3 request and each query has a price. A crawl is billed for at
# least ten minutes, and the warehouse for the minutes in which it works.
#
# **Predict.** Which lesson costs the most: 03 with its thousand S3 requests, 06 with its crawls, or 08 with the
# warehouse?

# %%
costs = {number: estimate.total(estimate.lesson(number, Stack())) for number in sorted(estimate.usage())}
pd.Series(costs, name="USD a run").rename_axis("lesson").round(5).to_frame()

# %% [markdown]
# **What we see.** Three crawls of a few seconds cost more than all other lessons together, because each is billed for
# ten minutes. A thousand requests cost less than a cent. Look for minimum charges: they are what makes small jobs
# expensive.
#
# ## The stack
#
# One CloudFormation template describes everything: bucket, catalog, crawler, roles, workgroup, warehouse, network, and
# a budget that sends a warning. `./lab aws plan` shows it, and `./lab aws deploy` creates it after you answer yes. Here
# we create it ourselves.

# %%
print(stack.template().partition("  # The lake\n")[2][:900])

# %%
with contextlib.suppress(stack.StackFailed):
    proof.destroy(session, options.name)  # left over from an earlier run of this lesson
outputs = stack.deploy(session, options)
held = pd.DataFrame(stack.held(session, options.name))
held["type"].value_counts().rename("resources").to_frame()

# %% [markdown]
# **What we see.** About thirty resources from one document. If you create them by hand in the console, you have to
# delete them by hand, from memory. Every resource that supports tags has the **tag** `smartcity-lab`.
#
# ## Exercise 2
#
# How many resources does the stack hold?

# %%
# BEGIN SOLUTION
resources = len(held)
# END SOLUTION
check.resources(resources)

# %% [markdown]
# ## Delete it
#
# First the way that fails. The lake is in use: it holds an object.
#
# **Predict.** We ask S3 to delete the bucket while that object is in it. What will S3 say?

# %%
s3 = boto3.client("s3")
put = s3.put_object(Bucket=outputs["Bucket"], Key="precious.txt", Body=b"do not lose me")
try:
    s3.delete_bucket(Bucket=outputs["Bucket"])
except s3.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])

# %% [markdown]
# **What we see.** You can't delete a bucket that isn't empty, so you can't delete a stack that contains one either. The
# stack would end in `DELETE_FAILED`, half deleted, and keep costing money. That is why `destroy` empties the bucket
# first and then deletes the stack. Finally it *looks for every resource the stack held*, by name and by tag.

# %%
gone = proof.destroy(session, options.name)
left = [thing["id"] for thing in gone if proof.exists(session, thing["type"], thing["id"])]
{"removed": len(gone), "still there": len(left), "still tagged": len(proof.tagged(session, options.name))}

# %% [markdown]
# **What we see.** Nothing is left. If something were, `destroy` would have failed and named it. Trust the proof, not
# the request: "delete" only means that AWS has received it.
#
# ## Recap
#
# - The code stays the same; addresses, keys and roles change.
# - Waiting costs more than storing or querying.
# - One template creates everything, so one call can delete everything. Then check that it is gone.
#
# **On AWS** creating and deleting this stack costs about a cent, for a few minutes of three public addresses.
# `./lab aws cost` estimates what yours costs, and `./lab aws destroy` deletes it.

# %%
check

# %% tags=["solution"]
check.require_all()
