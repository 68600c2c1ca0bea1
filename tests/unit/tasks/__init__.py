"""Floor 2: Celery tasks."""
