"""Splitting: nothing is lost, nothing is too long, sentences stay whole."""

from ingest.split import LONGEST_WORDS, PASSAGE_WORDS, passage_id, split, words_in


def pieces(text: str) -> list[str]:
    return [text[piece.start : piece.end] for piece in split(text)]


def test_a_short_text_is_one_piece_without_blanks_around_it() -> None:
    assert pieces("  One sentence. Another one.\n") == ["One sentence. Another one."]


def test_a_blank_text_has_no_piece() -> None:
    assert pieces(" \n\t ") == []


def test_sentences_stay_whole() -> None:
    sentence = "This sentence has exactly seven words here. "
    for piece in pieces(sentence * 100):
        assert piece.startswith("This") and piece.endswith("here.")
        assert words_in(piece) <= LONGEST_WORDS


def test_every_word_is_kept_in_order() -> None:
    text = " ".join(f"word{n}{'.' if n % 17 == 0 else ''}" for n in range(1000))
    assert " ".join(pieces(text)).split() == text.split()


def test_a_sentence_without_end_is_cut_between_words() -> None:
    text = " ".join(f"word{n}" for n in range(PASSAGE_WORDS * 2 + 50))
    found = pieces(text)
    assert [words_in(piece) for piece in found] == [200, 200, 50]
    assert " ".join(found) == text


def test_a_small_rest_joins_the_piece_before() -> None:
    sentence = "Ten words are in this one sentence, no more here. "
    found = pieces(sentence * 22)
    assert [words_in(piece) for piece in found] == [220]


def test_chinese_is_cut_at_its_own_full_stops() -> None:
    text = "痛风是一种由尿酸过高引起的关节疾病。" * 60
    found = pieces(text)
    assert "".join(found) == text
    assert len(found) > 1
    assert all(piece.endswith("。") and words_in(piece) <= LONGEST_WORDS for piece in found)


def test_a_decimal_point_ends_no_sentence() -> None:
    assert split("A dose of 2.5 mg is usual")[0].end == 25


def test_ids_depend_on_document_section_and_text_alone() -> None:
    one = passage_id("text:a", "Care", "Rest.")
    assert one == passage_id("text:a", "Care", "Rest.")
    assert len(one) == 32
    others = {
        passage_id("text:b", "Care", "Rest."),
        passage_id("text:a", "Advice", "Rest."),
        passage_id("text:a", "Care", "Sleep."),
    }
    assert one not in others and len(others) == 3
