"""Vietnamese text in one form: NFC for what is stored and compared, folded for what is searched.

The 2022 plan is not in NFC, so a word typed by a reader and the same word of the plan differ byte for byte.
"""

import unicodedata

# đ has no decomposition in Unicode, unlike every other Vietnamese letter with a mark.
_NOT_DECOMPOSED = str.maketrans({"đ": "d", "Đ": "d"})
_INVISIBLE = frozenset({"Mn", "Cf"})


def nfc(text: str) -> str:
    """Return `text` in Unicode normalisation form C, the one form in which it is stored, compared and hashed."""
    return unicodedata.normalize("NFC", text)


def is_nfc(text: str) -> bool:
    """Say whether `text` is already in Unicode normalisation form C; False is a defect of a source to report."""
    return unicodedata.is_normalized("NFC", text)


def fold(text: str) -> str:
    """Return the search key of `text`: lower case, no accents, đ as d, each run of white space as one space.

    The key is in NFC whatever form `text` is in, and folding a key gives the same key. Zero-width characters that a
    copy from a PDF brings along are dropped. Fold both the stored text and the query before comparing.
    """
    lowered = nfc(text).lower().translate(_NOT_DECOMPOSED)
    if not lowered.isascii():
        marked = unicodedata.normalize("NFD", lowered)
        lowered = nfc("".join(letter for letter in marked if unicodedata.category(letter) not in _INVISIBLE))
    return " ".join(lowered.split())
