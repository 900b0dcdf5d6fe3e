"""ACGAN: both heads, with the weight of naming the class in both players' losses."""

import pytest
import torch

from imblearn_gan import ACGANOversampler
from imblearn_gan.games.noise import Turn
from tests.players import CLOSE, DECEIVED, GENERATED, REAL, SMALL, Game, Seen, array, cross_entropy

Y = torch.tensor([0, 1, 2, 1, 2, 0])


@pytest.mark.parametrize("loss", ["cross_entropy", "least_squares", "hinge"])
@pytest.mark.parametrize("weight", [0.0, 1.0, 3.0])
def test_value_of_the_losses(loss, weight):
    settings = {"loss": loss, "class_loss_weight": weight, "augmentation": None}
    game = Game(ACGANOversampler(latent_dim=2, **settings, **SMALL))
    discriminator = game.networks["discriminator"]
    x, made = torch.randn(6, 4), torch.randn(6, 4)
    found = game.losses("discriminator", Turn(x, Y, made))
    (real, named), (false, named_too) = map(discriminator.both, (x, made))
    expected = {
        "real": REAL[loss](array(real)).mean(),
        "generated": GENERATED[loss](array(false)).mean(),
        "classes": weight * (cross_entropy(array(named), Y) + cross_entropy(array(named_too), Y)),
    }
    assert found == pytest.approx(expected, **CLOSE)
    seen = Seen(game.networks["generator"])
    found = game.losses("generator")
    source, classes = discriminator.both(seen.outputs[0])
    expected = {
        "generated": DECEIVED[loss](array(source)).mean(),
        "classes": weight * cross_entropy(array(classes), seen.inputs[0][1]),
    }
    assert found == pytest.approx(expected, **CLOSE)


def test_weight_is_the_papers_on_images_and_less_on_tables():
    assert ACGANOversampler._auto["class_loss_weight"] == (1, 0.2)
