"""BAGAN, BAGAN-GP, CAPGAN and GANDA: the facts of the papers."""

import warnings

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from torch import nn

from imblearn_gan import (
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    GANDAOversampler,
)
from imblearn_gan._data import DataSpec
from imblearn_gan._training import TrainingData
from imblearn_gan.callbacks import Callback
from imblearn_gan.latent import GaussianCodes, InterpolatedCodes
from imblearn_gan.losses import gradient_penalty
from imblearn_gan.networks import (
    BAGANFamily,
    BAGANGPFamily,
    CAPGANFamily,
    GANDAFamily,
)
from tests.samplers import assert_oversampled, assert_same, images, labels

FAMILY = [BAGANOversampler, BAGANGPOversampler, CAPGANOversampler, GANDAOversampler]
COUNTS = (300, 80, 20)
SMALL = {"pretrain_iter": 4, "max_iter": 3, "batch_size": 40, "random_state": 0, "latent_dim": 5}


@pytest.fixture(params=FAMILY, ids=lambda cls: cls.__name__)
def method(request):
    return request.param


def training_data(n_values=6, counts=COUNTS):
    y = torch.repeat_interleave(torch.tensor(counts))
    x = torch.tanh(torch.randn(len(y), n_values) + y[:, None])
    return TrainingData(
        x, y, DataSpec((n_values,), tuple(counts)), [max(counts) - n for n in counts]
    )


def game(sampler, data=None):
    """Networks and players of a sampler, and its data."""
    torch.manual_seed(0)
    data = training_data() if data is None else data
    networks = sampler._build_networks(data.spec, data.n_to_make)
    codes = torch.randn(len(data), sampler.latent_dim)
    distribution = sampler._distribution(codes, data)
    return networks, sampler._players(networks, data, distribution), data


def copies(networks):
    return [{k: v.clone() for k, v in net.state_dict().items()} for net in networks]


class Boundaries(Callback):
    """Weights at the end of pre-training and at the start of the game."""

    def on_phase_end(self, state):
        if state.phase == "pretrain":
            self.autoencoder = copies(state.networks)

    def on_phase_begin(self, state):
        if state.phase == "adversarial":
            self.game = copies(state.networks)


def at_the_boundary(method, **params):
    boundaries = Boundaries()
    method(**SMALL, callbacks=[boundaries], **params).fit_resample(
        images(30, 10, 10), labels(20, 10)
    )
    return boundaries


def test_generator_starts_equal_to_the_decoder(method):
    boundaries = at_the_boundary(method)
    decoder, generator = boundaries.autoencoder[1], boundaries.game[1]
    assert decoder.keys() == generator.keys()
    assert all(torch.equal(decoder[name], generator[name]) for name in decoder)


@pytest.mark.parametrize("init", ["encoder", "random"])
def test_discriminator_starts_from_the_encoder_on_request(method, init):
    boundaries = at_the_boundary(method, discriminator_init=init)
    encoder, discriminator = boundaries.autoencoder[0], boundaries.game[0]
    weights = [
        n for n in encoder if n.startswith("trunk") and "weight" in n and encoder[n].dim() > 1
    ]
    assert weights
    assert [torch.equal(encoder[n], discriminator[n]) for n in weights] == [
        init == "encoder"
    ] * len(weights)


@pytest.mark.parametrize("change", [{"discriminator_init": "random"}, {"pretrain_iter": 0}])
def test_hand_over_changes_the_outcome(change):
    X, y = images(30, 10, 10), labels(20, 10)
    outcomes = []
    for params in ({}, change):
        sampler = BAGANOversampler(**SMALL | params)
        sampler.fit_resample(X, y)
        outcomes.append(sampler.networks_["generator"].state_dict())
    assert any(not torch.equal(outcomes[0][n], outcomes[1][n]) for n in outcomes[0])


# Codes ------------------------------------------------------------------------------------------


def test_gaussians_match_the_moments_of_a_large_class():
    generator = np.random.RandomState(0)
    mixing = generator.normal(size=(4, 4))
    codes = generator.normal(size=(5000, 4)) @ mixing + [1, 2, 3, 4]
    few = generator.normal(size=(3, 4))
    distribution = GaussianCodes(torch.from_numpy(np.concatenate([codes, few])).float(), [5000, 3])
    torch.manual_seed(0)
    drawn = distribution(torch.zeros(50_000, dtype=torch.long)).numpy()
    np.testing.assert_allclose(drawn.mean(axis=0), codes.mean(axis=0), atol=0.1)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(codes.T), atol=0.3)


@pytest.mark.parametrize("distribution", [GaussianCodes, InterpolatedCodes])
def test_codes_of_tiny_classes(distribution):
    codes = torch.randn(8, 50)
    drawn = distribution(codes, [5, 1, 2])(torch.tensor([0, 1, 1, 2, 2]))
    assert drawn.shape == (5, 50)
    assert drawn.isfinite().all()


def test_interpolated_codes_lie_between_rows_of_the_class():
    codes = torch.cat([torch.linspace(0, 1, 20)[:, None], torch.linspace(5, 6, 10)[:, None]])
    distribution = InterpolatedCodes(codes, [20, 10])
    torch.manual_seed(0)
    for y, low in ((0, 0.0), (1, 5.0)):
        drawn = distribution(torch.full((500,), y))
        assert drawn.min() >= low
        assert drawn.max() <= low + 1
        assert len(drawn.unique()) > 100


def test_forgotten_classes_leave_the_others_as_they_were():
    codes = torch.arange(12.0)[:, None]
    distribution = InterpolatedCodes(codes, [6, 4, 2])
    distribution.forget([0])
    assert distribution.codes.ravel().tolist() == codes[6:].ravel().tolist()
    for y, low, high in ((1, 6, 9), (2, 10, 11)):
        drawn = distribution(torch.full((200,), y))
        assert drawn.min() >= low
        assert drawn.max() <= high


def test_gaussians_stay_fixed_during_the_game():
    class Watch(Callback):
        seen: list = []

        def on_log(self, state):
            sampler = self.sampler
            if state.phase == "adversarial":
                self.seen.append(sampler.distribution.mean.clone())

    class Watched(BAGANOversampler):
        def _distribution(self, real_codes, data):
            self.distribution = super()._distribution(real_codes, data)
            return self.distribution

    watch = Watch()
    sampler = Watched(**SMALL, codes="gaussian", callbacks=[watch])
    watch.sampler = sampler
    sampler.fit_resample(np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10))
    assert len(watch.seen) == 3
    assert all(torch.equal(watch.seen[0], mean) for mean in watch.seen)
    assert torch.equal(watch.seen[0], sampler.networks_["codes"].mean)


@pytest.mark.parametrize("codes", ["gaussian", "interpolated", "normal"])
def test_a_class_of_one_row(method, codes):
    X, y = np.random.RandomState(0).normal(size=(25, 3)), labels(20, 4, 1)
    sampler = method(**SMALL, codes=codes)
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


# The games --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [BAGANOversampler, GANDAOversampler])
def test_generated_rows_are_one_share_of_the_batch(method):
    _, (discriminator, _), data = game(method(latent_dim=5, batch_size=40))
    rows, codes = discriminator.draw()
    assert len(rows) == 40
    assert (codes == data.spec.n_classes).sum() == 10  # 1 / (C + 1) with C = 3


def test_labels_of_bagans_generator_are_uniform():
    seen = []
    sampler = BAGANOversampler(latent_dim=5, batch_size=3000)
    networks, (_, generator), _ = game(sampler)
    networks["generator"].register_forward_hook(lambda net, inputs, out: seen.append(inputs[1]))
    generator.losses(None)
    shares = torch.bincount(seen[-1], minlength=3) / 3000
    assert ((shares - 1 / 3).abs() < 0.04).all()


@pytest.mark.parametrize(
    ("balanced", "expected"), [(True, [1 / 3, 1 / 3, 1 / 3]), (False, [0.75, 0.2, 0.05])]
)
def test_labels_of_generated_rows_in_bagan_gp(balanced, expected):
    sampler = BAGANGPOversampler(
        latent_dim=5, batch_size=4000, balanced_labels=balanced, balance=None
    )
    networks, (discriminator, generator), _ = game(sampler)
    turn = discriminator.draw()
    assert (turn.wrong != turn.y).all()
    assert set(turn.wrong.tolist()) == {0, 1, 2}
    seen = []
    networks["generator"].register_forward_hook(lambda net, inputs, out: seen.append(inputs[1]))
    generator.losses(None)
    for y in (turn.made_y, seen[-1]):
        shares = torch.bincount(y, minlength=3) / 4000
        assert ((shares - torch.tensor(expected)).abs() < 0.04).all()
    assert ("wrong" in discriminator.losses(turn)) == balanced


def test_number_of_discriminator_steps():
    for n in (1, 4):
        _, players, _ = game(BAGANGPOversampler(latent_dim=5, n_discriminator_steps=n))
        assert [player.n_steps for player in players] == [n, 1]


def test_gradient_penalty_is_the_squared_excess_of_the_slope():
    torch.manual_seed(0)
    critic = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    x = torch.randn(7, 4)
    jacobian = torch.stack([torch.autograd.functional.jacobian(critic, row)[0] for row in x])
    expected = (jacobian.norm(dim=1) - 1).square().mean()
    assert gradient_penalty(critic, x).item() == pytest.approx(expected.item(), rel=1e-5)
    weights = torch.tensor([0.6, 0.0, 0.8, 0.0])
    assert gradient_penalty(lambda rows: rows @ weights, x).item() == pytest.approx(0, abs=1e-10)


def test_gradient_penalty_is_safe_at_a_slope_of_zero():
    scale = torch.zeros(1, requires_grad=True)
    penalty = gradient_penalty(lambda rows: (scale * rows).sum(dim=1), torch.randn(3, 4))
    penalty.backward()
    assert penalty.item() == pytest.approx(1, abs=1e-5)
    assert scale.grad.isfinite().all()


def test_interpolates_of_the_penalty(monkeypatch):
    places = {}
    for penalty in ("model", "noise"):
        module = "imblearn_gan.over_sampling._bagan_gp.gradient_penalty"
        monkeypatch.setattr(
            module, lambda critic, x, p=penalty: places.setdefault(p, x).sum() * 0.0
        )
        _, (discriminator, _), _ = game(
            BAGANGPOversampler(latent_dim=5, batch_size=500, penalty=penalty)
        )
        discriminator.losses(discriminator.draw())
    assert places["model"].abs().max() <= 1  # between rows that are both within [-1, 1]
    assert places["noise"].abs().max() > 1


@pytest.mark.parametrize(
    ("autoencoder", "phases"),
    [
        ("supervised", ["pretrain", "adversarial"]),
        ("unsupervised", ["pretrain", "adversarial"]),
        (None, ["adversarial"]),
    ],
)
def test_versions_of_bagan_gp(autoencoder, phases):
    sampler = BAGANGPOversampler(**SMALL, autoencoder=autoencoder, balanced_labels=False)
    X, y = np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10)
    sampler.fit_resample(X, y)
    assert list(dict.fromkeys(r["phase"] for r in sampler.history_)) == phases


def test_unsupervised_autoencoder_leaves_the_embedding_alone():
    class Embedding(Callback):
        weights: list = []

        def on_log(self, state):
            if state.phase == "pretrain":
                self.weights.append(state.networks[1].embedding.weight.detach().clone())

    moved = {}
    for autoencoder in ("supervised", "unsupervised"):
        watch = Embedding()
        watch.weights = []
        sampler = BAGANGPOversampler(**SMALL, autoencoder=autoencoder, callbacks=[watch])
        sampler.fit_resample(np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10))
        moved[autoencoder] = not torch.equal(watch.weights[0], watch.weights[-1])
    assert moved == {"supervised": True, "unsupervised": False}


# CAPGAN -----------------------------------------------------------------------------------------


class Listening(CAPGANOversampler):
    """Remembers the labels of pre-training batches."""

    def _autoencoder_losses(self, networks, batch):
        self.seen.append(batch.y)
        return super()._autoencoder_losses(networks, batch)


@pytest.mark.parametrize(
    ("pretraining", "n_phases", "shares"),
    [("oversample", 1, [[0.5, 0.5]]), ("two_phase", 2, [[0.5, 0.5], [0.9, 0.1]])],
)
def test_pretraining_batches_of_capgan(pretraining, n_phases, shares):
    sampler = Listening(**SMALL | {"batch_size": 500}, pretraining=pretraining)
    sampler.seen = []
    sampler.fit_resample(np.random.RandomState(0).normal(size=(100, 4)), labels(90, 10))
    assert len(sampler.seen) == 4 * n_phases
    for phase, expected in enumerate(shares):
        codes = torch.cat(sampler.seen[4 * phase : 4 * phase + 4])
        share = torch.bincount(codes, minlength=2) / len(codes)
        assert ((share - torch.tensor(expected)).abs() < 0.05).all()


def test_ensemble_of_capgan_sees_parts_of_the_large_class():
    data = training_data()
    parts = list(data.parts(3))
    assert [part.spec.class_counts for part in parts] == [(100, 80, 20)] * 3
    large = torch.cat([part.x[part.rows_of(0)] for part in parts])
    assert len(large.unique(dim=0)) == 300
    sampler = CAPGANOversampler(**SMALL, pretraining="ensemble", n_subsets=2)
    X, y = np.random.RandomState(0).normal(size=(100, 4)), labels(90, 10)
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


def test_objective_of_capgan_has_the_terms_of_equation_7():
    sampler = CAPGANOversampler(**SMALL)
    sampler.fit_resample(np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10))
    assert set(sampler.history_[0]) == {
        "phase",
        "iteration",
        "autoencoder_reconstruction",
        "autoencoder_kl",
        "autoencoder_cross_entropy",
    }


# GANDA ------------------------------------------------------------------------------------------


def test_noise_of_ganda_has_weight_one_half():
    class Seen(GANDAOversampler):
        def _autoencoder_losses(self, networks, batch):
            hook = networks["encoder"].register_forward_pre_hook(
                lambda net, inputs: self.noise.append(inputs[0] - batch.x)
            )
            losses = super()._autoencoder_losses(networks, batch)
            hook.remove()
            return losses

    sampler = Seen(**SMALL | {"batch_size": 500})
    sampler.noise = []
    sampler.fit_resample(np.random.RandomState(0).normal(size=(30, 6)), labels(20, 10))
    noise = torch.cat(sampler.noise)
    assert noise.std().item() == pytest.approx(0.5, abs=0.02)
    assert noise.mean().item() == pytest.approx(0, abs=0.02)


def test_lipschitz_constants_of_gandas_encoder_are_bounded():
    norms = {}
    for method in (BAGANOversampler, GANDAOversampler):
        params = {**SMALL, "pretrain_iter": 40, "pretrain_learning_rate": 0.05}
        sampler = method(**params)
        sampler.fit_resample(images(30, 10, 10), labels(20, 10))
        convolutions = [
            m for m in sampler.networks_["encoder"].modules() if isinstance(m, nn.Conv2d)
        ]
        norms[method] = max(torch.linalg.matrix_norm(c.weight.flatten(1), 2) for c in convolutions)
    assert norms[GANDAOversampler] < 1.2 < norms[BAGANOversampler]


# The papers' networks ---------------------------------------------------------------------------


def sizes(network, shape):
    """Shapes of what each layer with weights, or upsampling, gives for one row."""
    seen = []
    kinds = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear, nn.Flatten)
    for module in network.modules():
        if isinstance(module, kinds):
            module.register_forward_hook(lambda net, inputs, out: seen.append(tuple(out.shape[1:])))
    with torch.no_grad():
        network.eval()(torch.zeros(1, *shape))
    return seen


def test_ganda_has_the_layers_of_table_1():
    spec = DataSpec((3, 128, 128), (20, 10))
    family = GANDAFamily()
    trunk, n_features = family.trunk(spec)
    assert sizes(trunk, spec.shape) == [
        (32, 64, 64),
        (64, 64, 64),
        (128, 32, 32),
        (256, 16, 16),
        (256, 8, 8),
        (256, 8, 8),
        (256, 4, 4),
        (256, 4, 4),
        (4096,),
    ]
    assert n_features == 4096
    assert sizes(family.discriminator_trunk(spec)[0], spec.shape)[-2:] == [(256, 8, 8), (16384,)]
    assert sizes(family.decoder(spec, 102), (102,)) == [
        (1024,),
        (8192,),
        (128, 16, 16),
        (128, 32, 32),
        (64, 64, 64),
        (32, 128, 128),
        (3, 128, 128),
    ]


def test_ganda_joins_the_label_twice_as_in_table_1():
    spec = DataSpec((3, 128, 128), (20, 10))
    networks = GANDAOversampler(architecture="paper")._build_networks(spec, [0, 10])
    assert networks["encoder"].head.in_features == 4098
    assert networks["encoder"].head.out_features == 100
    assert networks["generator"].decoder[0].in_features == 102
    assert networks["discriminator"].head.in_features == 16384
    assert networks["discriminator"].head.out_features == 3


def test_bagan_has_its_authors_layers():
    spec = DataSpec((3, 64, 64), (20, 10))
    trunk, n_features = BAGANFamily().trunk(spec)
    assert sizes(trunk, spec.shape) == [
        (32, 32, 32),
        (64, 32, 32),
        (128, 16, 16),
        (256, 16, 16),
        (256, 8, 8),
        (256, 8, 8),
        (n_features,),
    ]
    assert sizes(BAGANFamily().decoder(spec, 100), (100,)) == [
        (1024,),
        (8192,),
        (256, 16, 16),
        (256, 32, 32),
        (128, 64, 64),
        (3, 64, 64),
    ]


def test_bagan_gp_and_capgan_have_mirrored_stages():
    spec = DataSpec((3, 64, 64), (20, 10))
    for family in (BAGANGPFamily(), CAPGANFamily()):
        stages = [(64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4)]
        assert sizes(family.trunk(spec)[0], spec.shape) == [*stages, (8192,)]
        assert sizes(family.decoder(spec, 128), (128,)) == [(8192,), *stages[2::-1], (3, 64, 64)]
    layers = list(CAPGANFamily().trunk(spec)[0]) + list(CAPGANFamily().decoder(spec, 128))
    assert sum(isinstance(layer, nn.LayerNorm) for layer in layers) == 8
    assert not any(isinstance(m, nn.BatchNorm2d) for m in BAGANGPFamily().trunk(spec)[0])


def test_paper_networks_name_the_shapes_that_they_are_for(method):
    with pytest.raises(ValueError, match=r"architecture='paper'.*32x32.*Got 28x28"):
        method(**SMALL, architecture="paper").fit_resample(images(12, 28, 28), labels(8, 4))
    with pytest.raises(ValueError, match="architecture='paper' needs images"):
        method(**SMALL, architecture="paper").fit_resample(np.eye(12), labels(8, 4))


@pytest.mark.parametrize("shape", [(32, 32), (32, 32, 3)])
def test_paper_networks_train(method, shape):
    params = {**SMALL, "pretrain_iter": 1, "max_iter": 1, "batch_size": 4}
    X, y = images(12, *shape), labels(8, 4)
    sampler = method(**params, architecture="paper")
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (5, 13), (3, 17, 9), (28, 28, 4), (40, 224)])
def test_images_of_any_shape(method, shape):
    params = {**SMALL, "pretrain_iter": 1, "max_iter": 1, "batch_size": 4}
    X, y = images(12, *shape), labels(8, 4)
    sampler = method(**params)
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


# Codes for plots --------------------------------------------------------------------------------


def test_encode_and_decode(method):
    X, y = images(60, 8, 8), labels(40, 20)
    sampler = method(**SMALL)
    sampler.fit_resample(X, y)
    codes = sampler.encode(X, y)
    assert codes.shape == (60, 5)
    assert codes.dtype == np.float32
    decoded = sampler.decode(codes, y)
    assert decoded.shape == X.shape
    assert decoded.dtype == X.dtype
    assert_same(decoded, sampler.decode(codes, y))


def test_decoding_under_another_label_changes_rows():
    X, y = images(60, 8, 8), labels(40, 20)
    for method in (BAGANGPOversampler, CAPGANOversampler, GANDAOversampler):
        sampler = method(**SMALL)
        sampler.fit_resample(X, y)
        codes = sampler.encode(X, y)
        assert not np.array_equal(sampler.decode(codes, y), sampler.decode(codes, 1 - y))


@pytest.mark.parametrize("method", [BAGANOversampler, BAGANGPOversampler, GANDAOversampler])
def test_autoencoder_learns_to_reconstruct(method):
    X = np.random.RandomState(0).uniform(size=(200, 1)) * np.ones(6)
    X += np.random.RandomState(1).normal(size=X.shape) * 0.01
    y = labels(150, 50)
    params = {**SMALL, "pretrain_iter": 400, "max_iter": 1, "latent_dim": 3}
    sampler = method(**params, reconstruction_weight=0.0)
    sampler.fit_resample(X, y)
    error = np.abs(sampler.decode(sampler.encode(X, y), y) - X).mean()
    assert error < 0.5 * np.abs(X - X.mean(axis=0)).mean()


def test_encode_and_decode_refuse():
    X, y = np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10)
    sampler = BAGANOversampler(**SMALL)
    with pytest.raises(NotFittedError):
        sampler.encode(X, y)
    with pytest.raises(NotFittedError):
        sampler.decode(np.zeros((2, 5)), [0, 1])
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="classes"):
        sampler.encode(X[:2], [0, 7])
    with pytest.raises(ValueError, match="features"):
        sampler.encode(X[:, :3], y)
    with pytest.raises(ValueError, match="latent_dim=5"):
        sampler.decode(np.zeros((2, 4)), [0, 1])
    with pytest.raises(ValueError, match="inconsistent"):
        sampler.decode(np.zeros((2, 5)), [0, 1, 1])


@pytest.mark.slow
def test_anchor_keeps_the_autoencoder(method):
    X, y = images(60, 8, 8), labels(40, 20)
    errors = []
    for weight in (0.0, 100.0):
        sampler = method(
            **SMALL | {"max_iter": 40, "pretrain_iter": 40}, reconstruction_weight=weight
        )
        sampler.fit_resample(X, y)
        decoded = sampler.decode(sampler.encode(X, y), y)
        errors.append(np.square(decoded.astype(float) - X).mean())
    assert errors[1] < errors[0]


def test_only_codes_of_oversampled_classes_are_kept():
    X, y = np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10)
    sampler = BAGANOversampler(**SMALL)
    sampler.fit_resample(X, y)
    assert len(sampler.networks_["codes"].codes) == 10


def test_labels_and_codes_come_in_every_form():
    X, y = np.random.RandomState(0).normal(size=(30, 4)), np.repeat([0, 1, 2], [15, 10, 5])
    sampler = BAGANOversampler(**SMALL)
    sampler.fit_resample(X, np.eye(3, dtype=int)[y])
    codes = sampler.encode(X, np.eye(3, dtype=int)[y])
    np.testing.assert_array_equal(codes, sampler.encode(X, y))
    backwards = sampler.decode(codes[::-1], y[::-1])
    np.testing.assert_array_equal(backwards[::-1], sampler.decode(codes, y))
    codes.setflags(write=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sampler.decode(codes, y)
    sampler = BAGANOversampler(**SMALL)
    sampler.fit_resample(X.tolist(), [["a", "b", "c"][i] for i in y])
    assert type(sampler.decode(codes, np.array(list("abc"))[y])) is list
    with pytest.raises(ValueError, match="classes"):
        sampler.encode(X, y)


def test_diverging_autoencoder_says_what_to_try():
    X, y = np.random.RandomState(0).normal(size=(90, 4)), np.repeat([0, 1, 2], [60, 20, 10])
    params = {"pretrain_iter": 1, "max_iter": 2, "random_state": 0}
    for method in FAMILY:
        with pytest.raises(FloatingPointError, match="learning_rate"):
            method(**params, pretrain_learning_rate=1e30).fit_resample(X, y)


def test_capgan_survives_a_large_learning_rate():
    X, y = np.random.RandomState(0).normal(size=(90, 4)), np.repeat([0, 1, 2], [60, 20, 10])
    sampler = CAPGANOversampler(
        pretrain_iter=200, max_iter=2, pretrain_learning_rate=0.03, random_state=0
    )
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))
