"""Where applications look for their integrations. Holds no code of its own."""
