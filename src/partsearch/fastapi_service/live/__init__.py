"""Live search: a WebSocket that receives the answer of a search again whenever it changes."""
