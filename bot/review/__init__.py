"""Roof: disputed quotes and a server's figures."""
