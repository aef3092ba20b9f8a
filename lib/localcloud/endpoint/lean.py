"""moto's EC2 without the instance offers of every AWS region: 60 MB that a lab never needs."""

from __future__ import annotations

from typing import Any

from moto.utilities import utils

_OFFERS = "ec2/resources/instance_type_offerings"


class Offers(dict[str, list[dict[str, Any]]]):
    """The instance types that a location offers, read from moto's files when a region is asked for."""

    def __init__(self, location_type: str) -> None:
        super().__init__()
        self._location_type = location_type

    def __missing__(self, region: str) -> list[dict[str, Any]]:
        offers = utils.load_resource(f"{_OFFERS}/{self._location_type}/{region}.json")
        self[region] = [{**offer, "LocationType": self._location_type} for offer in offers]
        return self[region]

    def get(self, region: str, default: Any = None) -> Any:
        """Return the offers of a region, or the default for a region that moto does not know."""
        try:
            return self[region]
        except FileNotFoundError:
            return default


def import_ec2() -> None:
    """Import moto's EC2; call it before anything else does."""
    load = utils.load_resource
    utils.load_resource = lambda resource: [] if resource.startswith(_OFFERS) else load(resource)
    try:
        from moto.ec2.models import instance_types  # noqa: PLC0415  late: 60 MB that the function saves
    finally:
        utils.load_resource = load
    known = instance_types.INSTANCE_TYPE_OFFERINGS
    known.update({location_type: Offers(location_type) for location_type in known})
