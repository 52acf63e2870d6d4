"""Balatro as environments: Gymnasium's ``Env`` and ``VectorEnv``, PettingZoo's ``AECEnv``.

Importing this package registers ``JimBot/Balatro-v1``.
"""

from jimbot_stream.balatro.envs.register import VERSION, register

__all__ = ["VERSION", "register"]

register()
