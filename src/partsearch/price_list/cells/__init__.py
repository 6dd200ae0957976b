"""What is written in the cells of price lists: currencies, styles of numbers, stock, and words with a fixed meaning."""
