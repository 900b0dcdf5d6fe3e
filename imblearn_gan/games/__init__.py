"""Games that several methods play."""

from imblearn_gan.games.autoencoder import AutoencoderGame
from imblearn_gan.games.embedding import EmbeddingGame
from imblearn_gan.games.gamo import GAMOGame
from imblearn_gan.games.noise import ConditionalGame, NoiseGame

__all__ = ["AutoencoderGame", "ConditionalGame", "EmbeddingGame", "GAMOGame", "NoiseGame"]
