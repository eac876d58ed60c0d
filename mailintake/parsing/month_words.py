"""Names of months by how they begin, in the languages of mail programs; data only. All in lower case.

Where two languages mean different months by the same letters the more spoken one has them, and the longest beginning
counts: Polish `lip` is July, Croatian `lipnj` June.
"""

_TABLE = (
    "jan ene gen led sty sij янв січ яну oca ιαν ינו tammi ocak sau jaan",
    "feb fév fev lut úno uno velj фев лют şub φεβ פבר helmi vas veeb",
    "mar mär maa mrz bře ožu мар бер márc μαρ μάρ מרץ maalis mac kov märts",
    "apr avr abr kwi dub tra апр кві nis απρ אפר huhti ápr bal aprill",
    "may mai maj mei kvě svi май мая тра mayıs máj μαΐ μαι μάι מאי touko geg",
    "jun juin giu cze červn čvn lipnj июн чер haz jún ιουν יונ kesä bir юни",
    "jul juil lug lip čvc červenc srpnj июл лип tem júl ιουλ יול heinä lie юли",
    "aug août aou ago sie srp kol авг сер ağu αυγ אוג elo agt rgp",
    "sep set wrz zář zar ruj сен вер eyl szept σεπ ספט syys rgs септ",
    "oct okt out ott paź říj rij жов окт eki οκτ אוק loka spa",
    "nov lis stu ноя лис ное kas νοέ νοε נוב marras lap ноем",
    "dec dic déc dez des gru pro дек гру ara δεκ דצמ joulu gruo dets",
)
MONTHS_ABROAD = {beginning: number for number, names in enumerate(_TABLE, 1) for beginning in names.split()}
