"""Rules about the code and the repository themselves, so that nobody has to remember them."""
