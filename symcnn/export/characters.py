r"""Text of any letters in LaTeX that always compiles: ASCII alone, each sign escaped or mapped.

A letter that plain LaTeX has no sign for is shown as its code, such as U+4E2D.
"""

from __future__ import annotations

import re
import unicodedata

from symcnn.export import signs

_SPECIAL = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''", "`": r"\`{}", **{c: f"\\{c}" for c in "&%$#_{}"},
}  # fmt: skip
_WORDS = {
    "\u00a0": "~", "\u2009": r"\,", "\u202f": r"\,", "\u2003": r"\quad{}", "\u2002": r"\enspace{}",
    "\u200b": "", "\u00ad": r"\-", "\ufeff": "", "\u2010": "-", "\u2011": "-", "–": "--", "—": "---",
    "―": "---",
    "‘": "`", "’": "'", "‚": ",", "“": "``", "”": "''", "„": ",,", "«": "$\\ll$", "»": "$\\gg$",
    "…": r"\dots{}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}",
    "å": r"\aa{}", "Å": r"\AA{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "§": r"\S{}", "¶": r"\P{}",
    "©": r"\copyright{}", "£": r"\pounds{}", "†": r"\dag{}", "‡": r"\ddag{}", "¡": "!`", "¿": "?`",
    "°": r"$^{\circ}$",
    "²": "$^{2}$", "³": "$^{3}$", "¹": "$^{1}$", "½": r"$\frac{1}{2}$", "¼": r"$\frac{1}{4}$",
    "¾": r"$\frac{3}{4}$",
    "√": r"$\surd$", "™": r"$^{\mathrm{TM}}$", "®": r"$^{\mathrm{R}}$", "∞": r"$\infty$", "−": "$-$",
    "·": r"$\cdot$",
    "•": r"$\bullet$", "✓": r"$\checkmark$", "✔": r"$\checkmark$", "✗": r"$\times$", "✘": r"$\times$",
    "■": r"$\blacksquare$",
    "□": r"$\square$", "∎": r"$\blacksquare$", "←": r"$\leftarrow$", "→": r"$\rightarrow$",
    "⇒": r"$\Rightarrow$", "′": "$'$",
    "\x7f": "",
}  # fmt: skip
_ACCENTS = {
    "\u0300": r"\`", "\u0301": r"\'", "\u0302": r"\^", "\u0303": r"\~", "\u0304": r"\=", "\u0306": r"\u",
    "\u0307": r"\.",
    "\u0308": r"\"", "\u030a": r"\r", "\u030b": r"\H", "\u030c": r"\v", "\u0327": r"\c", "\u0323": r"\d",
    "\u0331": r"\b",
}  # fmt: skip
# The letters of Greek that are Latin letters in LaTeX.
_LATIN = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))
# In fonts of equal widths these signs have a place of their own.
_IN_CODE = {
    **{c: rf"\char{ord(c)}{{}}" for c in "\\{}_^~\""}, "'": r"\char13{}", "`": r"\char18{}",
    **{c: c for c in "<>|"}, **{c: f"\\{c}" for c in "%&$#"},
}  # fmt: skip


_OPENING_QUOTE = re.compile(r'(?<![^\s(\[{“–—])"')


def words(text: str) -> str:
    r"""Text in LaTeX.

    >>> print(words("50% of C_in ≤ 3 – é, α, 中"))
    50\% of C\_in $\le$ 3 -- \'{e}, $\alpha$, \unknown{4E2D}
    """
    text = unicodedata.normalize("NFC", text)
    # A quote behind a blank or a bracket opens.
    return "".join(map(_letter, _OPENING_QUOTE.sub("“", text)))


def code(text: str) -> str:
    r"""Code in LaTeX, for a font of equal widths: it can be broken after every few letters.

    >>> print(code("a_1 + {b}"))
    a\char95{}1 + \char123{}b\char125{}
    """
    text = unicodedata.normalize("NFC", text).expandtabs(4)
    out = ""
    since = 0
    for k, letter in enumerate(text):
        since += 1
        if letter == " ":
            # One blank is a place to break; more of them stand as they are.
            alone = k and " " not in (text[k - 1], text[k + 1 : k + 2])
            out += " " if alone else r"\ "
            since = 0
            continue
        out += _IN_CODE.get(letter) or _letter(letter)
        if (since >= 8 and not letter.isalnum()) or since >= 16:
            out += r"\allowbreak{}"
            since = 0
    return out


def words_in_math(text: str, style: str = "") -> str:
    """Words inside of a formula."""
    shown = words(text)
    command = {"italic": "textit", "bold": "textbf", "monospace": "texttt"}.get(style, "text")
    return rf"\{command}{{{shown}}}"


def _letter(letter: str) -> str:
    """One letter of text."""
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter in _WORDS:
        return _WORDS[letter]
    if letter in "\t\n\r ":
        return " " if letter != "\n" else "\n"
    if letter.isascii():
        return letter if letter.isprintable() else ""
    return _mapped(letter)


def _mapped(letter: str) -> str:
    """A letter outside ASCII: as a sign of mathematics, as a letter with accents, or as its code."""
    pasted = signs.PASTED.get(letter, "")
    if pasted in signs.SIGNS:
        return f"$\\{pasted}$"
    if pasted.startswith("mathbb"):
        return rf"$\mathbb{{{pasted[-1]}}}$"
    if letter in _LATIN:
        return _LATIN[letter]
    first, *accents = unicodedata.normalize("NFD", letter)
    if accents and first.isascii() and all(a in _ACCENTS for a in accents):
        out = {"i": r"\i", "j": r"\j"}.get(first, first) if accents[0] not in "\u0327\u0323\u0331" else first
        for accent in accents:
            out = rf"{_ACCENTS[accent]}{{{out}}}"
        return out
    simple = unicodedata.normalize("NFKC", letter)
    if simple.isascii() and simple != letter:
        form = unicodedata.decomposition(letter).partition(">")[0]
        shown = "".join(map(_letter, simple))
        if form in ("<super", "<sub"):
            return f"${'^' if form == '<super' else '_'}{{{shown}}}$"
        return shown
    if unicodedata.category(letter) in ("Mn", "Cf", "Cc"):
        return ""
    return rf"\unknown{{{ord(letter):04X}}}"


_ADDRESS = re.compile(r"(?:https?|mailto):[!-~]+", re.IGNORECASE)


def address(url: str) -> str:
    r"""The target of a link in LaTeX; nothing for what is no address of the web or of mail.

    >>> print(address("https://example.org/a_b?c=50%25"))
    https://example.org/a\_b?c=50\%25
    """
    if not _ADDRESS.fullmatch(url):
        return ""
    quoted = re.sub(r"[\\{}^`<>\"|~\[\]]", lambda found: f"%{ord(found[0]):02X}", url)
    return re.sub(r"[%#&_$]", r"\\\g<0>", quoted)
