"""Shapes of what plants send and get, in the words of B2MML. They check form; meaning is the service's part."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from factory_sim.b2mml import STATES
from factory_sim.contracts import JobResponse, Measurement

Row = serializers.Serializer[Any]


class MeasurementSerializer(Row):
    ID = serializers.CharField(max_length=40, help_text="the sensor; one that the plant's definition names has limits")
    Value = serializers.FloatField(min_value=-1e9, max_value=1e9)
    UnitOfMeasure = serializers.CharField(required=False, default="", max_length=20)


class OffsetDateTimeField(serializers.DateTimeField):
    """A time with its offset: nobody guesses in which zone it was written."""

    default_error_messages = {"no_offset": _("Write the time with its offset, such as +09:00.")}

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("no_offset")
        return super().enforce_timezone(value)


class JobResponseSerializer(Row):
    """One thing that happened to a piece."""

    JobOrderID = serializers.CharField(max_length=80, help_text="the piece, as its job order named it")
    JobState = serializers.ChoiceField(
        choices=list(STATES), help_text="an operation that inspects ends with Passed or Failed, any other with Finished"
    )
    SegmentID = serializers.CharField(
        required=False, default="", max_length=40, help_text="the operation; none when a piece is Paused or Resumed"
    )
    Machine = serializers.IntegerField(
        required=False, default=None, min_value=1, max_value=1000, help_text="where it Started; else the first free one"
    )
    FaultID = serializers.CharField(required=False, default="", max_length=40, help_text="why it Failed")
    Reason = serializers.CharField(required=False, default="", max_length=500, help_text="why it was Scrapped")
    Time = OffsetDateTimeField(
        required=False, default=None, help_text="when it happened, with its offset; now, where it is left out"
    )
    JobResponseData = MeasurementSerializer(  # type: ignore[call-arg]
        many=True, required=False, default=(), max_length=20, help_text="what sensors read in the operation that ended"
    )


class JobResponseMessageSerializer(Row):
    JobResponse = JobResponseSerializer()


class JobEventSerializer(Row):
    Number = serializers.IntegerField(help_text="of the piece's events, counted from 1")
    Event = serializers.CharField()
    SegmentID = serializers.CharField(allow_blank=True)


class TakenSerializer(Row):
    """What followed from the report."""

    JobOrderID = serializers.CharField()
    JobState = serializers.CharField(help_text="after it: AllowedToStart, Running, Interrupted or Ended")
    Events = JobEventSerializer(many=True)


def said_in(found: Mapping[str, Any]) -> JobResponse:
    """The report of a job response that is valid."""
    return JobResponse(
        external_ref=found["JobOrderID"],
        kind=STATES[found["JobState"]],
        operation=found["SegmentID"],
        machine=None if found["Machine"] is None else found["Machine"] - 1,
        fault=found["FaultID"],
        reason=found["Reason"],
        at=found["Time"],
        readings=tuple(
            Measurement(each["ID"], each["Value"], each["UnitOfMeasure"]) for each in found["JobResponseData"]
        ),
    )
