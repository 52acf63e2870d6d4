"""A thousand games at once: random legal actions through the vector environment."""

import gymnasium
import numpy as np

import jimbot_stream.balatro.envs  # noqa: F401 - registers JimBot/Balatro-v1

GAMES, STEPS = 256, 200

env = gymnasium.make_vec("JimBot/Balatro-v1", num_envs=GAMES, deck="b_red", stake=1)
choices = np.random.Generator(np.random.Philox(7))
seen, _ = env.reset(seed=7)
beaten = 0.0
for _ in range(STEPS):
    odds = choices.random(seen["action_mask"].shape) * seen["action_mask"]
    seen, rewards, *_ = env.step(odds.argmax(axis=1))
    beaten += float(rewards.sum())
print(f"{GAMES * STEPS} steps in {GAMES} games, {beaten:.1f} blinds' worth of score")
