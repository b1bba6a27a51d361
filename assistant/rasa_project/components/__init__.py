"""Parts that the Rasa server loads: they run on Rasa's own Python, and import nothing of ours."""
