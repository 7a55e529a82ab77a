from django.urls import path, register_converter

from configurator import model_views, views

app_name = "configurator"


class PictureKind:
    regex = "avif|webp|jpeg|png"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Language:
    regex = "ko|en"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PictureKind, "picture_kind")
register_converter(Language, "language")

urlpatterns = [
    path("pictures/<str:token>/<slug:view>-<int:size>.<picture_kind:kind>", views.picture, name="picture"),
    path("cards/<str:token>/<language:language>-<slug:digest>.jpeg", views.card, name="card"),
    path("artworks/<str:token>.webp", views.artwork, name="artwork"),
    path("models/<str:token>.glb", model_views.model, name="model"),
    path("engravings/<int:version_id>.png", views.engraving_mask, name="engraving_mask"),
]
