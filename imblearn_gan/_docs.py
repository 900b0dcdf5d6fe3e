"""The text of parameters and attributes that several estimators share.

A docstring has the places ``{data}``, ``{gamo}``, ``{game}``, ``{result}`` and ``{run}``, which
:func:`documented` fills with the parameters of that group that the class has, beside those that
the docstring documents itself, with the defaults that the class gives them.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from typing import Any, TypeVar

T = TypeVar("T", bound=type)

_AUGMENTATIONS = """Of ``'mirror'``, ``'translation'``, ``'color'`` and ``'cutout'`` for images and
        ``'noise'`` for all; a dict gives their arguments, too:
        ``{"mirror": {}, "translation": {"ratio": 0.07}}`` shifts by up to two of 28 pixels."""

#: Type and text of each parameter, by group; ``<default>`` stands for the class's default.
PARAMETERS: dict[str, dict[str, str]] = {
    "data": {
        "sampling_strategy": """float, str, dict or callable, default=<default>
        Which classes get rows, and how many, as in imbalanced-learn.

        - A string names classes that get as many rows as the largest has: ``'auto'`` and
          ``'not majority'`` all others, ``'minority'`` the smallest, ``'not minority'`` all but
          the smallest, ``'all'`` all.
        - A number, with two classes, is the ratio afterwards of rows of the rare class to rows
          of the frequent one.
        - A dict has the number of rows afterwards of some classes, by label.
        - A function takes ``y`` and returns such a dict.""",
        "image_shape": """tuple of int or None, default=<default>
        For images given as flattened rows: ``(H, W)``, ``(C, H, W)`` or ``(H, W, C)``, and for
        such series, ``(time, features)``, see ``channels``. None takes two-dimensional data as
        tables. Arrays of three or four dimensions are images anyway.""",
        "channels": """{'auto', 'first', 'last'}, default=<default>
        Which axis of an image is the channels. ``'auto'`` takes the first or last axis,
        whichever has 1, 3 or 4 entries, and refuses to guess when both or neither have; any
        number will do where the axis is named. An array ``(n, H, W)`` looks the same whether it
        holds gray images or series: ``'auto'`` takes it for gray images, ``'last'`` for series
        of shape ``(n, time, features)``, ``'first'`` for ``(n, features, time)``. Features are
        channels then, of images of size time x 1. Channels share a scale, as colours do; one
        in another unit, that would fill less than a tenth of it, has its own, unless the values
        are uint8.""",
        "categorical_features": """'auto', array-like or None, default=<default>
        Columns whose values are categories: indices, names, or a boolean mask. Integers are
        always positions, also where a data frame's names are integers. ``'auto'`` takes strings
        and pandas categories; None refuses them. The rows that a sampler gives hold only
        categories that were seen.""",
        "encoding": """{'auto', 'plain'} or dict, default=<default>
        How the columns of a table become what networks learn. Images have one way.

        - ``'auto'`` looks at the values of each column. Two numbers, or up to ten that are there
          ten times on average, get an output each (``'steps'``). Numbers that a fifth of some
          class shares, such as zeros, get one beside that of all others. Neighbouring columns of
          0 and 1 of which exactly one is 1 in every row stay so. Other numbers are scaled by
          their ranks (``'quantile'``) if the middle nine tenths take less than a fifth of their
          range, else by the range (``'minmax'``): ranks for all cost points on the KEEL tables.
        - ``'plain'`` scales all numbers by their range.
        - A dict gives the way of some columns, by position or by name (integers are positions):
          ``'minmax'``, ``'quantile'``, ``'steps'`` or ``'category'``, as steps, but the rarest of
          more than 64 values share an output and are drawn by their frequencies in the class.
          ``'auto'`` finds that of the others.

        With each of them missing values have an output of their own, and reals that are all whole
        numbers, as integers with gaps are, are whole in the rows that a sampler gives.""",
    },
    "gamo": {
        "architecture": """{<names>} or object, default=<default>
        The family of networks: dense, convolutional, or ``'auto'`` for convolutional on images
        and dense on tables. The convolutions are the authors' for 28x28, with further stages for
        larger images: ``'paper'`` is ``'conv'``. An object with the methods
        ``encoder(spec, n_out)`` and ``decoder(spec, n_in)`` brings its own, see
        :class:`~imblearn_gan.networks.Family`.""",
        "variant": """{'GAMO', 'GAMO-D', 'cG+D', 'cG'}, default=<default>
        The paper's method and its ablations. ``'GAMO-D'`` is GAMO\\D: no discriminator, nothing
        holds generated rows inside the class but convexity. ``'cG'`` and ``'cG+D'`` have an
        ordinary conditional generator, free to leave its class, in place of the convex one.""",
        "loss": """{'least_squares', 'cross_entropy'}, default=<default>
        Least squares, eq. (4)-(6), which the paper finds better, or cross entropy, eq. (2)-(3),
        which did better on Fashion-MNIST.""",
        "combine": """{'rows', 'features'}, default=<default>
        What the generator combines where there is a feature extractor: the rows themselves, so
        that F learns from generated rows, too, or, as in the paper, their features, which F
        gives anew once an epoch while it learns from real rows alone, and which GAMO2pix turns
        back into images. On digits the rows train the better classifier, see the benchmarks.""",
        "n_support": """int or None, default=<default>
        How many real rows of the class each generated row combines, drawn with replacement for
        each row, so that of two one in so many as the class has rows is the same twice, and
        the result that row; a bound on the logits of their weights keeps the game from moving
        far from uniform draws. None combines all of them, without a bound, as the paper does.""",
        "misleading": """{'own_class', 'minorities', 'complement'}, default=<default>
        What the generator does to mislead the classifier. ``'own_class'``: drive the output of
        the row's own class to zero, L_i7 of eq. (6). ``'minorities'``: also the outputs of all
        other minority classes to one, L_i8; of two classes there is none. ``'complement'``: the
        outputs of all other classes, the majority included, as Algorithm 1 and its authors'
        code have it.""",
        "balance": """{'weights', 'batches'} or None, default=<default>
        What makes up for the imbalance in the classifier's loss. ``'weights'``: real rows are
        drawn as they come and generated ones of the minority classes in the same proportion,
        both weighed by one over the size of their class. ``'batches'``: every class is equally
        likely among the real rows, every minority class among the generated ones. None follows
        the paper: real rows as they come, generated ones in proportion to what a class lacks,
        n_max - n_i. With ``'weights'`` the few rows of a rare class are seen less often, and
        learnt by heart later.""",
        "adversarial_weight": """float or None, default=<default>
        Weight of misleading the classifier in the generator's loss; misleading the
        discriminator has weight 1. 1 is the paper's eq. (6); None is its Algorithm 1, where the
        generator takes a step against each of them in turn.""",
        "generated_weight": """float or None, default=<default>
        Weight of generated rows in the classifier's loss; real rows have weight 1. Unless
        ``balance`` is None, the real rows of every class have the same weight in total, and
        the generated ones of every minority class this many times that. 1 is the paper's eq.
        (4); None is its Algorithm 1: classifier and discriminator take a step on real rows and
        one on generated rows, and where features are combined, F first takes the steps of an
        epoch, with M fixed, and then the others do.""",
        "label_smoothing": """float, default=<default>
        The discriminator aims at ``1 - label_smoothing`` for real and ``label_smoothing`` for
        generated rows. 0 is the paper's; its authors' code smooths.""",
        "ema_decay": """float, default=<default>
        Decay of the moving average of all networks' weights, batch-norm statistics included,
        which replaces them in the end, while the learning rates fall to zero along half a
        cosine. 0 is the paper's: constant rates and the last weights.""",
    },
    "game": {
        "architecture": """{<names>} or object, default=<default>
        The family of networks: dense, convolutional, or ``'auto'`` for convolutional on images
        and dense on tables.<paper> An object with the methods ``encoder(spec, n_out)`` and
        ``decoder(spec, n_in)`` brings its own, see :class:`~imblearn_gan.networks.Family`.""",
        "latent_dim": """int, default=<default>
        Size of the latent code that the generator starts from.""",
        "pretrain_iter": """int or 'auto', default=<default>
        Updates of the autoencoder before the game; 0 starts the game from random weights.
        <auto>""",
        "pretrain_learning_rate": """float or 'auto', default=<default>
        Step size of Adam for the autoencoder. <auto>""",
        "noise_weight": """float, default=<default>
        Weight of the normal noise that is added to the autoencoder's input, in [-1, 1]; 0 adds
        none. GANDA's paper has 0.5.""",
        "max_iter": """int or 'auto', default=<default>
        Updates of the generator. <auto> Where an autoencoder comes first, 0 leaves the game out,
        and its decoder makes the rows.""",
        "batch_size": """int or 'auto', default=<default>
        Rows in a batch, at least 2. Batches are drawn with replacement, so it may exceed the
        number of rows. <auto> Of images of more than 128 x 128 pixels it is as many as have as many
        pixels together as 64 of these, at least 8: 20 of 224 x 224, since networks and their
        gradients would fill gigabytes otherwise; and where the numbers of updates are
        ``'auto'``, too, there are as many more, so that as many images are seen.""",
        "learning_rate": """float or 'auto', default=<default>
        Step size of Adam for the players of the game. <auto>""",
        "beta_2": """float, default=<default>
        Decay of Adam's second moment, for the autoencoder and for the game. The paper has
        0.9999, with hundreds of times more updates.""",
        "codes": """{'gaussian', 'interpolated', 'normal'}, default=<default>
        Where the codes of generated rows come from. ``'gaussian'``: one Gaussian a class, fitted
        to the codes of its real rows. ``'interpolated'``: between the codes of a real row and of
        one of its five nearest neighbours in the class, so that no code is far from real ones.
        ``'normal'``: a standard normal, the same for all classes.""",
        "discriminator_init": """{'encoder', 'random'}, default=<default>
        Whether the discriminator's first layers start from the encoder.""",
        "reconstruction_weight": """float, default=<default>
        Weight, in the generator's loss, of the squared error of real rows decoded from their
        codes: the game sharpens what the autoencoder has learnt and cannot lose it. 0 is the
        paper's way.""",
        "conditioning": """{'projection', 'concatenation'}, default=<default>
        How the discriminator sees the label: by the product of its features with a learnt
        embedding (Miyato and Koyama 2018), or joined, one-hot, to the row (as channels of
        images). The generator's noise is joined with the one-hot label.""",
        "loss": """{'cross_entropy', 'least_squares', 'hinge'}, default=<default>
        See :func:`~imblearn_gan.losses.discriminator_loss`.""",
        "n_discriminator_steps": """int, default=<default>
        Updates of the discriminator to one of the generator.""",
        "balance": """{'batches'} or None, default=<default>
        ``'batches'``: every class is equally likely among the real rows of a batch. None draws
        rows as they come.""",
        "ema_decay": """float, default=<default>
        Decay of the moving average of the generator's weights, batch-norm statistics included,
        which replaces them in the end. 0 keeps the last weights.""",
        "spectral_norm": """bool, default=<default>
        Whether every layer of the discriminator has spectral norm (Miyato et al. 2018), which
        bounds its slope.""",
        "augmentation": """'auto', list of str, dict or None, default=<default>
        How real and generated rows are changed, at random, before the discriminator sees them:
        with few real rows it learns them by heart otherwise (Zhao et al. 2020).
        """
        + _AUGMENTATIONS
        + """
        ``'auto'`` is noise for tables, more for categories than for numbers, and nothing for
        images. See :mod:`imblearn_gan.augmentation`.""",
    },
    "result": {
        "reject": """bool, default=<default>
        Whether generated rows that look like another class are drawn again, up to nine times,
        after which the most plausible draw is taken, with a warning. What a row looks like is
        said by a classifier that is trained on the real rows, with balanced batches, inside
        the call.""",
        "replay": """float, default=<default>
        Fraction of the added rows that are real rows of the class, repeated: 0 adds generated
        rows only, as the papers do, and 1 is random oversampling, without any training:
        columns may then hold anything. Generated rows that outnumber the real ones of a class
        drown them. See ``replay_augmentation``.""",
        "replay_augmentation": """'auto', list of str, dict or None, default=<default>
        How repeated rows are changed, at random, so that a classifier cannot learn them by heart.
        Name only what leaves a row in its class: a mirrored shoe is a shoe, a mirrored digit is
        none.
        """
        + _AUGMENTATIONS
        + """
        ``'auto'`` is noise for tables and nothing for images; None repeats rows as they are. See
        :mod:`imblearn_gan.augmentation`. It computes in float32; values keep to the range that
        was seen, integers are rounded, categories stay, zeros of sparse rows do not (noise).
        Without ``replay`` it does nothing.""",
    },
    "run": {
        "random_state": """int, RandomState instance or None, default=<default>
        With an integer every call on a CPU gives the same result, with the same number of threads
        (``torch.set_num_threads``): products of matrices and means of large arrays are added in
        another order by another number. None draws a seed from NumPy's global generator, as
        scikit-learn does.""",
        "device": """str or torch.device, default=<default>
        ``'cpu'``, ``'cuda'``, ``'cuda:1'``, ``'mps'``, or ``'auto'`` for the fastest there is.
        Fitted networks rest on the CPU: they pickle and load on any machine. Where the hardware
        has it, images are trained on in bfloat16, see :func:`imblearn_gan.training.precision`.""",
        "callbacks": """list of Callback or None, default=<default>
        See :mod:`imblearn_gan.callbacks`, for example
        :class:`~imblearn_gan.callbacks.EarlyStopping`.""",
        "verbose": """int, default=<default>
        1 shows a progress bar with phase, losses and time left.""",
    },
}

#: Attributes that an estimator has after ``fit`` or ``fit_resample``.
_FITTED = """classes_ : ndarray of shape (n_classes,)
        The labels, sorted.

    networks_ : torch.nn.ModuleDict
        <networks>

    batch_size_, learning_rate_, max_iter_ : int, float, int
        What was used: where a parameter is ``'auto'``, what it stood for.

    history_ : list of dict
        One record a logging interval: ``'phase'``, ``'iteration'`` and mean losses.

    n_iter_ : int
        <n_iter>

    codec_ : DataCodec
        What turns rows into tensors and back, see :mod:`imblearn_gan.data`.<codec>

    label_codec_ : LabelCodec
        What turns labels into class codes and back.

    n_features_in_ : int
        Number of values in a row (of an image: all pixels of all channels).

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, for data frames whose names are all strings."""

ATTRIBUTES = {
    "attributes": """sampling_strategy_ : dict
        How many rows of each class are added.

    synthetic_mask_ : ndarray of shape (n_samples_resampled,), dtype bool
        Which rows of the result are generated: not those that are repeated, even if
        ``replay_augmentation`` changed them. Real rows come first, bit-identical.

    sample_source_ : ndarray of shape (n_samples_resampled,), dtype int
        Which row of X each row of the result is, or was before ``replay_augmentation`` changed
        it; -1 for generated rows. Rows that ``replay`` repeats come last.

    diagnostics_ : dict
        How generated rows compare with real ones, by the label of each class that rows were
        generated for: ``'n_rows'`` that were compared; ``'duplicates'``, the fraction of rows with
        another one very near; ``'spread'``, their root mean squared distance from their mean;
        for images ``'border'``, the fraction of pixels at the ends of the range. ``'columns'``
        has, by name or number, ``'border'``, ``'std'`` and ``'iqr'`` (the distance of the
        quartiles) of numbers, and ``'levels'`` (how frequent each is) of categories, of special
        values and, by the tuple of its columns, of a one-hot block. All are
        ``{'generated': ..., 'real': ...}``, of values that are scaled to [-1, 1]. ``'found'``
        lists what is wrong: ``('std', 'age')``, or ``('duplicates', None)`` for rows as a whole.
        If that is serious, of rows as a whole or of one column in twenty, there was a
        :class:`~imblearn_gan.exceptions.CollapseWarning`.

    """
    + _FITTED.replace(
        "<networks>", "What draws new rows, on the CPU. Absent if nothing was to be generated."
    )
    .replace("<n_iter>", "Updates of the generator; 0 if nothing was to be generated.")
    .replace("<codec>", " Absent if rows\n        are only repeated, as they are."),
    "classifier_attributes": _FITTED.replace(
        "<networks>",
        """``'extractor'`` and ``'classifier'`` (one logit a class), on the CPU.

    learnt_shares_ : ndarray of shape (n_classes,)
        The class shares in whose scale ``predict_proba`` is: what the classes weigh in the loss.
        See :func:`~imblearn_gan.resampled.shift_priors`.""",
    )
    .replace("<n_iter>", "Iterations of the main phase.")
    .replace("<codec>", ""),
}


#: What every ``paper()`` takes besides its own parameters, and gives.
PAPER = """**changes : dict
            Parameters that are to have other values than the paper's. They are checked as those
            of the constructor are, but at once.

        Returns
        -------
        estimator : object
            An instance of this class, not fitted.

        Raises
        ------
        TypeError
            If ``changes`` names a parameter that there is not.

        ValueError
            If a version, a number of rows or the value of a parameter is none that there can be."""


def documented(cls: T) -> T:
    """Fill the places for shared text in the docstring of a dataclass, and of its ``paper``."""
    if "paper" in vars(cls):
        method = vars(cls)["paper"].__func__
        method.__doc__ = (method.__doc__ or "").replace("{changes}", PAPER)
    doc = cls.__doc__ or ""
    said = set(re.findall(r"^    (\w+) : ", doc, re.MULTILINE))
    defaults = {f.name: f.default for f in fields(cls) if f.default is not MISSING}
    for group, texts in PARAMETERS.items():
        if f"    {{{group}}}\n" not in doc:
            continue
        names = [name for name in texts if name in defaults and name not in said]
        said |= set(names)
        entries = [_filled(name, texts[name], cls, defaults[name]) for name in names]
        doc = doc.replace(f"    {{{group}}}\n\n", _lines(entries))
        doc = doc.replace(f"    {{{group}}}\n", _lines(entries).removesuffix("\n"))
    for place, text in ATTRIBUTES.items():
        doc = doc.replace(f"{{{place}}}", text)
    cls.__doc__ = doc
    return cls


def _lines(entries: list[str]) -> str:
    return "".join(f"    {entry}\n\n" for entry in entries)


def _auto(values: tuple[Any, Any] | None) -> str:
    if values is None:
        return ""
    on_images, on_tables = values
    if on_images == on_tables:
        return f"``'auto'`` is {on_images}."
    return f"``'auto'`` is {on_images} on images and {on_tables} on tables."


def _filled(name: str, text: str, cls: Any, default: Any) -> str:
    names = ["auto", *getattr(cls, "_families", ())]
    paper = " ``'paper'`` builds the paper's own networks, for the sides of its images."
    return f"{name} : " + (
        text.replace("<default>", repr(default))
        .replace("<names>", ", ".join(map(repr, names)))
        .replace("<auto>", _auto(getattr(cls, "_auto", {}).get(name)))
        .replace("<paper>", paper if "paper" in names else "")
    )
