"""Which charset undeclared bytes are in."""

import pytest

from mailintake.parsing.charset_guess import guess


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1252", "¿Cuándo estará? ¡Gracias! Año nuevo"),
        ("cp1252", "Perché la stampante è rotta, così non può più"),
        ("cp1252", "Où êtes-vous ? Ça coûte 20 €, c’est sûr"),
        ("cp1252", "Não há três opções disponíveis"),
        ("cp1252", "Või õpetaja küsimus, töö ei õnnestu, väga hästi"),
        ("cp1252", "Grüße aus Köln, die Tür schließt nicht"),
        ("cp1250", "Że też się zepsuła. Żółć, gęś"),
        ("cp1250", "Tiskárna přestala fungovat, přijďte co nejdříve, domů"),
        ("cp1250", "A nyomtató nem működik, a jövő héten jó idő lesz"),
    ],
)
def test_letters_speak_for_the_page_of_their_language(codec: str, text: str) -> None:
    assert guess(text.encode(codec)) == codec


def test_short_bytes_follow_the_rest_of_their_mail() -> None:
    subject = "注文番号１２３４の商品が届きません".encode("cp932")
    body = "お世話になっております。まだ届きません。".encode("cp932")
    assert guess(subject, subject + b"\n" + body) == "cp932"


def test_a_charset_that_does_not_fit_is_not_taken_from_the_rest() -> None:
    body = "お世話になっております。まだ届きません。".encode("cp932")
    assert guess(b"caf\xe9", body) == "cp1252"
