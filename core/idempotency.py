"""A request that creates something, sent twice, creates one thing.

`once` is for the API: with the header `Idempotency-Key` the first request's answer is kept for a day, and whoever sends
the same request with the same key gets it again. `once_per_form` is for pages: every form that is rendered has a CSRF
token of its own, so that a form which is sent twice is known by what it says.

A key is claimed in a transaction of its own, so that all others see it. Then the work and its answer are committed
together: after a crash there are both or neither. A claim without an answer lapses after two minutes, and its request
may be made anew; should the first still run, it notices that it has lost its claim, and undoes its work.

The form of the header is that of draft-ietf-httpapi-idempotency-key-header-07.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.clock import now as read_clock
from core.models import KeptAnswer
from core.problems import PROBLEM_TYPE, Problem, problem_body

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
SHORTEST, LONGEST = 16, 255
KEEP = timedelta(hours=24)
LEASE = timedelta(minutes=2)
FORM_SECONDS = 10.0
PAUSE_SECONDS = 0.05
MARK = "is_once"

KEY_PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=(
        "A text of the client's own, 16 to 255 visible ASCII characters that nobody can guess, such as a UUID. The same"
        " request with the same key within 24 hours creates nothing and gets the first answer again, with"
        " `Idempotency-Replayed: true`. Another request with it, or one while the first runs, is refused with 409."
    ),
)

View = Callable[..., HttpResponseBase]
AnyView = TypeVar("AnyView", bound=Callable[..., Any])
Post = Callable[..., Response]


class UnusableKey(Problem):
    """The key is too short to be a secret, too long, or not plain text."""

    code = "invalid_idempotency_key"
    status = 400


class KeyReused(Problem):
    """The key came before with a different request."""

    code = "idempotency_key_reused"
    status = 409


class StillRunning(Problem):
    """The first request with this key has not been answered yet."""

    code = "request_in_progress"
    status = 409
    passing = True


def once(post: Post) -> Post:
    """Decorate the `post` of an API view that creates something.

    Answers and refusals are kept alike, but for refusals that pass by themselves and requests that make no sense: those
    may be sent again with the same key.
    """

    @wraps(post)
    def answered(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        sent = request.headers.get(HEADER)
        if sent is None:
            return post(view, request, *args, **kwargs)
        found = _claim(_key(sent, request), _fingerprint(request), read_clock())
        if isinstance(found, KeptAnswer):
            return _replayed(found)
        with found.until_answered():
            response = _answer(lambda: post(view, request, *args, **kwargs))
            if getattr(response, "passing", False):
                found.give_back()
            else:
                found.keep(response.status_code, JSONRenderer().render(response.data).decode())
        return response

    return _marked(answered)


def once_per_form(view: View) -> View:
    """Decorate a page's view: a form that is sent twice, as by a double click, does its work once.

    The second request waits for the first and is redirected to where that went. A form that was refused can be sent
    again (a refusal that is a redirect has `passing` set), and so can one without a CSRF token, which no browser sends.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or "csrfmiddlewaretoken" not in request.POST:
            return view(request, *args, **kwargs)
        said = _digest("form", request.path, _canonical({**dict(request.POST.lists()), **request.FILES.dict()}))
        found = _claim_when_free(said, FORM_SECONDS)
        if found is None:
            return HttpResponseRedirect(request.path)
        if isinstance(found, KeptAnswer):
            return HttpResponseRedirect(found.body)
        with found.until_answered():
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirect) and not getattr(response, "passing", False):
                found.keep(response.status_code, response.url)
            else:
                found.give_back()
        return response

    return _marked(answered)


def is_once(view: Any) -> bool:
    """Whether a view, or the `post` of one, was decorated here; other decorators around it hand the mark on."""
    return getattr(view, MARK, False)


def forget_answers(*, now: datetime) -> int:
    """Delete what was kept for a day; count it."""
    return KeptAnswer.objects.filter(claimed_at__lt=now - KEEP).delete()[0]


@dataclass(frozen=True)
class _Claim:
    """One request's right to do the work of a key."""

    key: str
    id: uuid.UUID

    @contextmanager
    def until_answered(self) -> Iterator[None]:
        """The work and its answer, in one transaction; when it fails the key is free again."""
        try:
            with transaction.atomic():
                yield
        except BaseException:
            self.give_back()
            raise

    def keep(self, status: int, body: str) -> None:
        """Keep the answer; raises StillRunning, so that the work is undone, when somebody else has begun it anew."""
        if not self._rows().update(status=status, body=body):
            raise StillRunning(_still_running())

    def give_back(self) -> None:
        self._rows().delete()

    def _rows(self) -> QuerySet[KeptAnswer]:
        return KeptAnswer.objects.filter(pk=self.key, claim=self.id, status=None)


def _marked(view: AnyView) -> AnyView:
    setattr(view, MARK, True)
    return view


def _claim(key: str, fingerprint: str, now: datetime) -> _Claim | KeptAnswer:
    """The right to do the work of a key, or what was answered; raises KeyReused and StillRunning."""
    mine = _Claim(key, uuid.uuid4())
    row = KeptAnswer(key=key, fingerprint=fingerprint, claim=mine.id, claimed_at=now)
    # ON CONFLICT DO NOTHING: of requests that come at once exactly one inserts, and the others find its row.
    KeptAnswer.objects.bulk_create([row], ignore_conflicts=True)
    found = KeptAnswer.objects.filter(pk=key).first()
    if found is None:
        raise StillRunning(_still_running())
    if found.claim == mine.id:
        return mine
    is_kept = found.claimed_at > now - KEEP
    if is_kept and found.fingerprint != fingerprint:
        raise KeyReused(_("This idempotency key was sent before with another request. Please use a new one."))
    if is_kept and found.status is not None:
        return found
    if found.claimed_at > now - LEASE:
        raise StillRunning(_still_running())
    lapsed = KeptAnswer.objects.filter(pk=key, claim=found.claim, status=found.status)
    if not lapsed.update(fingerprint=fingerprint, claim=mine.id, claimed_at=now, status=None, body=""):
        raise StillRunning(_still_running())
    return mine


def _claim_when_free(key: str, seconds: float) -> _Claim | KeptAnswer | None:
    """The same, after waiting for a request that runs; None when it takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return _claim(key, key, read_clock())
        except StillRunning:
            if time.monotonic() > deadline:
                return None
            time.sleep(PAUSE_SECONDS)


def _answer(work: Callable[[], Response]) -> Response:
    """What the view answers, a refusal included; `passing` is set on one that must not be kept."""
    try:
        return work()
    except Problem as problem:
        response = Response(problem_body(problem), status=problem.status, content_type=PROBLEM_TYPE)
        response.passing = problem.passing  # type: ignore[attr-defined]
        return response


def _replayed(kept: KeptAnswer) -> Response:
    status = kept.status or 200
    return Response(
        json.loads(kept.body),
        status=status,
        headers={REPLAYED: "true"},
        content_type=PROBLEM_TYPE if status >= 400 else None,
    )


def _key(sent: str, request: Request) -> str:
    """The key as it is stored: a digest, of an account's own, so that it leads to nobody else's answers."""
    if not (SHORTEST <= len(sent) <= LONGEST and sent.isascii() and sent.isprintable()):
        raise UnusableKey(
            _("An idempotency key has %(shortest)d to %(longest)d visible ASCII characters.")
            % {"shortest": SHORTEST, "longest": LONGEST}
        )
    return _digest("api", str(request.user.pk or ""), sent)


def _fingerprint(request: Request) -> str:
    """A digest of what a request asks for: the same for the same fields in another order."""
    return _digest(str(request.method), request.path, _canonical(request.data))


def _canonical(data: Any) -> str:
    """JSON in one line; of a file its digest."""
    if isinstance(data, QueryDict):
        data = {name: data.getlist(name) for name in data}
    return json.dumps(data, sort_keys=True, default=_file_digest)


def _file_digest(file: Any) -> str:
    if not isinstance(file, UploadedFile):
        raise TypeError(f"{type(file).__name__} is not part of a request")
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()


def _still_running() -> str:
    return _("The first request with this idempotency key is still running. Please wait a moment.")
