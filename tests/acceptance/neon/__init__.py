"""The whole site on the emulated Neon."""
