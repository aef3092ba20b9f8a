"""The lab's stack on AWS: what it costs, making it, and proving that it is gone."""
