"""Turns finished human loops into results that applications can use."""
