"""Programs written to fool the suite; `benchmarks/red_team.py` judges them."""
