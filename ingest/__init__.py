"""How knowledge gets in: sources → documents → facts and passages → published."""
