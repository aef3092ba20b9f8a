"""Jobs, their runs and their bookmarks."""

from __future__ import annotations

from typing import Final

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.glue.exceptions import JobNotFoundException

from localcloud.aws.errors import ApiError
from localcloud.glue import job_runs
from localcloud.glue.api_base import GlueBase
from localcloud.glue.jobs.definition import check_arguments, check_run, checked, merged, run_settings
from localcloud.glue.jobs.model import Job, JobRun, now
from localcloud.glue.names import InvalidInput
from localcloud.glue.tables import Json

PAGE: Final = 100
RUNS_PAGE: Final = 200


class JobCalls(GlueBase):
    """https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs.html"""

    def create_job(self) -> ActionResult:
        name = self.parameters["Name"]
        definition = checked({key: value for key, value in self.parameters.items() if key not in ("Name", "Tags")})
        known = self.glue_backend.jobs.get(name)
        if known is None:
            self.glue_backend.jobs[name] = Job(name, definition)
            self.glue_backend.tag_resource(self._job_arn(name), self.parameters.get("Tags") or {})
        elif known.definition != definition:
            text = f"Job with name {name} already submitted with different configuration"
            raise ApiError("IdempotentParameterMismatchException", text)
        return self.answer({"Name": name})

    def update_job(self) -> ActionResult:
        """Replace the whole definition: what the update does not say falls back to its default."""
        job = self._job()
        job.definition, job.updated = checked(self.parameters["JobUpdate"]), now()
        return self.answer({"JobName": job.name})

    def delete_job(self) -> ActionResult:
        """Delete a job, if there is one, and end its runs."""
        name = self.parameters["JobName"]
        job = self.glue_backend.jobs.pop(name, None)
        if job is not None:
            for run in job.active():
                job_runs.stop(run)
            self.glue_backend.tagger.delete_all_tags_for_resource(self._job_arn(name))
        return self.answer({"JobName": name})

    def get_job(self) -> ActionResult:
        return self.answer({"Job": self._job().as_dict()})

    def get_jobs(self) -> ActionResult:
        return self.paged("Jobs", [job.as_dict() for job in self.glue_backend.jobs.values()], PAGE)

    def batch_get_jobs(self) -> ActionResult:
        known, names = self.glue_backend.jobs, self.parameters["JobNames"]
        jobs = [known[name].as_dict() for name in names if name in known]
        return self.answer({"Jobs": jobs, "JobsNotFound": [name for name in names if name not in known]})

    def list_jobs(self) -> ActionResult:
        wanted = self.parameters.get("Tags") or {}
        tags = self.glue_backend.get_tags
        names = [name for name in self.glue_backend.jobs if wanted.items() <= tags(self._job_arn(name)).items()]
        return self.paged("JobNames", names, PAGE)

    def start_job_run(self) -> ActionResult:
        job, given = self._job(), self.parameters
        check_run(given)
        arguments = merged(job.definition, given.get("Arguments", {}))
        check_arguments(arguments)
        run = JobRun(job.name, arguments, run_settings(job.definition, given), job.definition["Command"])
        run.previous = given.get("JobRunId")
        job_runs.start(self.glue_backend, job, run)
        return self.answer({"JobRunId": run.id})

    def get_job_run(self) -> ActionResult:
        return self.answer({"JobRun": self._job().run(self.parameters["RunId"]).as_dict()})

    def get_job_runs(self) -> ActionResult:
        """Return the runs, the last first."""
        return self.paged("JobRuns", [run.as_dict() for run in reversed(self._job().runs)], RUNS_PAGE)

    def batch_stop_job_run(self) -> ActionResult:
        job, stopped, errors = self._job(), [], []
        for run_id in self.parameters["JobRunIds"]:
            names = {"JobName": job.name, "JobRunId": run_id}
            try:
                job_runs.stop(job.run(run_id))
                stopped.append(names)
            except (ApiError, JsonRESTError) as error:
                errors.append({**names, "ErrorDetail": _detail(error)})
        return self.answer({"SuccessfulSubmissions": stopped, "Errors": errors})

    def get_job_bookmark(self) -> ActionResult:
        return self.answer({"JobBookmarkEntry": _present(self._job().bookmark(self.parameters.get("RunId")))})

    def reset_job_bookmark(self) -> ActionResult:
        job = self._job()
        if job.active():
            raise InvalidInput(f"Job {job.name} is running: its bookmark cannot be reset.")
        return self.answer({"JobBookmarkEntry": _present(job.rewind(self.parameters.get("RunId")))})

    def _job(self) -> Job:
        name = self.parameters["JobName"]
        try:
            return self.glue_backend.jobs[name]
        except KeyError:
            raise JobNotFoundException(name) from None

    def _job_arn(self, name: str) -> str:
        return f"arn:aws:glue:{self.region}:{self.current_account}:job/{name}"


def _detail(error: ApiError | JsonRESTError) -> Json:
    code = error.error_type if isinstance(error, JsonRESTError) else error.code
    return {"ErrorCode": code, "ErrorMessage": error.message}


def _present(members: Json) -> Json:
    return {key: value for key, value in members.items() if value is not None}
