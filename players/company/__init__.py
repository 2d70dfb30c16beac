"""Friends, blocks and mutes: services write, selectors read. `players/silenced.py` knows who may not write at all."""
