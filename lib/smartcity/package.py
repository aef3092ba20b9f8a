"""The stream as files for spark-submit on any cluster: a wheel, an archive for --py-files, and the main file."""

from __future__ import annotations

import hashlib
import tomllib
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Final

_PACKAGES: Final = (
    "org.apache.spark:spark-sql-kafka-0-10_2.13:4.2.0",
    "org.apache.hadoop:hadoop-aws:3.5.0",
)
_NEEDS: Final = ("pyarrow", "msgspec", "boto3", "confluent-kafka", "numpy", "scipy", "pydantic-settings")
_MAIN: Final = '''"""The file that spark-submit runs."""

import sys

from smartcity.stream.main import main

raise SystemExit(main(sys.argv[1:]))
'''
_EPOCH: Final = (2020, 1, 1, 0, 0, 0)  # the same sources give the same bytes


def make(root: Path, out: Path) -> list[Path]:
    """Write the files to `out` and return their paths; SUBMIT.md has the commands for each cluster."""
    out.mkdir(parents=True, exist_ok=True)
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    version = project["version"]
    sources = {str(path.relative_to(root / "lib")): path.read_bytes() for path in _sources(root)}
    archive, wheel = out / "smartcity.zip", out / f"smartcity_lab-{version}-py3-none-any.whl"
    _zip(archive, sources)
    _zip(wheel, {**sources, **_metadata(sources, version, project["requires-python"])})
    main, submit = out / "stream_main.py", out / "SUBMIT.md"
    main.write_text(_MAIN)
    submit.write_text(_submit(wheel.name))
    return [wheel, archive, main, submit]


def _sources(root: Path) -> list[Path]:
    return sorted(path for path in (root / "lib" / "smartcity").rglob("*") if path.suffix in (".py", ".sql", ".typed"))


def _zip(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)


def _metadata(sources: dict[str, bytes], version: str, python: str) -> dict[str, bytes]:
    """Return the dist-info of a wheel (https://packaging.python.org/specifications/binary-distribution-format/)."""
    folder = f"smartcity_lab-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {name}\n" for name in _NEEDS)
    head = f"Metadata-Version: 2.1\nName: smartcity-lab\nVersion: {version}\nRequires-Python: {python}\n{needs}"
    found = {
        f"{folder}/METADATA": head.encode(),
        f"{folder}/WHEEL": b"Wheel-Version: 1.0\nGenerator: smartcity\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in {**sources, **found}.items()]
    return {**found, f"{folder}/RECORD": "\n".join([*lines, f"{folder}/RECORD,,", ""]).encode()}


def _digest(content: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _submit(wheel: str) -> str:
    jars = ",".join(_PACKAGES)
    job = "--py-files smartcity.zip stream_main.py --lake s3://YOUR-BUCKET/run"
    return f"""# Run the stream on a cluster

The executors need {", ".join(_NEEDS)} beside Spark 4.2: the wheel `{wheel}` names them. Set
KAFKA_BOOTSTRAP_SERVERS for the driver.

- The lab's own Master and Worker (`./lab up --cluster`): `./lab stream` as always.
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
