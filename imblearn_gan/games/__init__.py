"""Games that several methods play."""

from imblearn_gan.games.autoencoder import AutoencoderGame
from imblearn_gan.games.embedding import EmbeddingGame
from imblearn_gan.games.gamo import GAMOGame
from imblearn_gan.games.noise import ConditionalGame, NoiseGame
from imblearn_gan.games.reconstruction import Reconstruction

__all__ = [
    "AutoencoderGame",
    "ConditionalGame",
    "EmbeddingGame",
    "GAMOGame",
    "NoiseGame",
    "Reconstruction",
]
