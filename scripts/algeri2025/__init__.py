"""How the constructed cohort of the ``algeri2025`` example is made; run ``scripts/make_algeri2025.py``."""
