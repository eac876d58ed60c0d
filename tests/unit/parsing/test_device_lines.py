"""Lines that telephones add."""

import pytest

from mailintake.parsing.device_lines import is_device_line


@pytest.mark.parametrize(
    "line",
    [
        "Get Outlook for iOS",
        "Sækja Outlook fyrir Android<https://aka.ms/AAb9ysg>",
        "ดาวน์โหลด Outlook สำหรับ iOS <https://aka.ms/o0ukef>",
        "Wysłane z Samsung Galaxy",
        "Надіслано з пристрою Galaxy smartphone",
        "Yahoo Mail'den gönderildi",
        "Στάλθηκε από Gmail Mobile",
    ],
)
def test_it_is_known_in_any_language(line: str) -> None:
    assert is_device_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Samsung Galaxy S21",
        "Please send me a Samsung Galaxy",
        "Ich habe das Samsung Galaxy gesendet",
        "My Outlook for iOS shows https://aka.ms/o0ukef and then stops",
        "Outlook says: see https://aka.ms/o0ukef",
        "Does Yahoo Mail work?",
    ],
)
def test_words_about_a_telephone_are_words(line: str) -> None:
    assert not is_device_line(line)
