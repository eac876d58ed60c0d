"""The control words of RTF (RTF 1.9.1) that mean something for its text; data only."""

from mailintake.parsing.quote_words import phrases

# Groups that say how a text looks, or what stands at the edges of its pages.
NOT_TEXT = frozenset(
    phrases(
        """
        colortbl | stylesheet | info | pict | header | headerl | headerr | headerf | footer | footerl | footerr |
        footerf | nonshppict | xe | tc | tcn | filetbl | revtbl | listtable | listoverridetable | rsidtbl | objdata |
        objclass | objname | objalias | objsect | themedata | colorschememapping | datastore | latentstyles | mmathPr
        | generator | txe | rxe | private | ftnsep | ftnsepc | ftncn | aftnsep | aftnsepc | aftncn | keycode | shpinst
        | falt | panose | mhtmltag | pntxta | pntxtb | pnseclvl | bkmkstart | bkmkend | atrfstart | atrfend | atnid |
        atndate | atnref | atnicn | docvar | xmlnstbl | userprops | wgrffmtfilter | doccomm | creatim | revtim |
        printim | buptim | background | formfield | do
    """
    )
)

SIGNS = {
    "par": "\n",
    "line": "\n",
    "sect": "\n",
    "page": "\n",
    "row": "\n",
    "nestrow": "\n",
    "tab": "\t",
    "cell": "\t",
    "nestcell": "\t",
    "emdash": "\u2014",
    "endash": "\u2013",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "bullet": "\u2022",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "ltrmark": "\u200e",
    "rtlmark": "\u200f",
}

# What \fcharset names, as Windows code pages; 1 is the document's own.
FONT_CHARSETS = {
    0: 1252,
    77: 10000,
    128: 932,
    129: 949,
    130: 1361,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
    254: 437,
    255: 850,
}
SYMBOL = 2
