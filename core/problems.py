"""Errors that a person meets: a stable code, a translated sentence, and (RFC 9457) problem+json for the API."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

PROBLEM_TYPE = "application/problem+json"


class Problem(Exception):
    """A refusal with its reason. `code` is stable and never translated; `detail` is for people.

    Subclasses set `code` and `status` (HTTP); `extra` is data that helps to mend the request. After a `passing` one
    the very same request may succeed a moment later.
    """

    code = "problem"
    status = 400
    passing = False

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


def problem_body(problem: Problem) -> dict[str, Any]:
    return {"type": "about:blank", "code": problem.code, "status": problem.status, "detail": problem.detail} | dict(
        problem.extra
    )


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: every error answer is problem+json with a `code`."""
    if isinstance(error, Problem):
        return Response(problem_body(error), status=error.status, content_type=PROBLEM_TYPE)
    if isinstance(error, SuspiciousOperation):  # a body beyond every limit, for one
        error = exceptions.ParseError()
    response = drf_exception_handler(error, dict(context))
    if response is None:
        return None
    body: dict[str, Any] = {"type": "about:blank", "code": _code_of(error), "status": response.status_code}
    if isinstance(error, exceptions.ValidationError):
        body |= {"detail": _("Some fields are not right."), "errors": response.data}
    else:
        body |= {"detail": str(getattr(error, "detail", "")) or _("That is not to be had here.")}
    return Response(body, status=response.status_code, headers=dict(response.headers), content_type=PROBLEM_TYPE)


def _code_of(error: Exception) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    return str(getattr(error, "default_code", "error"))
