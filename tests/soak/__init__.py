"""The long tests of ``make soak``: many deployments in a row under load, and every kind of bad release."""
