"""FLOOR 2: Celery tasks, thin. Each fetches the runtime, calls a step, and turns its outcome into Celery's words.

Tasks are *shared* tasks: nothing here imports the app. Messages carry ids and a run number, nothing else.
"""
