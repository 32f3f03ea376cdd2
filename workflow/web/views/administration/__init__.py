"""Quản trị: units, people, delegations, policies and rules."""
