"""Company: friends, blocks, mutes. Services write, selectors read; `players/silenced.py` knows who may not write at all.
"""
