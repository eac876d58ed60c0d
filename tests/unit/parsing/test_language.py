"""Which language a text is in."""

import pytest

from mailintake.parsing.language import detect

TEXTS = {
    "en": "Hello, our server is down since this morning, please help us with this.",
    "de": "Hallo, unser Server ist seit heute Morgen nicht erreichbar, bitte helfen Sie uns.",
    "fr": "Bonjour, notre serveur ne fonctionne plus depuis ce matin, merci de nous aider.",
    "es": "Hola, nuestro servidor no funciona desde esta mañana, por favor ayuda con el problema.",
    "pt": "Olá, o nosso servidor não funciona desde esta manhã, por favor ajude com o problema.",
    "it": "Buongiorno, il nostro server non funziona da questa mattina, grazie per il vostro aiuto.",
    "nl": "Hallo, onze server werkt sinds vanochtend niet meer, kunt u ons helpen met dit probleem?",
    "pl": "Dzień dobry, nasz serwer nie działa od rana, proszę o pomoc.",
    "cs": "Dobrý den, náš server od rána nefunguje, prosím o pomoc, děkuji.",
    "sk": "Dobrý deň, náš server od rána nefunguje, prosím o pomoc, ďakujem.",
    "sl": "Pozdravljeni, naš strežnik od jutra ne dela, prosim za pomoč, hvala.",
    "hr": "Dobar dan, naš poslužitelj ne radi od jutra, molim vas za pomoć, hvala.",
    "ro": "Bună ziua, serverul nostru nu funcționează de azi dimineață, vă rog să ne ajutați.",
    "hu": "Jó napot, a szerverünk reggel óta nem működik, kérem a segítségüket, köszönöm.",
    "sv": "Hej, vår server fungerar inte sedan i morse, kan ni hjälpa oss? Tack för hjälpen.",
    "no": "Hei, serveren vår virker ikke siden i morges, kan dere hjelpe oss? Takk og vennlig hilsen.",
    "da": "Hej, vores server virker ikke siden i morges, kan I hjælpe os? Tak og venlig hilsen.",
    "fi": "Hei, palvelimemme ei ole toiminut aamusta lähtien, voitteko auttaa? Kiitos, terveisin Ann",
    "ru": "Здравствуйте, наш сервер не работает с утра, помогите, пожалуйста. Это было вчера.",
    "uk": "Добрий день, наш сервер не працює з ранку, допоможіть, будь ласка. Дякую, це важливо.",
    "bg": "Здравейте, нашият сървър не работи от сутринта, моля за помощ, благодаря.",
    "tr": "Merhaba, sunucumuz bu sabahtan beri çalışmıyor, lütfen yardım edin, teşekkürler.",
    "vi": "Xin chào, máy chủ của chúng tôi không hoạt động từ sáng nay, xin giúp đỡ, cảm ơn.",
    "id": "Halo, server kami tidak berfungsi sejak pagi ini, mohon bantuan untuk masalah ini, terima kasih.",
    "zh": "您好，我们的服务器从今天早上开始不能工作，请帮忙。",
    "ja": "こんにちは。今朝からサーバーが動きません。助けてください。",
    "ko": "안녕하세요. 오늘 아침부터 서버가 작동하지 않습니다. 도와주세요.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_short_mail_is_recognised(language: str) -> None:
    assert detect(TEXTS[language]) == language


@pytest.mark.parametrize("text", ["", "ok", "12345 67890", "https://x.example/a", "Xyzzy plugh frobnicate", "!!! ???"])
def test_what_tells_nothing_is_none(text: str) -> None:
    assert detect(text) is None
