"""The pages: load by a query, call one action, show."""
