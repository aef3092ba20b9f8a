"""Wheels, and the stream as files for spark-submit on any cluster: an archive for --py-files, and the main file."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path
from typing import Final

_PACKAGES: Final = (
    "org.apache.spark:spark-sql-kafka-0-10_2.13:4.2.0",
    "org.apache.hadoop:hadoop-aws:3.5.0",
)
_MAIN: Final = '''"""The file that spark-submit runs."""

import sys

from smartcity.stream.main import main

raise SystemExit(main(sys.argv[1:]))
'''
_STREAM: Final = (
    "__init__",
    "avro_records",
    "delivery",
    "errors",
    "events",
    "kafka",
    "kafka_log",
    "kafka_login",
    "lake",
    "schema_registry",
    "schemas",
    "simulate",
    "stream",
    "transforms",
)
"""The parts of the pipeline that the stream imports: all that executors receive."""
_EPOCH: Final = (2020, 1, 1, 0, 0, 0)  # the same sources give the same bytes


def wheel(project: Path, out: Path) -> Path:
    """Build the wheel of the project in a folder, as its pyproject.toml says, and return its path."""
    from hatchling.builders.wheel import WheelBuilder  # noqa: PLC0415  late: it takes 0.1 s

    out.mkdir(parents=True, exist_ok=True)
    return Path(next(WheelBuilder(str(project)).build(directory=str(out.absolute()), versions=["standard"])))


def version(project: Path) -> str:
    """Return the version that a project declares."""
    return str(tomllib.loads((project / "pyproject.toml").read_text())["project"]["version"])


def make(root: Path, out: Path) -> list[Path]:
    """Write the files to `out` and return their paths; SUBMIT.md has the commands for each cluster."""
    made, archive = wheel(root, out), out / "smartcity.zip"
    _archive(made, archive)
    needs = tomllib.loads((root / "pyproject.toml").read_text())["project"]["dependencies"]
    main, submit = out / "stream_main.py", out / "SUBMIT.md"
    main.write_text(_MAIN)
    submit.write_text(_submit(made.name, [re.split(r"[\s<>=!;\[]", need)[0] for need in needs]))
    return [made, archive, main, submit]


def _archive(wheel: Path, path: Path) -> None:
    """Write the modules of the stream in a wheel as an archive that Python can import from."""
    with zipfile.ZipFile(wheel) as made, zipfile.ZipFile(path, "w") as archive:
        for name in sorted(filter(is_of_stream, made.namelist())):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), made.read(name), zipfile.ZIP_DEFLATED)


def is_of_stream(name: str) -> bool:
    """Return whether a file of the wheel goes to executors."""
    top, _, rest = name.partition("/")
    return top == "smartcity" and rest.partition("/")[0].removesuffix(".py") in _STREAM


def _submit(wheel: str, needs: list[str]) -> str:
    jars = ",".join(_PACKAGES)
    job = "--py-files smartcity.zip stream_main.py --lake s3://YOUR-BUCKET/run"
    return f"""# Run the stream on a cluster

The executors need Spark 4.2 and {", ".join(needs)}, which the wheel `{wheel}` lists as dependencies. Set
KAFKA_BOOTSTRAP_SERVERS for the driver.

- The lab's own Master and Worker (`./lab up --cluster`): `./lab stream` as usual.
- Standalone: `spark-submit --master spark://HOST:7077 --packages {jars} {job}`
- YARN: `spark-submit --master yarn --deploy-mode cluster --packages {jars} --archives env.tar.gz#env
  --conf spark.pyspark.python=env/bin/python --conf spark.yarn.appMasterEnv.KAFKA_BOOTSTRAP_SERVERS=HOST:9092 {job}`
  (env.tar.gz: a venv-pack of a Python with the wheel in it)
- Kubernetes: `spark-submit --master k8s://https://HOST:6443 --deploy-mode cluster --conf
  spark.kubernetes.container.image=IMAGE --conf spark.kubernetes.driverEnv.KAFKA_BOOTSTRAP_SERVERS=HOST:9092 --packages
  {jars} local:///opt/stream_main.py --lake s3://YOUR-BUCKET/run` (an image with the wheel and the main file)
- EMR Serverless: `aws emr-serverless start-job-run --application-id ID --execution-role-arn ARN --job-driver
  '{{"sparkSubmit": {{"entryPoint": "s3://YOUR-BUCKET/code/stream_main.py", "entryPointArguments": ["--lake",
  "s3://YOUR-BUCKET/run"], "sparkSubmitParameters": "--py-files s3://YOUR-BUCKET/code/smartcity.zip --packages {jars}
  --archives s3://YOUR-BUCKET/code/env.tar.gz#env --conf spark.pyspark.python=env/bin/python"}}}}'`
"""
