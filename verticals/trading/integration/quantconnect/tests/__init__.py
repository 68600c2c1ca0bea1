"""What an application relies on. `pytest -m integration` asks the real QuantConnect, if credentials are set."""
