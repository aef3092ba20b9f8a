"""The process of the AWS API: the one door of all services, and which operations each answers."""
