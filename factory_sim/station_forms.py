"""What people at a station may say of a piece."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.words import text_in
from factory_sim.contracts import REPORTED, JobResponse, Kind
from factory_sim.plant import StationType
from factory_sim.station import WorkAtStation

OF_THE_PIECE = frozenset({Kind.PAUSED, Kind.RESUMED})
WHOLE = 1_000_000_000


class ReportForm(forms.Form):
    """One report of an operation; `seq` is the number of the piece's next event when its page was drawn."""

    what = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in REPORTED])
    seq = forms.IntegerField(min_value=1, max_value=WHOLE)
    machine = forms.TypedChoiceField(label=_("Machine"), required=False, coerce=int, empty_value=None)
    fault = forms.ChoiceField(label=_("What is wrong with it?"), required=False, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why is it scrapped?"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any, *, work: WorkAtStation, station: StationType) -> None:
        super().__init__(data)
        self.work = work
        language = get_language() or "en"
        self.fields["machine"].choices = [  # type: ignore[attr-defined]
            ("", _("the first that is free")),
            *((str(number), str(number + 1)) for number in range(station.machines)),
        ]
        self.fields["fault"].choices = [  # type: ignore[attr-defined]
            (fault.id, text_in(fault.sentence, language)) for fault in work.operation.faults
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("what") == Kind.FAILED and not said.get("fault") and "fault" not in self.errors:
            self.add_error("fault", _("Please say what is wrong."))
        return said

    @property
    def key(self) -> str:
        """A form that is sent twice is one report; of two people who report the same moment, one is told so."""
        return f"station {self.work.order.pk} {self.cleaned_data['seq']}"

    @property
    def said(self) -> JobResponse:
        """The report, of a form that is valid: without what another button would have asked for."""
        asked = self.cleaned_data
        kind = Kind(asked["what"])
        return JobResponse(
            external_ref=self.work.order.external_ref,
            kind=kind,
            operation="" if kind in OF_THE_PIECE else self.work.operation.id,
            machine=asked["machine"] if kind is Kind.STARTED else None,
            fault=asked["fault"] if kind is Kind.FAILED else "",
            reason=asked["reason"] if kind is Kind.SCRAPPED else "",
        )
