"""The contract, case by case, on both services."""
