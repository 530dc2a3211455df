"""The page of a mail: the text's own words, our own links, and nothing else that does anything."""

from broker.mail.html import as_html

HOST = "broker.example.dk"


def test_paragraphs_and_lines_stay_as_they_are_and_full_lines_are_joined() -> None:
    full = "ord " * 24 + "sidst"  # 101 characters with the next word
    page = as_html("Emne", f"Første\nAnden\n\n{full.strip()}\nnæste", "da", HOST)
    assert "<p>Første<br>Anden</p>" in page
    assert "sidst næste</p>" in page
    assert '<html lang="da">' in page


def test_our_own_addresses_are_links_and_no_others() -> None:
    body = (
        f"Se https://{HOST}/sundhed/portal/mine/mail.\nhttps://evil.example/x\n"
        f"https://{HOST}.evil.example/ https://{HOST}@evil.example/"
    )
    page = as_html("x", body, "en", HOST)
    assert page.count("<a ") == 1
    address = f"https://{HOST}/sundhed/portal/mine/mail"
    assert f'<a href="{address}">{address}</a>.' in page


def test_what_somebody_is_called_is_no_markup() -> None:
    page = as_html("<b>", '<script>alert("x")</script> & <img src=x>', "both", HOST)
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert "&amp;" in page


def test_what_stands_between_languages_and_news_is_a_rule() -> None:
    page = as_html("x", "Dansk\n\n" + "-" * 64 + "\n\n* * *\n\nEnglish", "both", HOST)
    assert page.count("<hr") == 2
    assert "* * *" not in page
