"""The sentiment of English text, by VADER's lexicon and rules.

C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of
Social Media Text", ICWSM 2014.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

# A text can be Mixed only if its parts are rated apart.
_CLAUSE_END = re.compile(
    r"[.!?;\n]+|,?\s+\b(?:but|however|although|though|yet|while|except)\b", re.IGNORECASE
)
# What VADER divides by: compound = s / sqrt(s * s + 15), where s sums the ratings of the words.
_VADER_NORMALISATION = 15
# A lexicon that knows none of the words is no proof that a text is neutral.
_UNSEEN_RATING = 0.008


@dataclass(frozen=True)
class Sentiment:
    """The probabilities of Comprehend's four sentiments; they add up to 1."""

    positive: float
    negative: float
    neutral: float
    mixed: float

    @property
    def label(self) -> str:
        """The likeliest sentiment as Comprehend spells it, such as `POSITIVE`."""
        scores = vars(self)
        return max(scores, key=scores.__getitem__).upper()


class SentimentModel:
    """Rates texts; reads VADER's lexicon on first use."""

    def detect(self, text: str) -> Sentiment:
        """Return the sentiment of `text`.

        VADER rates each clause. From the ratings follow the probabilities that the text says
        something positive and that it says something negative; taken as independent, these two
        give all four sentiments: Mixed is both, Neutral is neither.
        """
        ratings = [self._rating(clause) for clause in _CLAUSE_END.split(text)]
        positive = _probability(sum(rating for rating in ratings if rating > 0))
        negative = _probability(-sum(rating for rating in ratings if rating < 0))
        return Sentiment(
            positive=positive * (1 - negative),
            negative=negative * (1 - positive),
            neutral=(1 - positive) * (1 - negative),
            mixed=positive * negative,
        )

    def _rating(self, clause: str) -> float:
        """Return the sum of the words' ratings, which VADER reports only normalised."""
        compound: float = self._analyzer.polarity_scores(clause)["compound"]
        # VADER rounds to four places, so a long rant may come back as exactly 1.
        bounded = math.copysign(min(abs(compound), 0.9999), compound)
        return bounded * math.sqrt(_VADER_NORMALISATION / (1 - bounded * bounded))

    @cached_property
    def _analyzer(self) -> SentimentIntensityAnalyzer:
        return SentimentIntensityAnalyzer()


def _probability(rating: float) -> float:
    return 1 - math.exp(-rating - _UNSEEN_RATING)
