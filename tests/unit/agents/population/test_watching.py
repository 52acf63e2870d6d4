"""What a person sees of a population while it goes on."""

from rich.console import Console

from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.population.members import member_config
from jimbot_stream.agents.population.membership import Membership
from jimbot_stream.agents.population.watching import watching
from jimbot_stream.agents.rollouts.training import Progress
from jimbot_stream.contracts import PopulationExploited, UpdateApplied
from tests.support.populations import CONFIG, SEED, SIZE

FIRST, SECOND, _ = Membership.all(SIZE, SEED)


def test_updates_games_failures_and_exchanges_are_shown() -> None:
    console = Console(width=160, record=True, force_terminal=True)
    applied = UpdateApplied(update=2, steps=32, metrics={"ante": 1.5})
    change = PopulationExploited(
        run_id=SECOND.run,
        update=2,
        from_run=FIRST.run,
        config_json=member_config(CONFIG, SECOND).to_json(),
        scores={FIRST.run: 2.0, SECOND.run: 1.25},
    )
    with watching(64, console) as watch:
        watch.told(32)
        watch.done(FIRST.run, Progress(applied, 0.5))
        watch.failed(SECOND.run, DivergedError("the loss"))
        watch.playing(FIRST.run, 12)(12)
        watch.playing(SECOND.run, 12)(5)
        watch.exchanged(change)
    shown = console.export_text()
    assert "population5.0 at 2: 64 steps/s" in shown
    assert "ante 1.50" in shown
    assert "32/64" in shown
    assert "population5.1: the loss is not finite" in shown
    assert "population5.1 plays to be compared" in shown
    assert "5/12" in shown
    told = "after update 2, population5.1 (1.25 blinds beaten) goes on with the weights of"
    assert f"{told} population5.0 (2.00), clip 0." in shown
