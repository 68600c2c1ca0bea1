"""FLOOR 4: composition. The only place that builds things: the Celery app, a worker's runtime, the embedded services.

`celery -A workers worker`, `celery -A workers beat` and `celery -A workers flower` find the app in `workers.celery`.
"""
