"""The shapes in which the API says of every option what it leads to."""

from typing import Any

from rest_framework import serializers


class OptionStateSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(
        choices=["chosen", "free", "blocked"], help_text="blocked: to be had only if other choices change"
    )
    reason = serializers.CharField(allow_blank=True, help_text="why it is blocked: the rules' sentences")
    total = serializers.CharField(help_text="decimal: what the design costs with it")
    total_text = serializers.CharField()
    difference = serializers.CharField(help_text="decimal: how much more that is than now")
    difference_text = serializers.CharField(allow_blank=True)
    from_total = serializers.CharField(
        help_text="decimal: the cheapest whole design with it, personal content as it is"
    )
    from_text = serializers.CharField()
    days = serializers.IntegerField(help_text="by how many days the promise's safe date would change")
    days_text = serializers.CharField(allow_blank=True)
    changes = serializers.ListField(child=serializers.CharField(), help_text="the other choices that change with it")
    choices = serializers.DictField(child=serializers.CharField(), help_text="the whole design with it")


class GroupStateSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    exists = serializers.BooleanField(help_text="false while it depends on another choice")
    sentence = serializers.CharField(allow_blank=True, help_text="on what it depends")
    options = OptionStateSerializer(many=True)
