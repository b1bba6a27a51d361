"""The domain's types: frozen, checked when built, standard library only."""
