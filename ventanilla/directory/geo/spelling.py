"""How a typed word is compared: folded to plain letters, and by the number of slips between two spellings."""

import unicodedata


def fold(text: str) -> str:
    """Lower case, without accents or punctuation, words one space apart: "Tecún-Umán " gives "tecun uman"."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    plain = (letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join("".join(plain).replace("ʼ", "").split())


def slips(a: str, b: str, *, most: int) -> int:
    """How many letters are missing, extra, wrong or swapped with a neighbour; gives up above `most`."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(last) > most:
            return most + 1
        before_last, last = last, row
    return last[-1]
