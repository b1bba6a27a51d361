"""Takes the names of findings and conditions out of what the dialogue engine reads.

For what a sentence means in the conversation ("I have …", "what is …?") the name does not matter.
Without it the engine has less to learn, and sees less of a person's health.
"""

from knowledge_graph.concept_finder import ConceptFinder

# One stand-in for both kinds: diabetes is a condition to ask about and a history to tell of.
_NAME = "zname"


def mask(text: str, finder: ConceptFinder) -> str:
    """The text with a stand-in for each finding and condition that is found in it."""
    parts: list[str] = []
    end = 0
    for mention in finder.find(text, None, as_people_type=True):
        if mention.start >= end:
            parts += [text[end : mention.start], f" {_NAME} "]
            end = mention.end
    return "".join((*parts, text[end:])).strip()


def fill(sentence: str) -> str:
    """An example's {finding} and {condition} as `mask` writes them."""
    filled = sentence.replace("{finding}", f" {_NAME} ").replace("{condition}", f" {_NAME} ")
    return " ".join(filled.split()) if filled != sentence else sentence
