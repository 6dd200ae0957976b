"""Text as the contract compares it: how it is normalised, folded, matched and decoded."""
