"""Pages travel compressed; what streams, and what is compressed already, as it is."""

import gzip

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client

from core.http import CompressionMiddleware
from editions.models import Edition

ASKED = {"Accept-Encoding": "gzip, br"}


def answered(response: HttpResponse | StreamingHttpResponse) -> HttpResponse | StreamingHttpResponse:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = "gzip"
    made = CompressionMiddleware(lambda _request: response)(request)
    assert isinstance(made, HttpResponse | StreamingHttpResponse)
    return made


@pytest.mark.django_db
def test_a_page_travels_compressed(client: Client, edition: Edition) -> None:
    plain = client.get(f"/en/editions/{edition.slug}/")
    packed = client.get(f"/en/editions/{edition.slug}/", headers=ASKED)

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    assert b"</html>" in gzip.decompress(packed.content)


@pytest.mark.parametrize("kind", ["image/webp", "model/gltf-binary", "text/event-stream"])
def test_what_is_compressed_already_is_left_alone(kind: str) -> None:
    assert "Content-Encoding" not in answered(HttpResponse(b"x" * 1000, content_type=kind)).headers


def test_what_streams_leaves_as_it_comes() -> None:
    response = answered(StreamingHttpResponse([b"x" * 1000], content_type="text/html"))

    assert "Content-Encoding" not in response.headers
    assert response.getvalue() == b"x" * 1000
