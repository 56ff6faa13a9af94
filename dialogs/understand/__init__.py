"""From a message to what it says: intents and mentions of facts."""
