"""Cuts text of any mixture of Chinese and alphabetic languages into tokens."""

import re
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

# One ideograph, or a run of other letters and digits with the apostrophes inside it.
_TOKEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]|[^\W\u3400-\u4dbf\u4e00-\u9fff]+(?:['’][^\W]+)*")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MixedTokenizer(Tokenizer):
    """One token for each ideograph, words otherwise; punctuation only when there is nothing else."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Settings that Rasa's own tokenizers expect."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MixedTokenizer":
        """Called by Rasa when it builds the pipeline."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        """The tokens of one message, with where they start."""
        text = message.get(attribute)
        tokens = [Token(match.group(), match.start()) for match in _TOKEN.finditer(text)]
        return self._apply_token_pattern(tokens or [Token(text, 0)])
