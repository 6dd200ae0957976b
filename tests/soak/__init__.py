"""The long tests, which make soak runs: many updates in a row under load, and every kind of bad release."""
