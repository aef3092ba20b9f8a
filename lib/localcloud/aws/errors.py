"""The error that the stand-in's own services return to the caller."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class ApiError(ServiceException):
    """An AWS error: `ApiError(code, message)`, or a subclass that sets `code`.

    It lives outside moto's packages because moto looks up the codes of its own exceptions by their package, and fails
    for codes that the service's model does not list, such as ValidationException.
    """
