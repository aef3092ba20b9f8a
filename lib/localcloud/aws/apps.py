"""Which code answers which AWS service; loaded on the first call.

`OWN` are the stand-in's services: moto-style response classes (`BaseResponse`) with two optional class attributes:
`backends`, the BackendDict whose content is kept on disk, and `concurrent`, true where it guards its state itself.
`CONTROL` are moto's, unchanged: services where bookkeeping is all that the lab needs.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from flask import Flask
from moto.backends import get_backend
from moto.core.utils import convert_to_flask_response
from moto.moto_server.werkzeug_app import HTTP_METHODS, BackendRequest, create_backend_app

from localcloud.aws.refusal import Refusal

OWN = {
    "glue": "localcloud.glue.api:GlueResponse",
    "athena": "localcloud.athena.api:AthenaResponse",
    "cloudformation": "localcloud.cloudformation.api:CloudFormationResponse",
    "redshift": "localcloud.redshift.api:RedshiftResponse",
    "redshift-data": "localcloud.redshift.api:RedshiftDataResponse",
    "redshift-serverless": "localcloud.redshift.api:RedshiftServerlessResponse",
}

CONTROL = {
    "budgets": "budgets",
    "ec2": "ec2",
    "emr-serverless": "emrserverless",
    "iam": "iam",
    "kafka": "kafka",
    "kms": "kms",
    "logs": "logs",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "sts": "sts",
    "tagging": "resourcegroupstaggingapi",
}
"""Name in the signature -> name in moto."""


@cache
def app_of(service: str) -> Flask:
    """Return the WSGI application of a service.

    Raises:
        Refusal: the lab does not stand in for it. Remedy: call AWS, or leave the call out.
    """
    if service in OWN:
        return _own_app(service)
    if service not in CONTROL:
        offered = ", ".join(sorted([*OWN, *CONTROL]))
        raise Refusal("UnsupportedOperation", f"The lab does not stand in for {service!r}. It offers: {offered}.", 501)
    return create_backend_app(CONTROL[service])  # type: ignore[arg-type]


@cache
def response_class(service: str) -> Any:
    """Return the response class of one of the stand-in's own services."""
    module, name = OWN[service].split(":")
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("localcloud"):
            raise Refusal(
                "UnsupportedOperation", f"This build of the lab has no {service}: no {error.name}.", 501
            ) from error
        raise


def backends_of(service: str) -> Any:
    """Return the moto BackendDict that holds the state of a service: [account id][region] -> backend."""
    own = getattr(response_class(service), "backends", None) if service in OWN else None
    if own is not None:
        return own
    return get_backend(CONTROL.get(service, service))  # type: ignore[call-overload]


def is_concurrent(service: str) -> bool:
    """Return whether calls of this service may run side by side; all others run one at a time."""
    return service in OWN and getattr(response_class(service), "concurrent", False)


def _own_app(service: str) -> Flask:
    app = Flask(f"localcloud.{service}", static_folder=None)
    app.request_class = BackendRequest
    app.config["PROPAGATE_EXCEPTIONS"] = True
    view = convert_to_flask_response(response_class(service).dispatch)
    for rule in ("/", "/<path:rest>"):
        app.add_url_rule(rule, endpoint=rule, methods=HTTP_METHODS, view_func=lambda view=view, **_: view())
    return app
