"""The operations on workgroups and engine versions."""

from __future__ import annotations

from moto.core.responses import ActionResult

from localcloud.athena import runtime
from localcloud.athena.api_base import PAGE, AthenaService
from localcloud.athena.execution import ENGINE_VERSION
from localcloud.aws.service import exclusive


class WorkgroupOperations(AthenaService):
    """https://docs.aws.amazon.com/athena/latest/ug/workgroups-manage-queries-control-costs.html"""

    @exclusive
    def create_work_group(self) -> ActionResult:
        """Add a workgroup."""
        self.backend.create_workgroup(self.parameters)
        return self.answer({})

    @exclusive
    def get_work_group(self) -> ActionResult:
        """Describe a workgroup."""
        return self.answer({"WorkGroup": self.backend.workgroup(self.parameters["WorkGroup"])})

    @exclusive
    def list_work_groups(self) -> ActionResult:
        """List the workgroups by name."""
        keys = ("Name", "State", "Description", "CreationTime")
        groups = [{key: group[key] for key in keys} for _, group in sorted(self.backend.workgroups.items())]
        version = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE_VERSION}
        return self.paged("WorkGroups", [{**group, "EngineVersion": version} for group in groups], PAGE)

    @exclusive
    def update_work_group(self) -> ActionResult:
        """Change a workgroup."""
        self.backend.update_workgroup(self.parameters)
        return self.answer({})

    @exclusive
    def delete_work_group(self) -> ActionResult:
        """Remove a workgroup, and with RecursiveDeleteOption its contents too."""
        name, recursive = self.parameters["WorkGroup"], bool(self.parameters.get("RecursiveDeleteOption"))
        history = runtime.executor().history
        holds_queries = bool(history.page(name, None, 1))
        self.backend.delete_workgroup(name, recursive=recursive, holds_queries=holds_queries)
        history.drop_workgroup(name)
        return self.answer({})

    @exclusive
    def list_engine_versions(self) -> ActionResult:
        """List the engine versions you can choose."""
        version = {"SelectedEngineVersion": ENGINE_VERSION, "EffectiveEngineVersion": ENGINE_VERSION}
        auto = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE_VERSION}
        return self.answer({"EngineVersions": [auto, version]})
