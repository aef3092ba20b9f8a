# %% [markdown]
# # Bring the city to Tableau and Power BI
#
# **Question.** The traffic office works in Tableau, the fire brigade in Power BI. How do both get the city's numbers,
# and how do we know that they see the same ones?
#
# You will fall into the mean-of-means trap, create the files that both tools open, look inside them, and compare every
# figure across three engines. It takes about 2 minutes and 0.4 GB of memory. You need neither tool.
#
# simulate → Kafka → Spark → S3 → Glue → Athena → Redshift → **[ Tableau · Power BI ]**
#
# Terms: [extract](../GLOSSARY.md#extract), [star schema](../GLOSSARY.md#star-schema), [fact](../GLOSSARY.md#fact),
# [dimension](../GLOSSARY.md#dimension), [measure](../GLOSSARY.md#measure).

# %% tags=["parameters"]
run_id: str = "run"  # name of the run, and of its folder in the lake
minutes: int = 60  # minutes of city time, if the run has no records yet
vehicles: int = 200  # vehicles in the city
seed: int = 7  # the same seed gives the same city
target: str = "local"  # "local", or "aws"
role: str = "arn:aws:iam::123456789012:role/LabRole"  # the role that COPY reads the lake with
out: str = "../out/run"  # output folder; the files go to bi/ in it

# %%
from pathlib import Path

import pandas as pd
import plotly.express as px

from course import prepare
from course.checks import lesson_10
from smartcity import figures
from smartcity.bi import MEASURES, RELATIONS, engines, hyper
from smartcity.bi.check import figure_checks, offline_checks
from smartcity.bi.files import Files
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Config

figures.install()  # draw figures in this notebook, and describe them in words

# %% [markdown]
# If you haven't run lessons 02 to 08, this cell creates their results.

# %% tags=["varies"]
run = settings(run_id=run_id, target=target)
prepare.star(run, Config.for_lesson(minutes, vehicles, seed), role)
check = lesson_10.sheet(Lake(run.lake_uri))
files = Files(Path(out) / "bi")

# %% [markdown]
# ## Two tools, two numbers
#
# Both tools make it easy to take a column and average it. Our fact table has one row per vehicle and *minute*, with the
# mean speed and the number of readings in that minute. Some minutes have six readings, others only one.
#
# **Predict.** You drag `mean_speed_kmh` into a chart and choose "average". Is this the mean speed of the readings?

# %%
with engines.warehouse(run) as (connection, address):
    ask = engines.redshift_asker(connection)
    rows = ask(f"""
        SELECT v.vehicle_type, AVG(f.mean_speed_kmh), SUM(f.mean_speed_kmh * f.readings) / SUM(f.readings)
        FROM {run.mart}.fact_trip_minute f JOIN {run.mart}.dim_vehicle v USING (vehicle_id) GROUP BY 1 ORDER BY 1
    """)
means = pd.DataFrame(rows, columns=["vehicle_type", "mean of means", "mean of readings"])
means.assign(difference=means["mean of means"] - means["mean of readings"]).round(3)

# %%
bars = means.melt("vehicle_type", var_name="how", value_name="kmh")
figure = px.bar(bars, x="vehicle_type", y="kmh", color="how", pattern_shape="how", template=figures.template())
worst = (means["mean of means"] - means["mean of readings"]).abs().max()
figure.update_layout(title=f"The mean of means is off by up to {worst:.2f} km/h", barmode="group", legend_title="")
figure.update_layout(xaxis_title="vehicle type", yaxis_title="mean speed (km/h)")

# %% [markdown]
# *Mean speed by vehicle type, averaged over minutes and over readings.*
#
# **What we see.** The two are close, and that is the danger: nobody notices until two dashboards in one meeting differ
# in the second digit. The cure is a **measure**: a formula that is written once and belongs to the model, not to a
# chart.

# %%
pd.DataFrame({"measure": measure.name, "on": measure.fact, "SQL": measure.sql, "DAX": measure.dax} for measure in MEASURES)

# %% [markdown]
# The lab keeps each measure in three languages: SQL for the engines, DAX for Power BI, and Tableau's own formula
# language. All three should give the same number. Below we test what can be tested here.
#
# ## Create the files
#
# `./lab bi` does this from the command line. Tableau gets an **extract** (`.hyper`) and a workbook that uses it. Power
# BI gets a project of plain text files, which you can keep in version control.

# %% tags=["varies"]
with engines.warehouse(run) as (connection, address):
    in_extract = files.make(connection, address)
made = sorted(path for path in files.folder.rglob("*") if path.is_file())
names = [str(path.relative_to(files.folder)) for path in made]
pd.DataFrame({"file": names, "kB": [round(path.stat().st_size / 1e3, 1) for path in made]}).head(16)

# %% [markdown]
# **Predict.** The extract is a database in itself. Will it answer SQL without a server?

# %%
hyper.read(files.extract, "SELECT vehicle_type, COUNT(*) FROM mart.dim_vehicle GROUP BY 1 ORDER BY 2 DESC")

# %% [markdown]
# **What we see.** It does: Tableau's own engine read the file. An extract is fast and works on a train, but it is a
# copy and doesn't know what has happened since. A *live* connection is the opposite.
#
# ## Are the files valid, and do the numbers agree?
#
# First we check that every field on a sheet exists in its model. Then we query every figure of every sheet in Redshift,
# in Athena and in the extract.

# %% tags=["varies"]
with engines.warehouse(run) as (connection, address):
    askers = engines.redshift_asker(connection), engines.athena_asker(run)
    results = [*offline_checks(files), *figure_checks(files, *askers, run.mart)]
pd.DataFrame({"checked": result.name, "seen": result.seen, "wrong": "; ".join(result.wrong)} for result in results)

# %%
assert not [result.name for result in results if result.wrong]

# %% [markdown]
# **What we see.** Nothing is wrong: all three engines give the same numbers. This check has limits. Nobody has opened
# these files in Tableau or Power BI Desktop here, because neither runs on Linux, and no engine here runs DAX.
#
# ## Open them
#
# - **Tableau** (Desktop, or the free Public edition): open `tableau/smartcity.twbx`. It contains its extract, so the
#   lab doesn't have to run. `smartcity.twb` is the same workbook with a live connection to Redshift.
# - **Power BI Desktop**: open `powerbi/smartcity.pbip` and press Refresh. `./lab env` prints the user and password.
# - Any other tool that speaks PostgreSQL or JDBC: see `sql/README.md`.
#
# ## Exercise 1
#
# What is the true mean speed of all GPS readings from taxis, in km/h? Take it from `means`.

# %%
# BEGIN SOLUTION
taxi_kmh = means.set_index("vehicle_type").loc["taxi", "mean of readings"]
# END SOLUTION
check.taxi_kmh(taxi_kmh)

# %% [markdown]
# ## Exercise 2
#
# Charts of trips by minute join the fact table to `dim_time`. On which column? Look it up in `RELATIONS`.

# %%
# BEGIN SOLUTION
joined_by = next(relation.column for relation in RELATIONS if relation.dimension == "dim_time")
# END SOLUTION
check.joined_by(joined_by)

# %%
check

# %% [markdown]
# ## Recap
#
# - A mean of means is not the mean. Write a measure once, in the model.
# - An extract is a copy that works offline and becomes outdated. A live connection queries every time, and costs money
#   every time.
# - A number on a dashboard is only as good as the check behind it.
#
# **On AWS** Redshift Serverless produces these files in a few seconds, for less than a cent. A live dashboard that a
# hundred people keep open keeps it computing all day: 1.50 USD per hour with 4 RPUs.
#
# Next: [move to AWS](11_move_to_aws.ipynb).

# %% tags=["solution"]
check.require_all()
