"""Shapes of prices and price cards in the API's answers."""

from typing import Any

from rest_framework import serializers


class LineSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    amount = serializers.CharField(help_text="decimal, in units of the currency")
    amount_text = serializers.CharField()


class PaidStepSerializer(serializers.Serializer[Any]):
    first_order = serializers.IntegerField(help_text="the first order that pays this step")
    last_order = serializers.IntegerField()
    price = serializers.CharField(help_text="of the piece alone, decimal")


class NextStepSerializer(serializers.Serializer[Any]):
    from_order = serializers.IntegerField()
    price = serializers.CharField(help_text="of the piece alone, decimal")


class ShippingSerializer(serializers.Serializer[Any]):
    destination = serializers.CharField(help_text="country, ISO 3166-1 alpha-2")
    name = serializers.CharField()
    zone = serializers.CharField()
    zone_name = serializers.CharField()
    amount = serializers.CharField(help_text="decimal; part of the total")
    amount_text = serializers.CharField()
    text = serializers.CharField()


class ZoneSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    countries = serializers.ListField(child=serializers.CharField(), help_text="ISO 3166-1 alpha-2")
    amount = serializers.CharField(help_text="decimal; added to the price of the piece")
    tax_percent = serializers.CharField(help_text="rate of the tax in the total; 0 where none is charged")


class PriceSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    total = serializers.CharField(help_text="decimal, tax and shipping included")
    total_text = serializers.CharField()
    tax = serializers.CharField(help_text="decimal; the tax in the total")
    tax_text = serializers.CharField()
    shipping = ShippingSerializer(allow_null=True, help_text="null where shipping to anywhere is in the price")
    step_text = serializers.CharField()
    step = PaidStepSerializer(help_text="the step of the card that this price was made at")
    next_text = serializers.CharField()
    next_step = NextStepSerializer(allow_null=True, help_text="null on the last step")
    lines = LineSerializer(many=True)


class CardStepSerializer(serializers.Serializer[Any]):
    from_order = serializers.IntegerField()
    to_order = serializers.IntegerField()
    price = serializers.CharField()
    current = serializers.BooleanField()


class UnitStepSerializer(serializers.Serializer[Any]):
    from_unit = serializers.IntegerField()
    to_unit = serializers.IntegerField()
    price = serializers.CharField(help_text="what each of these units adds, decimal")
    current = serializers.BooleanField()


class ComponentCardSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    stock = serializers.IntegerField(help_text="units there are, whether ordered or not")
    card = UnitStepSerializer(many=True)
