"""Human loops as A2I knows them: one aggregate, its rules, and what the runtime API says of it.

The local A2I and the account backend run on it. Nothing here knows where loops are stored, and
nothing waits, reads a clock or makes a call.
"""
