"""Custom classifiers: created, read, changed and deleted."""

from __future__ import annotations

from datetime import UTC, datetime

from moto.core.responses import ActionResult, EmptyResult

from localcloud.glue.api_base import GlueBase
from localcloud.glue.classifier_definition import KINDS, check
from localcloud.glue.names import InvalidInput
from localcloud.glue.state import AlreadyExists
from localcloud.glue.tables import Json


class ClassifierCalls(GlueBase):
    """https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-classifiers.html"""

    def create_classifier(self) -> ActionResult:
        kind, members = self._classifier()
        if members["Name"] in self.glue_backend.classifiers:
            raise AlreadyExists(f"Classifier with name {members['Name']} already exists")
        check(kind, members)
        now = datetime.now(UTC)
        stamped = {**members, "CreationTime": now, "LastUpdated": now, "Version": 1}
        self.glue_backend.classifiers[members["Name"]] = {kind: stamped}
        return EmptyResult()

    def update_classifier(self) -> ActionResult:
        """Change the given members. Data that was already crawled is not classified again (add-classifier)."""
        kind, members = self._classifier()
        stored = self.glue_backend.classifier(members["Name"])
        if kind not in stored:
            raise InvalidInput(f"Classifier {members['Name']} is not a {kind}.")
        changed = {**stored[kind], **members}
        check(kind, changed)
        version = stored[kind]["Version"] + 1
        stored[kind] = {**changed, "LastUpdated": datetime.now(UTC), "Version": version}
        return EmptyResult()

    def delete_classifier(self) -> ActionResult:
        self.glue_backend.classifier(self.parameters["Name"])
        del self.glue_backend.classifiers[self.parameters["Name"]]
        return EmptyResult()

    def get_classifier(self) -> ActionResult:
        return ActionResult({"Classifier": self.glue_backend.classifier(self.parameters["Name"])})

    def get_classifiers(self) -> ActionResult:
        return self.paged("Classifiers", list(self.glue_backend.classifiers.values()), 100)

    def _classifier(self) -> tuple[str, Json]:
        given = {kind: members for kind, members in self.parameters.items() if kind in KINDS and members}
        if len(given) != 1:
            raise InvalidInput(f"Give exactly one of {', '.join(KINDS)}.")
        ((kind, members),) = given.items()
        return kind, members
