"""What is asked and what is answered, one file per resource. May know the errors, and nothing above."""
