"""The wheels, installed into an empty environment, do what their pages promise."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bin_folder(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment that holds the two wheels, and finds what they depend on in the lab's."""
    venv = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=60)
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", venv / "bin" / "python"]
    subprocess.run([*command, *wheels.values()], check=True, timeout=60)
    packages = next(venv.glob("lib/python*/site-packages"))
    # The lab's own .pth file, which names lib/, is not followed from here: the packages come from the wheels.
    (packages / "lab.pth").write_text(sysconfig.get_path("purelib"))
    return venv / "bin"


def run(*command: object, cwd: Path) -> str:
    """Return what a command prints; its environment knows nothing of the lab's folders."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(cwd)}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


@pytest.mark.parametrize("package", ["smartcity", "localcloud"])
def test_the_package_comes_from_the_wheel(bin_folder: Path, tmp_path: Path, package: str) -> None:
    """Imported outside of the lab's folder, the package comes from the new environment."""
    found = run(bin_folder / "python", "-c", f"import {package}; print({package}.__file__)", cwd=tmp_path)
    assert Path(found.strip()).is_relative_to(bin_folder.parent)


@pytest.mark.parametrize(
    ("program", "told"), [("localcloud", "{up,down,env,status}"), ("smartcity-simulate", "--seed")]
)
def test_each_program_answers_help(bin_folder: Path, tmp_path: Path, program: str, told: str) -> None:
    """The programs that the wheels bring tell how they are used."""
    assert told in run(bin_folder / program, "--help", cwd=tmp_path)


def test_the_simulator_runs(bin_folder: Path, tmp_path: Path) -> None:
    """A minute of the city is written by the installed program."""
    run(bin_folder / "smartcity-simulate", "made", "--minutes", "1", "--vehicles", "5", cwd=tmp_path)
    assert any((tmp_path / "made").iterdir())


def test_the_example_of_the_page_finds_its_fixture(bin_folder: Path, tmp_path: Path) -> None:
    """pytest knows the fixture that the example in the stand-in's README.md asks for, and plans to set it up."""
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "lib/localcloud/README.md").read_text(), re.DOTALL)
    (tmp_path / "test_example.py").write_text(f"import boto3\n\n{example}")
    options = ("-m", "pytest", "--setup-plan", "-p", "no:cacheprovider", "-p", "no:dash", "test_example.py")
    assert "SETUP    S localcloud" in run(bin_folder / "python", *options, cwd=tmp_path)


def test_spark_submit_gets_the_modules_of_the_wheel(wheels: dict[str, Path], tmp_path: Path) -> None:
    """`./lab package` writes the same wheel, and an archive from which Python imports the stream."""
    from release.package import make

    made, archive, main, submit = make(ROOT, tmp_path)
    assert made.read_bytes() == wheels["smartcity"].read_bytes()
    code = (
        "import sys, smartcity.stream.main, smartcity.stream.daemon; "
        "print(*(module.__file__ for name, module in sys.modules.items() if name.startswith('smartcity')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(archive)}, cwd=tmp_path, capture_output=True, check=True
    )
    assert all(path.startswith(str(archive)) for path in done.stdout.decode().split())
    assert "smartcity.stream.main" in main.read_text()
    assert "need Spark 4.2 and boto3, botocore, confluent-kafka, fastavro, msgspec" in submit.read_text()
