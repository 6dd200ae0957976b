"""The canary: its readiness gate, its rollout step by step, and the analysis that compares it with the baseline."""
