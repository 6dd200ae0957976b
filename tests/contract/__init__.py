"""The rules of the contract, one by one, on both services."""
