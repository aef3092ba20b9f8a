# %% [markdown]
# # Move to AWS, and leave nothing behind
#
# **Question.** It works on the laptop. What changes on AWS, what will it cost, and how can we be sure that nothing goes on
# costing when the workshop is over?
#
# You will see what differs between here and there, reckon what an idle hour costs, make the whole stack from one
# template, and remove it, with proof. About 3 minutes; 0.2 GB of memory.
#
# **[ simulate → Kafka → Spark → S3 → Glue → Athena → Redshift → dashboards ]** on AWS
#
# Words: [stack](../GLOSSARY.md#stack), [IAM role](../GLOSSARY.md#iam-role), [tag](../GLOSSARY.md#tag),
# [card](../GLOSSARY.md#card).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run: its folder in the lake
target: str = "local"  # "local": the stack is made in the lab; "aws": in your account, and it costs
email: str = "you@example.com"  # gets a mail when half of the budget is spent

# %%
import contextlib
import os

import boto3
import pandas as pd
import plotly.express as px
from smartcity import figures
from smartcity.aws import estimate, proof, stack
from smartcity.aws.estimate import Stack
from smartcity.checks import lesson_11
from smartcity.settings import settings

# %% [markdown]
# This lesson needs no data of the others. With `target="local"` all its calls go to the lab, where they are free.

# %%
city = settings(run_id=run_id, target=target)
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
# | | here | on AWS |
# |---|---|---|
# | your code | boto3, awswrangler, pyspark, SQL | the same |
# | addresses | `AWS_ENDPOINT_URL`, from the card | none: the SDK knows AWS |
# | keys | made by the lab, good for the lab only | yours, by a login that expires |
# | roles | accepted by name | must exist, and allow just enough |
# | Kafka and Spark | on this machine | here too, or MSK and EMR Serverless |
# | a mistake | costs a minute | may cost money until someone notices |
#
# The last row is why this lesson ends with removal.
#
# ## What an idle hour costs
#
# **Predict.** Nobody works, nothing runs. Which of these still cost: the files, the tables of the warehouse, a Kafka
# cluster, three public addresses?

# %%
idle = estimate.idle_hour(Stack(warehouse=True, kafka=True))
hours = pd.DataFrame({"what": one.what, "USD an hour": one.usd, "USD a month": 730 * one.usd} for one in idle)
hours.round(5)

# %%
figure = px.bar(hours, x="USD a month", y="what", text_auto=".2f", template=figures.template())
most = hours.loc[hours["USD a month"].idxmax()]
figure.update_layout(title=f"Forgotten for a month: {most['what']} costs {most['USD a month']:.0f} USD, unused")
figure.update_layout(xaxis_title="USD a month", yaxis_title="").update_yaxes(autorange="reversed")

# %% [markdown]
# *What each part of the stack costs in a month in which nobody uses it.*
#
# **What we see.** What is stored costs next to nothing; what *waits* costs. A cluster that is up and idle is dearer than
# all the queries of a course. That is why the lab's stack has no Kafka unless you ask for it: the broker on your laptop
# can send to a lake on AWS.
#
# ## Exercise 1
#
# Reckon it for the stack as the lab makes it: with the warehouse, without Kafka. How many USD does it cost when it is
# forgotten for a month of 730 hours? `estimate.idle_hour` takes a `Stack`, `estimate.total` adds up its lines.

# %%
print("prices of", estimate.prices()["as_of"], "in", estimate.prices()["region"])
# BEGIN SOLUTION
month_usd = 730 * estimate.total(estimate.idle_hour(Stack(warehouse=True, kafka=False)))
# END SOLUTION
check.month_usd(month_usd)

# %% [markdown]
# ## What a lesson costs
#
# The lab has counted what its lessons call. Requests to S3 and queries cost by the piece; a crawl is billed for ten minutes
# at least, and the warehouse for the minutes in which it works.
#
# **Predict.** Which lesson is the dearest: 03 with its thousand requests to S3, 06 with its crawls, or 08 with the warehouse?

# %%
costs = {number: estimate.total(estimate.lesson(number, Stack())) for number in sorted(estimate.usage())}
pd.Series(costs, name="USD a run").rename_axis("lesson").round(5).to_frame()

# %% [markdown]
# **What we see.** Three crawls of a few seconds cost more than all other lessons together, because each is billed for ten
# minutes. A thousand requests cost less than a cent. Look for what has a least amount; that is where small work is dear.
#
# ## The stack
#
# One CloudFormation template describes everything: bucket, catalog, crawler, roles, workgroup, warehouse, network, and a
# budget that warns. `./lab aws plan` shows it, `./lab aws deploy` makes it after one plain yes. Here we make it ourselves.

# %%
print(stack.template().partition("  # The lake\n")[2][:900])

# %%
with contextlib.suppress(stack.StackFailed):
    proof.destroy(session, options.name)  # what an earlier try of this lesson has left
outputs = stack.deploy(session, options)
held = pd.DataFrame(stack.held(session, options.name))
held["type"].value_counts().rename("resources").to_frame()

# %% [markdown]
# **What we see.** Some thirty resources from one document. Made by hand in a console, they would have to be removed by
# hand, from memory. Each of them that can carry one has the **tag** `smartcity-lab`.
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
# ## Remove it
#
# First the way that fails. The lake is in use: it holds an object.
#
# **Predict.** We ask S3 to delete the bucket, with that object in it. What will it say?

# %%
s3 = boto3.client("s3")
put = s3.put_object(Bucket=outputs["Bucket"], Key="precious.txt", Body=b"do not lose me")
try:
    s3.delete_bucket(Bucket=outputs["Bucket"])
except s3.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])

# %% [markdown]
# **What we see.** A bucket that is not empty can't be deleted, and so a stack that holds it can't either: it would end in
# `DELETE_FAILED`, half removed, and go on costing. `destroy` therefore empties the bucket first, removes the stack, and
# then *looks for each thing that it held*, by its name and by the tag.

# %%
gone = proof.destroy(session, options.name)
left = [thing["id"] for thing in gone if proof.exists(session, thing["type"], thing["id"])]
{"removed": len(gone), "still there": len(left), "still tagged": len(proof.tagged(session, options.name))}

# %% [markdown]
# **What we see.** Nothing is left. Had something been, `destroy` would have failed and named it. Believe the proof, not the
# request: "delete" only means that AWS has heard you.
#
# ## Recap
#
# - The code stays; addresses, keys and roles change.
# - What waits costs more than what is stored or asked.
# - One template makes everything, so that one call can remove everything; then look whether it is gone.
#
# **On AWS** making and removing this stack costs about a cent: a few minutes of three public addresses. `./lab aws cost`
# says what yours has cost, `./lab aws destroy` ends it.

# %%
check

# %% tags=["solution"]
check.require_all()
