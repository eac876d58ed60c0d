"""Subjects that responders write, in many languages.

A phrase counts only as the whole subject or in front of a colon, as programs write it: people put the same words into
sentences.
"""

import re

_TAG = re.compile(r"\[[^\[\]]{1,40}\]\s{0,3}|\*{1,5}[A-Za-z ]{1,20}\*{1,5}\s{0,3}")
_MARKED = re.compile(r"[\[(*<【（{]{1,3}([^\[\](){}*<>【】（）]{3,40})[\])*>】）}]")


def _phrases(table: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in table.split("|")))


_AUTO_REPLIES = _phrases(
    """
    automatic reply | automatic response | auto reply | auto-reply | autoreply | auto response | auto-response |
    autoresponse | automated reply | automated response | auto | out of office | out of the office |
    out of office reply | out of office autoreply | out of office auto-reply | out-of-office | ooo | vacation reply |
    away from my mail | away from the office | i am out of the office | on vacation | autoreply from |
    automatische antwort | automatische antwortnachricht | abwesenheitsnotiz | abwesenheit | abwesend |
    abwesenheitsnachricht | abwesenheitsagent | automatische rückantwort | nicht im büro | außer haus |
    réponse automatique | absence du bureau | absent du bureau | message d'absence | absence |
    notification d'absence | respuesta automática | respuesta automatica | fuera de la oficina | fuera de oficina |
    autorrespuesta | ausente | resposta automática | resposta automatica | fora do escritório | ausência temporária |
    ausência do escritório | risposta automatica | fuori sede | fuori ufficio | assente | assenza dall'ufficio |
    messaggio automatico | automatisch antwoord | automatisch bericht | afwezigheidsbericht | afwezig |
    niet op kantoor | buiten kantoor | automatyczna odpowiedź | odpowiedź automatyczna | autoodpowiedź | poza biurem |
    nieobecność w biurze | nieobecność | nieobecny | afwezigheid | ausencia | assenza | távollét | absență |
    відсутність | отсъствие | izindeyim | automatická odpověď | automaticka odpoved | mimo kancelář |
    nejsem v kanceláři | nepřítomnost | automatická odpoveď | mimo kancelárie | neprítomnosť | samodejni odgovor |
    avtomatski odgovor | samodejno sporočilo | odsotnost | odsoten | odsotna | automatski odgovor | izvan ureda |
    odsutnost | odsutan | răspuns automat | raspuns automat | absent din birou | în afara biroului |
    plecat din birou | automatikus válasz | automatikus valasz | házon kívül | irodán kívül | szabadságon | autosvar |
    automatiskt svar | frånvaro | frånvaromeddelande | ej på kontoret | inte på kontoret | automatisk svar |
    fraværsmelding | fravær | ikke på kontoret | fraværende | fraværsbesked | automatisk besvarelse | ikke til stede |
    automaattinen vastaus | poissaoloviesti | poissa toimistosta | poissa | poissaoloilmoitus | автоматический ответ |
    автоответ | автоматическое уведомление | вне офиса | нет на месте | в отпуске | отсутствие на рабочем месте |
    уведомление об отсутствии | автоматична відповідь | автовідповідь | поза офісом | відсутній на робочому місці |
    у відпустці | автоматичен отговор | извън офиса | отсъствие | otomatik yanıt | otomatik cevap | ofis dışında |
    ofis dışındayım | işyeri dışında | trả lời tự động | thư trả lời tự động | tự động trả lời | phản hồi tự động |
    vắng mặt | không có mặt tại văn phòng | balasan otomatis | jawaban otomatis | respons otomatis | di luar kantor |
    tidak di kantor | 自动回复 | 自動回覆 | 自动答复 | 自動回應 | 不在办公室 | 外出 | 自動応答 | 自動返信メール |
    自動返信 | 不在通知 | 不在 | 자동 회신 | 자동회신 | 자동 응답 | 자동응답 | 부재중 | 부재 중 | 부재 중 알림 |
    αυτόματη απάντηση | מענה אוטומטי | رد تلقائي
    """
)
_CHALLENGES = _phrases(
    """
    please confirm your message | please confirm your email | your email requires verification verify# |
    please verify your message | challenge | verification required for message | re: please confirm (conf#
    """
)
# How a subject goes on behind the phrase: `Out of office - Ann`, `Auto-reply from Ann`, `Abwesend bis 5. Januar`.
_CONNECTORS = (
    *(
        "- ",
        "– ",
        "— ",
        "|",
        "(",
        "until ",
        "till ",
        "from ",
        "re: ",
        "bis ",
        "vom ",
        "ab dem ",
        "jusqu",
        "du ",
        "hasta ",
    ),
    *("até ", "fino al", "dal ", "tot ", "t/m ", "do dnia ", "od dnia ", "до ", "back on", "returning"),
)
# Notes and others put the name in front: `Ann Example is out of the office`.
_NOTES = _phrases(
    """
    is out of the office | is out of office | is currently out of | is on vacation | will be out of the office |
    i will be out of | i am out of office | ist außer haus | ist nicht im büro | ist abwesend | ist im urlaub |
    est absent | est absente | está fuera de la oficina | è fuori ufficio | is afwezig | jest poza biurem |
    är inte på kontoret | er ikke på kontoret | нет в офисе | в отпуске до
    """
)
_ABSENCE = _phrases(
    """
    i am out of the office | i'm out of the office | i am out of office | i am currently out of |
    i'm currently out of | i will be out of | i'll be out of | i am away | i'm away | i am on vacation |
    i'm on vacation | i am on leave | i am on annual leave | i am currently on | i will return | i will be back |
    limited access to email | limited access to e-mail | no access to email | no access to my |
    thank you for your email. i | thank you for your message. i | this is an automated | this is an automatic |
    automatically generated | ich bin nicht im büro | ich bin derzeit nicht | ich bin zurzeit nicht | ich bin bis |
    ich bin vom | ich bin im urlaub | ich bin ab | nicht erreichbar | e-mail wird nicht weitergeleitet |
    wieder erreichbar | automatisch generiert | je suis absent | je suis actuellement | je suis en congé |
    je serai absent | je serai de retour | estoy fuera | estaré fuera | estoy de vacaciones | me encuentro fuera |
    no estaré | estou ausente | estarei ausente | estou de férias | encontro-me ausente | sono fuori | sarò fuori |
    sono assente | sarò assente | sono in ferie | ik ben afwezig | ik ben niet | ik ben momenteel | ik ben tot |
    jestem na urlopie | jestem nieobecn | jestem poza | będę nieobecn | przebywam na | jsem mimo | nejsem v |
    jsem na dovolené | som mimo | nie som | som na dovolenke | sem odsot | nisem v | sem na dopustu |
    izvan ureda sam | nisam u | na godišnjem | nu sunt în | sunt în concediu | sunt plecat | nem vagyok |
    szabadságon vagyok | jag är inte | jag är på semester | jag är ledig | jeg er ikke | jeg er på ferie |
    jeg er fraværende | jeg har ferie | olen poissa | olen lomalla | en ole | меня нет | я в отпуске |
    нахожусь в отпуске | я буду отсутствовать | отсутствую | мене немає | я у відпустці | няма да бъда |
    в отпуск съм | ofis dışındayım | izindeyim | tatildeyim | tôi không có mặt | tôi đang nghỉ | tôi sẽ vắng |
    saya sedang cuti | saya tidak berada | sedang tidak di | 我不在 | 我正在休假 | 我目前不在 | 休假 | 不在にして |
    休暇 | 외출 중 | 부재 중입니다 | 휴가
    """
)
_BY_FIRST: dict[str, list[str]] = {}
for _phrase in _AUTO_REPLIES:
    _BY_FIRST.setdefault(_phrase[0], []).append(_phrase)


def is_auto_reply(subject: str) -> bool:
    """Whether a responder wrote this subject."""
    text = _plain(subject)
    marked = _MARKED.match(" ".join(subject[:100].lower().split()))
    if marked:
        inside = marked[1].strip()
        phrases = _BY_FIRST.get(inside[:1], ())
        if any(inside.startswith(phrase) for phrase in phrases if len(phrase) > 4 or not phrase.isascii()):
            return True
    return any(_stands_alone(text, phrase) for phrase in _BY_FIRST.get(text[:1], ()))


def may_be_auto_reply(subject: str) -> bool:
    """Whether the subject begins as a responder's does and goes on, or says that somebody is out of the office.

    People write such subjects too, so it takes a second sign: `tells_absence`, or that the mail answers another.
    """
    text = _plain(subject)
    for phrase in _BY_FIRST.get(text[:1], ()):
        if text.startswith(phrase):
            rest = text[len(phrase) :].lstrip()
            if len(phrase) > 6 and (rest.startswith(_CONNECTORS) or text.endswith(phrase)):
                return True
    return any(phrase in text for phrase in _NOTES)


def tells_absence(text: str) -> bool:
    """Whether somebody says in the first person that nobody is there to read."""
    lowered = " ".join(text.lower().replace("\u2019", "'").split())
    return any(phrase in lowered for phrase in _ABSENCE)


def is_challenge(subject: str) -> bool:
    """Whether a challenge-response filter wrote this subject."""
    text = _plain(subject)
    return any(
        text.startswith(phrase) and (phrase.endswith("#") or _stands_alone(text, phrase)) for phrase in _CHALLENGES
    )


def _plain(subject: str) -> str:
    text = " ".join(subject[:300].lower().split())
    for _ in range(3):
        match = _TAG.match(text)
        if match is None:
            break
        text = text[match.end() :]
    return text


def _stands_alone(text: str, phrase: str) -> bool:
    if not text.startswith(phrase):
        return False
    rest = text[len(phrase) :]
    return rest.strip(" .!") == "" or rest.lstrip().startswith((":", "：", "-->"))
