"""Days, times and translations as people read them."""

from datetime import UTC, datetime

import pytest

from core.words import day, minute, text_in

# 8 December 2026 is a Tuesday; Seoul is nine hours ahead of UTC.
EVENING = datetime(2026, 12, 8, 5, 5, tzinfo=UTC)
STILL_YESTERDAY_IN_LONDON = datetime(2026, 12, 7, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(("language", "text"), [("ko", "12월 8일 (화)"), ("en", "Tue, Dec 8")])
def test_a_day_is_written_in_the_language_and_in_the_time_zone_of_the_shop(language: str, text: str) -> None:
    assert day(EVENING, language) == text
    assert day(STILL_YESTERDAY_IN_LONDON, language) == text


@pytest.mark.parametrize(("language", "text"), [("ko", "12월 8일 (화) 14:05"), ("en", "Tue, Dec 8, 14:05")])
def test_a_minute_is_a_day_and_a_time(language: str, text: str) -> None:
    assert minute(EVENING, language) == text


def test_midnight_is_the_first_minute_of_the_day() -> None:
    assert minute(datetime(2026, 12, 7, 15, 0, tzinfo=UTC), "en") == "Tue, Dec 8, 00:00"


@pytest.mark.parametrize(
    ("texts", "language", "text"),
    [
        ({"ko": "뚜껑", "en": "Lid"}, "ko", "뚜껑"),
        ({"ko": "뚜껑", "en": "Lid"}, "en", "Lid"),
        ({"ko": "뚜껑", "en": "Lid"}, "fr", "Lid"),
        ({"ko": "", "en": "Lid"}, "ko", "Lid"),
        ({"ko": "뚜껑"}, "en", ""),
        ({}, "ko", ""),
    ],
)
def test_a_missing_translation_falls_back_to_english(texts: dict[str, str], language: str, text: str) -> None:
    assert text_in(texts, language) == text
