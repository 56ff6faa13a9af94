"""Where we talk: channels, settings, wiring."""
