"""What is known: domain types, the words of each language, the graph, the passages, the records.

Imports nothing else of this project.
"""
