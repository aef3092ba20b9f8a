"""The process of the AWS API: one endpoint for all services, and which operations each answers."""
