"""Shapes of the API's requests and answers. They check form, never meaning: that is the services' part."""

from typing import Any

from rest_framework import serializers

from configurator.codes import LONGEST_TYPED
from configurator.models import LONGEST_NAME, AppealStatus
from orders.forms import LONGEST_EMAIL
from orders.models import OrderStatus
from orders.option_shapes import GroupStateSerializer
from orders.price_shapes import CardStepSerializer, ComponentCardSerializer, PriceSerializer, ZoneSerializer
from orders.services.suggest import KINDS


class PlacementSerializer(serializers.Serializer[Any]):
    artwork = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="SHA-256 of the picture, as its upload answered")
    x_mm = serializers.FloatField(min_value=-1000, max_value=1000, help_text="its centre, right of the panel's")
    y_mm = serializers.FloatField(min_value=-1000, max_value=1000, help_text="its centre, below the panel's")
    width_mm = serializers.FloatField(min_value=0.1, max_value=1000)
    degrees = serializers.FloatField(required=False, default=0, min_value=-360, max_value=360, help_text="clockwise")


class ConfigurationSerializer(serializers.Serializer[Any]):
    version = serializers.CharField(max_length=60, help_text="product version, `<product>/<number>`")
    choices = serializers.DictField(child=serializers.CharField(max_length=40), help_text="option id by group id")
    engraving = serializers.CharField(required=False, allow_blank=True, default="", trim_whitespace=False)
    font = serializers.CharField(required=False, allow_blank=True, default="", max_length=20)
    artwork = PlacementSerializer(required=False, allow_null=True, default=None)


def destination_field(what: str) -> serializers.RegexField:
    return serializers.RegexField(r"^([A-Z]{2})?$", required=False, allow_blank=True, default="", help_text=what)


class QuoteRequestSerializer(serializers.Serializer[Any]):
    edition = serializers.SlugField()
    configuration = ConfigurationSerializer()
    changed = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="the group that was changed last, or `destination`, which the session then remembers",
    )
    destination = destination_field(
        "country that it is to go to, ISO 3166-1 alpha-2; without one the first of the edition's first zone"
    )


class PromiseSerializer(serializers.Serializer[Any]):
    likely_at = serializers.DateTimeField(help_text="ready by then in half of the cases (P50), factory time")
    safe_at = serializers.DateTimeField(help_text="ready by then in 9 of 10 cases (P90), factory time")
    likely_text = serializers.CharField()
    safe_text = serializers.CharField()
    safe_day = serializers.CharField()


class ViewPictureSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="800 pixels square")
    large = serializers.CharField(help_text="1200 pixels square")


class PictureSerializer(ViewPictureSerializer):
    alt = serializers.CharField()
    views = serializers.DictField(child=ViewPictureSerializer(), help_text="the same piece from every side, by view")


class ModelSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="a GLB file in metres, painted as designed")
    room = serializers.CharField(help_text="the page that places it in a room")
    code = serializers.CharField(help_text="that page's address as a QR code")


class RaritySerializer(serializers.Serializer[Any]):
    possible = serializers.IntegerField(allow_null=True, help_text="how many different pieces there can be, if known")
    made = serializers.IntegerField(help_text="placed orders with the same choices, engraving and version apart")
    text = serializers.CharField()


class LetteringSerializer(serializers.Serializer[Any]):
    """The engraved text as it will be cut; all zero and empty without one."""

    width_mm = serializers.FloatField()
    height_mm = serializers.FloatField()
    letter_mm = serializers.FloatField(help_text="the letters' em size")
    room_mm = serializers.FloatField(help_text="the line's length")
    text = serializers.CharField(help_text="the measures in words")
    mask_address = serializers.CharField(help_text="the text as it will be cut, white on black")


class ReturnsSerializer(serializers.Serializer[Any]):
    personal = serializers.BooleanField(help_text="made for one person: cannot be returned, which she has to agree to")
    text = serializers.CharField()


class PrintSerializer(serializers.Serializer[Any]):
    dpi = serializers.IntegerField(help_text="pixels of the picture per printed inch")
    quality = serializers.ChoiceField(choices=["good", "fair", "coarse"], help_text="coarse ones are refused")
    largest_mm = serializers.FloatField(help_text="the width up to which it is accepted")
    largest_good_mm = serializers.FloatField(help_text="the width up to which it is good")
    width_mm = serializers.FloatField()
    height_mm = serializers.FloatField()
    text = serializers.CharField()


class QuoteSerializer(serializers.Serializer[Any]):
    quote = serializers.CharField(help_text="signed; send it back to hold a piece at this price")
    expires_at = serializers.DateTimeField()
    fingerprint = serializers.CharField()
    configuration = ConfigurationSerializer()
    destination = serializers.CharField(
        allow_blank=True, help_text="country of the price; empty where shipping to anywhere is in it"
    )
    price = PriceSerializer()
    promise = PromiseSerializer()
    picture = PictureSerializer()
    rarity = RaritySerializer()
    engraving = LetteringSerializer()
    returns = ReturnsSerializer()
    artwork = PrintSerializer(allow_null=True, help_text="how fine the picture will be printed")
    model = ModelSerializer(allow_null=True, help_text="the piece in 3D, where the product has a model")
    availability_text = serializers.CharField()
    groups = GroupStateSerializer(many=True)


class SuggestionRequestSerializer(serializers.Serializer[Any]):
    edition = serializers.SlugField()
    configuration = ConfigurationSerializer()
    kind = serializers.ChoiceField(
        choices=KINDS,
        help_text="surprise: at random; finish: what people liked most; fit: what the budget allows of the choices",
    )
    keep = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        default=list,
        max_length=100,
        help_text="groups to keep",
    )
    budget = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=10**12, help_text="in minor units"
    )
    seed = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**53)
    destination = destination_field("country that it is to go to, as in a quote")


class SuggestionSerializer(serializers.Serializer[Any]):
    choices = serializers.DictField(child=serializers.CharField())


class DesignRequestSerializer(serializers.Serializer[Any]):
    edition = serializers.SlugField()
    configuration = ConfigurationSerializer()
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=4 * LONGEST_NAME)
    parent = serializers.CharField(  # type: ignore[assignment]
        required=False,
        allow_blank=True,
        default="",
        max_length=LONGEST_TYPED,
        help_text="code of the design it was started from",
    )


class DesignSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    address = serializers.CharField(help_text="the design's page")
    share_address = serializers.CharField(help_text="short, absolute, in the reader's language")


class TextAppealRequestSerializer(serializers.Serializer[Any]):
    edition = serializers.SlugField()
    configuration = ConfigurationSerializer()
    email = serializers.EmailField(
        required=False, allow_blank=True, default="", max_length=LONGEST_EMAIL, help_text="where the answer goes"
    )


class TextAppealSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=AppealStatus.choices)
    detail = serializers.CharField()


class ArtworkRequestSerializer(serializers.Serializer[Any]):
    edition = serializers.SlugField(help_text="on whose piece it is to be printed")
    picture = serializers.FileField(
        required=False,
        allow_empty_file=True,
        help_text="PNG, JPEG, WebP, HEIC or SVG; its name and type are not looked at",
    )


class ArtworkSerializer(serializers.Serializer[Any]):
    artwork = serializers.CharField(help_text="SHA-256 of the picture as it is kept; its name from now on")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    address = serializers.CharField(help_text="where it can be seen by those who know the address")
    placement = PlacementSerializer(help_text="where it lies at first")


class PaletteRequestSerializer(serializers.Serializer[Any]):
    edition = serializers.SlugField()
    artwork = serializers.RegexField(r"^[0-9a-f]{64}$")


class PaletteSerializer(serializers.Serializer[Any]):
    choices = serializers.DictField(child=serializers.CharField())
    colours = serializers.ListField(child=serializers.CharField(), help_text="the picture's, commonest first")


class HoldRequestSerializer(serializers.Serializer[Any]):
    edition = serializers.SlugField()
    quote = serializers.CharField(max_length=4000)
    number = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=2**31 - 1,
        help_text="a particular number; if it is taken, the refusal `number_taken` has the nearest free ones in `free`",
    )
    replaces = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    destination = destination_field("may be said again; another one than the quote's is refused, `destination_changed`")


class HoldSerializer(serializers.Serializer[Any]):
    hold = serializers.CharField(help_text="secret: whoever has it can order the piece")
    number = serializers.IntegerField()
    size = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    destination = serializers.CharField(allow_blank=True)
    price = PriceSerializer()


class OrderRequestSerializer(serializers.Serializer[Any]):
    hold = serializers.CharField(max_length=40)
    email = serializers.EmailField(max_length=LONGEST_EMAIL)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)
    destination = destination_field("may be said again; another one than the hold's is refused, `destination_changed`")
    made_for_me = serializers.BooleanField(
        required=False,
        default=False,
        help_text="must be true for a piece with a text or a picture: it cannot be returned once it is being made",
    )


class EventSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.DateTimeField(help_text="factory time")
    operation = serializers.CharField()
    station = serializers.CharField()
    note = serializers.CharField()


class OrderSerializer(serializers.Serializer[Any]):
    order = serializers.CharField(help_text="secret name of the order")
    reference = serializers.CharField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    page = serializers.CharField(help_text="the order's page")
    payment_page = serializers.CharField(help_text="where it is paid; empty when there is nothing to pay")
    destination = serializers.CharField(allow_blank=True)
    price = PriceSerializer()
    promise = PromiseSerializer()
    events = EventSerializer(many=True)


class OptionSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    story = serializers.CharField()
    price = serializers.CharField(help_text="what the option adds, decimal")


class GroupSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    options = OptionSerializer(many=True)


class EditionSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    version = serializers.CharField()
    size = serializers.IntegerField()
    available = serializers.IntegerField()
    held = serializers.IntegerField()
    sold = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["available", "all_held", "sold_out"])
    currency = serializers.CharField()
    orders_placed = serializers.IntegerField(help_text="never falls; what the card counts")
    card = CardStepSerializer(many=True)
    components = ComponentCardSerializer(many=True, help_text="ladders of scarce components")
    groups = GroupSerializer(many=True)
    preset = serializers.DictField(child=serializers.CharField())
    engraving_longest = serializers.IntegerField()
    opens_at = serializers.DateTimeField()
    archived = serializers.BooleanField()
    shipping = ZoneSerializer(many=True, help_text="where it goes; empty where shipping to anywhere is in the price")
