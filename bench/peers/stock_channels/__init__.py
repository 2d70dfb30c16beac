"""Stock Channels: the consumer, routing and settings that its documentation advises, and nothing of ours."""
