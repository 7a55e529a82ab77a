"""Random numbers: the right distribution, keyed by what they are for, strictly between 0 and 1."""

import math
from statistics import fmean, stdev

import pytest

from factory_sim import draws

N = 20_000
SEEDS = [draws.seed_of(20261122, f"piece {number}") for number in range(N)]


def log_normal_moments(variation: float) -> tuple[float, float]:
    """Skewness and kurtosis of the log-normal distribution with this coefficient of variation (closed form)."""
    w = 1 + variation**2
    return (w + 2) * variation, w**4 + 2 * w**3 + 3 * w**2 - 3


@pytest.mark.parametrize(("mean", "variation"), [(26.0, 0.2), (150.0, 0.05), (8.0, 1.0)])
def test_durations_have_the_mean_and_the_variation_that_were_asked_for(mean: float, variation: float) -> None:
    drawn = [draws.duration(seed, "form", 0, mean=mean, variation=variation) for seed in SEEDS]

    # Standard errors: sd / √n for the mean; for the coefficient of variation by the delta method from the third
    # and fourth moment.
    skewness, kurtosis = log_normal_moments(variation)
    of_mean = mean * variation / math.sqrt(N)
    of_variation = variation * math.sqrt(((kurtosis - 1) / 4 + variation**2 - skewness * variation) / N)
    assert abs(fmean(drawn) - mean) < 4 * of_mean
    assert abs(stdev(drawn) / fmean(drawn) - variation) < 4 * of_variation
    assert min(drawn) > 0


def test_control_the_mean_of_the_underlying_normal_would_not_do() -> None:
    # Without the -σ²/2 the mean is too large by the factor √(1 + cv²) = √2: hundreds of standard errors.
    mu, sigma = draws.log_normal_parameters(8.0, 1.0)

    assert math.exp(mu + sigma**2 / 2) == pytest.approx(8.0)
    assert math.exp(math.log(8.0) + sigma**2 / 2) == pytest.approx(8.0 * math.sqrt(2))


def test_the_logarithms_of_durations_are_normal() -> None:
    mu, sigma = draws.log_normal_parameters(26.0, 0.2)
    drawn = sorted(draws.duration(seed, "form", 0, mean=26.0, variation=0.2) for seed in SEEDS)

    expected = [draws.STANDARD_NORMAL.cdf((math.log(minutes) - mu) / sigma) for minutes in drawn]

    # Kolmogorov-Smirnov: a distance above 1.95 / √n has a probability of 0.001.
    assert max(abs(p - (rank + 0.5) / N) for rank, p in enumerate(expected)) < 1.95 / math.sqrt(N)


def test_uniform_numbers_are_uniform() -> None:
    drawn = sorted(draws.uniform(seed, "inspect", 1, "fault") for seed in SEEDS)

    assert max(abs(u - (rank + 0.5) / N) for rank, u in enumerate(drawn)) < 1.95 / math.sqrt(N)


@pytest.mark.parametrize("digest", [0, 1, 2**63, 2**64 - 1025, 2**64 - 1])
def test_a_uniform_number_lies_strictly_between_0_and_1(monkeypatch: pytest.MonkeyPatch, digest: int) -> None:
    monkeypatch.setattr(draws, "_digest", lambda text: digest)

    assert 0 < draws.uniform(1, "form", 0, "duration") < 1
    assert 0 < draws.duration(1, "form", 0, mean=26.0, variation=0.2) < math.inf


def test_control_dividing_all_64_bits_would_round_up_to_1() -> None:
    assert ((2**64 - 1) + 0.5) / 2**64 == 1.0


def test_an_operation_without_variation_takes_its_minutes() -> None:
    assert draws.duration(1, "form", 0, mean=26.0, variation=0) == 26.0


def test_a_draw_depends_on_piece_operation_visit_and_purpose_and_on_nothing_else() -> None:
    mine = draws.uniform(1, "form", 0, "duration")

    assert draws.uniform(1, "form", 0, "duration") == mine
    others = {
        draws.uniform(2, "form", 0, "duration"),
        draws.uniform(1, "fire", 0, "duration"),
        draws.uniform(1, "form", 1, "duration"),
        draws.uniform(1, "form", 0, "fault"),
    }
    assert len(others | {mine}) == 5


def test_a_longer_mean_is_the_same_luck_on_another_scale() -> None:
    short, long = (draws.duration(7, "fire", 0, mean=mean, variation=0.05) for mean in (150.0, 300.0))

    assert long == pytest.approx(2 * short, abs=1e-5)


def test_a_duration_has_six_decimals_so_that_it_survives_every_store() -> None:
    drawn = [draws.duration(seed, "form", 0, mean=26.0, variation=0.2) for seed in SEEDS[:100]]

    assert drawn == [round(minutes, 6) for minutes in drawn]


def test_a_seed_fits_a_signed_column_and_differs_by_piece_and_plant() -> None:
    assert len(set(SEEDS)) == N
    assert all(0 <= seed < 2**63 for seed in SEEDS)
    assert draws.seed_of(1, "piece 1") != draws.seed_of(2, "piece 1")
