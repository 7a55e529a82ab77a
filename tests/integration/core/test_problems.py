"""Errors of the API: problem+json with a stable code, whatever was raised."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import translation
from rest_framework import exceptions

from core.problems import Problem, exception_handler, problem_body


class LidTooSmall(Problem):
    code = "lid_too_small"
    status = 409


def body_of(error: Exception) -> dict[str, Any]:
    response = exception_handler(error, {})
    assert response is not None
    assert response.content_type == "application/problem+json"
    data: dict[str, Any] = response.data
    assert data["status"] == response.status_code
    return data


def test_a_problem_says_its_code_its_sentence_and_what_helps_to_mend_it() -> None:
    assert body_of(LidTooSmall("The lid is too small.", smallest_mm=80)) == {
        "type": "about:blank",
        "code": "lid_too_small",
        "status": 409,
        "detail": "The lid is too small.",
        "smallest_mm": 80,
    }


def test_a_problem_is_the_same_on_a_page_and_in_the_api() -> None:
    problem = LidTooSmall("The lid is too small.")

    assert problem_body(problem) == body_of(problem)
    assert str(problem) == "The lid is too small."


def test_a_wrong_form_names_its_fields() -> None:
    assert body_of(exceptions.ValidationError({"email": ["Enter a valid email address."]})) == {
        "type": "about:blank",
        "code": "invalid",
        "status": 400,
        "detail": "Some fields are not right.",
        "errors": {"email": ["Enter a valid email address."]},
    }


@pytest.mark.parametrize(
    ("error", "status", "code", "sentence"),
    [
        (Http404(), 404, "not_found", "That is not to be had here."),
        (PermissionDenied(), 403, "permission_denied", "That is not to be had here."),
        (exceptions.PermissionDenied("Sign in first."), 403, "permission_denied", "Sign in first."),
        (exceptions.ParseError(), 400, "parse_error", "Malformed request."),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed", 'Method "PUT" not allowed.'),
        (exceptions.UnsupportedMediaType("a/b"), 415, "unsupported_media_type", 'Unsupported media type "a/b"'),
    ],
)
def test_what_the_framework_raises_becomes_a_problem_too(
    error: Exception, status: int, code: str, sentence: str
) -> None:
    body = body_of(error)

    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"].startswith(sentence)


def test_the_sentences_are_in_the_readers_language() -> None:
    with translation.override("ko"):
        assert body_of(Http404())["detail"] == "여기에서는 찾을 수 없습니다."
        assert body_of(exceptions.ValidationError({"email": ["x"]}))["detail"] == "올바르지 않은 항목이 있습니다."


def test_too_many_requests_keep_the_header_that_says_how_long_to_wait() -> None:
    response = exception_handler(exceptions.Throttled(wait=17), {})

    assert response is not None
    assert response.headers["Retry-After"] == "17"
    assert response.data["code"] == "throttled"


def test_a_bug_is_not_dressed_up_as_a_problem() -> None:
    assert exception_handler(ZeroDivisionError(), {}) is None
