"""Which language a text is in: by its script, else by its commonest small words. None when unsure."""

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
_REACH = 4000
_MIN_LETTERS = 12

_SMALL_WORDS = {
    "en": "the and is to of you for in we it with have this are please not be on my our can when your from hello "
    "thanks regards",
    "de": "der die das und ist nicht wir ich sie mit für ein eine auf bitte dass haben wie es zu den im danke hallo "
    "können grüße",
    "fr": "le la les des est et vous nous pour pas une je que dans avec sur merci bonjour ce qui mon votre "
    "cordialement du au",
    "es": "el la los las es y de que en no por una para con gracias hola puede un se mi como pero está saludos al del",
    "pt": "o a os as é e de que em não por uma para com obrigado olá você um se do da no na está nosso pode bom",
    "it": "il la le gli è e di che in non per una con grazie ciao un sono come ma della del buongiorno questo ho si "
    "nel",
    "nl": "de het een en is niet wij ik u met voor op van dat hebben graag bedankt hallo kunnen zijn naar deze ons "
    "groet aan",
    "pl": "jest nie to się na z w do i że proszę dziękuję jak mam czy dla dzień dobry nasz ale po przy pozdrawiam już",
    "cs": "je není to se na v do že prosím děkuji jak pro dobrý den jsme ale už nebo který mám při pozdravem nám bych",
    "sk": "je nie to sa na v do že prosím ďakujem ako pre dobrý deň sme ale už alebo ktorý mám pri pozdravom nám",
    "sl": "je ni to se na v za da prosim hvala kako pozdravljeni smo ali že ker lahko pri naš kaj bi pa lep pozdrav z",
    "hr": "je nije to se na u za da molim hvala kako smo ali već što koji pri naš bi ne dobar dan lijep pozdrav kad "
    "možete",
    "ro": "este nu și la de în pe cu pentru vă o un mulțumesc bună ziua că ne am să din nostru dar când putem",
    "hu": "a az nem és hogy van egy is kérem köszönöm jó napot de ha meg már vagy volt kell üdvözlettel mi ez",
    "sv": "och är att det inte vi jag en ett på för med har hej tack kan som till från vänliga hälsningar när min",
    "no": "og er at det ikke vi jeg en et på for med har hei takk kan som til fra vennlig hilsen når min vår",
    "da": "og er at det ikke vi jeg en et på for med har hej tak kan som til fra venlig hilsen når min vores af",
    "fi": "ja on ei se että me minä kun kiitos hei tämä mutta ole voi jos olen meidän terveisin kanssa ovat mikä",
    "tr": "ve bir bu için değil ile de da çok teşekkürler merhaba ne var olarak mı mi lütfen ben biz iyi "
    "saygılarımla nasıl",
    "vi": "và là của không có cho tôi chúng được này với xin chào cảm ơn bạn các một những trong khi đã",
    "id": "dan yang di tidak untuk ini dengan saya kami dari ada terima kasih halo pada itu akan bisa mohon salam ke",
    "ru": "и в не на что я с это мы как по но у вас за здравствуйте спасибо пожалуйста добрый день для есть был при",
    "uk": "і в не на що я з це ми як по але у вас за вітаю дякую будь ласка добрий день для є був при та",
    "bg": "и в не на че аз с това ние как по но у вас за здравейте благодаря моля добър ден е беше при да се",
}
_TABLE: dict[str, list[str]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _small in set(_words.split()):
        _TABLE.setdefault(_small, []).append(_language)

# Letters that only some languages have, worth as much as a small word where they stand.
_LETTERS = {
    "uk": "іїєґ",
    "ru": "ыэё",
    "bg": "ъ",
    "pl": "ąęłńśźż",
    "cs": "ěřů",
    "sk": "ľĺŕô",
    "hu": "őű",
    "ro": "ăâîșțşţ",
    "tr": "ğış",
    "de": "ßäü",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "da": "æ",
    "fr": "êèçœ",
    "fi": "ä",
    "sv": "åä",
    "no": "æå",
    "hr": "ćđ",
    "vi": "ơưđạảấầẩậắằẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
}


def detect(text: str) -> str | None:
    """A two-letter code, or None for text too short or too mixed to tell. Looks at the first 4,000 characters."""
    sample = text[:_REACH].lower()
    by_script = _script(sample)
    if by_script:
        return by_script
    found = _WORD.findall(sample)
    if sum(map(len, found)) < _MIN_LETTERS:
        return None
    scores: dict[str, float] = {}
    for word in found:
        languages = _TABLE.get(word)
        if languages:
            for language in languages:
                scores[language] = scores.get(language, 0.0) + 1.0 / len(languages)
    if not scores:
        return None
    letters = Counter(char for char in sample if char > "\x7f")
    if letters:
        for language in scores:
            scores[language] += 0.5 * sum(letters[char] for char in _LETTERS.get(language, ""))
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    best, score = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return best if score >= 1.0 and score > second * 1.1 else None


def _script(sample: str) -> str | None:
    if sample.isascii():
        return None
    seen = Counter(map(_script_of, _FOREIGN.findall(sample)))
    han, kana = seen["han"], seen["ja"]
    # one ideograph says as much as several letters
    weights = {"ja": 3 * (kana + (han if kana else 0)), "ko": 3 * seen["ko"], "zh": 0 if kana else 3 * han}
    weights |= {name: seen[name] for name in ("el", "he", "ar", "th")}
    best = max(weights, key=lambda language: weights[language])
    if weights[best] < _MIN_LETTERS // 2:
        return None
    others = sum(len(word) for word in _WORD.findall(sample)) - sum(seen.values())
    return best if weights[best] > others else None


_FOREIGN = re.compile("[\u0370-\u03ff\u0590-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_RANGES = (
    ("el", "\u03ff"),
    ("he", "\u05ff"),
    ("ar", "\u06ff"),
    ("th", "\u0e7f"),
    ("ja", "\u30ff"),
    ("han", "\u9fff"),
    ("ko", "\ud7a3"),
)


def _script_of(char: str) -> str:
    return next(name for name, last in _RANGES if char <= last)
