"""How hard English is to read, and words that we never use."""

import re

BANNED = re.compile(
    r"\b(offenders?|comply|complied|compliance|pursuant|failure to|please|sorry to|invalid|valid|utilise|"
    r"prosecution|oops|forbidden|illegal|commence|terminate|prior to|in order to|regarding|via)\b",
    re.IGNORECASE,
)


def grade(sentences: list[str]) -> float:
    """The school year that text is for, by Flesch and Kincaid's formula."""
    if not sentences:
        return 0
    words = [word for sentence in sentences for word in words_of(sentence)]
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def words_of(sentence: str) -> list[str]:
    return re.findall(r"[A-Za-z]+(?:['\u2019][a-z]+)?", sentence)


def _syllables(word: str) -> int:
    """By its groups of vowels; an e at the end, or before a d or an s, is mostly silent."""
    bare = re.sub(r"(?<=[^aeiouy])(?:e|es|ed)$", "", word.lower()) if len(word) > 3 else word.lower()
    bare = re.sub(r"(?<=[td])$", "e", bare) if re.search(r"[td]ed$", word.lower()) else bare
    return max(1, len(re.findall(r"[aeiouy]+", bare)))
