"""The odds that a piece is left at one's turn, each with what it assumes.

`surely` assumes nothing but that nobody takes more than one piece: it is the chance when everybody before takes one.

`likely` learns from those who had their turn. Everybody takes a piece with the same unknown chance, of which nothing is
known at first (uniform between 0 and 1). After `taken` of `admitted` people took one, that chance follows
Beta(1 + taken, 1 + admitted - taken), and the number among the next `ahead` who take one is beta-binomial:

    P(x) = C(ahead, x) B(x + a, ahead - x + b) / B(a, b),  a = 1 + taken, b = 1 + admitted - taken

A piece is left when fewer take one than there are. With nobody admitted yet that is min(1, left / (ahead + 1)).
Source: A. Gelman et al., Bayesian Data Analysis, 3rd edition, section 2.4 and appendix A.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, fsum, lgamma, log


@dataclass(frozen=True)
class Odds:
    """Two chances between 0 and 1 that a piece is left: if everybody before takes one, and as people do take them."""

    surely: float
    likely: float


def odds_before_the_draw(*, entries: int, pieces: int) -> Odds:
    """The odds of one of `entries` people, each as likely at each place; the mean of the odds at all places.

    Raises ValueError without an entry.
    """
    if entries < 1:
        raise ValueError("odds are somebody's, and nobody has entered")
    places = range(1, entries + 1)
    return Odds(
        surely=min(1.0, pieces / entries),
        likely=fsum(min(1.0, pieces / place) for place in places) / entries,
    )


def odds_at_place(*, ahead: int, left: int, admitted: int = 0, taken: int = 0) -> Odds:
    """The odds with `ahead` people before one's turn and `left` pieces now; `taken` of `admitted` took one so far.

    Where some took several, every one of the admitted counts as having taken one at most.
    """
    if min(ahead, left, admitted, taken) < 0:
        raise ValueError("people and pieces are not counted below 0")
    if left == 0:
        return Odds(0.0, 0.0)
    if left > ahead:
        return Odds(1.0, 1.0)
    took = min(taken, admitted)
    return Odds(0.0, _fewer_than(left, ahead, 1 + took, 1 + admitted - took))


def _fewer_than(left: int, ahead: int, a: int, b: int) -> float:
    """The beta-binomial chance of fewer than `left` among `ahead`: ratios of neighbouring terms, in logarithms."""
    term = _log_beta(a, ahead + b) - _log_beta(a, b)
    terms = [term]
    for x in range(left - 1):
        term += log((ahead - x) * (a + x)) - log((x + 1) * (b + ahead - x - 1))
        terms.append(term)
    return min(1.0, fsum(map(exp, terms)))


def _log_beta(a: int, b: int) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
