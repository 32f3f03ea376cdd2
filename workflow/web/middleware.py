"""Gives each request its acting person."""
