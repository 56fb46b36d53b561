"""Discord: the only floor that imports its library. It translates between people there and the services.

`client.py` is the bot, `running.py` keeps it connected, `cogs/` holds its commands, `render.py` how an answer looks,
`language.py` the words of the interface. It decides nothing, and must not know how a command line looks.
"""
