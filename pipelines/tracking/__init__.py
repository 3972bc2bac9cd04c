"""MLflow: runs, the leaderboard, the registered model and how it is served."""
