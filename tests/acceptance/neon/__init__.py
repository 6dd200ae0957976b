"""The complete site on the emulated Neon."""
