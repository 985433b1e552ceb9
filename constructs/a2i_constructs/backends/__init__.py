"""Where the human loops of a stack live: in Amazon A2I, or in the account itself."""
