"""How one column becomes outputs, and comes back."""

import numpy as np
import pytest

from imblearn_gan.data.encodings import (
    MAX_LANDMARKS,
    Gap,
    LevelColumn,
    MinMax,
    NumberColumn,
    OneHotBlock,
    Quantiles,
    is_skewed,
)

RNG = np.random.RandomState(0)
HEAVY = np.exp(3 * RNG.normal(size=2000))
EVEN = np.ones(len(HEAVY))
PLACES = np.linspace(-1.5, 1.5, 1001)


def number_column(numbers, specials=(), method="minmax", whole=False, **more):
    """A column of numbers that all count the same."""
    numbers = np.array(numbers, dtype=np.float64)
    details = {"bounds": None, "step": 1} | more
    specials = specials if isinstance(specials, dict) else dict(zip(specials, specials))
    return NumberColumn(0, numbers, np.ones(len(numbers)), specials, method, whole, **details)


def there_and_back(column, numbers):
    numbers = np.array(numbers, dtype=np.float64)
    out, group = np.zeros(len(numbers)), np.zeros((len(numbers), column.size))
    column.encode(numbers, out, group)
    return column.decode(out, group)


def levels_column(values, y=None, max_levels=None):
    values = np.array(values, dtype=object)
    return LevelColumn(0, values, np.zeros(len(values), int) if y is None else y, max_levels)


def group_of(column, values):
    group = np.zeros((len(values), column.size))
    column.encode(np.array(values, dtype=object), group)
    return group


# scales -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scale", [MinMax(-3.0, 9.0), Quantiles(HEAVY, EVEN), Gap(MinMax(0.5, 9.0), 0.0)]
)
def test_scales_are_monotone_and_stay_in_their_range(scale):
    decoded = scale.decode(PLACES)
    assert (np.diff(decoded) >= 0).all()
    numbers = np.unique(decoded)
    encoded = scale.encode(numbers)
    assert (np.diff(encoded) > 0).all()
    assert encoded[[0, -1]] == pytest.approx([-1, 1])
    np.testing.assert_allclose(scale.decode(encoded), numbers)


def test_close_to_the_ends_of_the_range_are_the_ends():
    scale = MinMax(-3.0, 9.0)
    assert scale.decode(np.array([-1 + 1e-7, 1 - 1e-7, -7, 7])).tolist() == [-3, 9, -3, 9]


@pytest.mark.parametrize("n", [3, 100, 2000])
def test_quantiles_are_exact_at_landmarks(n):
    scale = Quantiles(HEAVY[:n], EVEN[:n])
    landmarks = scale.decode(scale.places)
    assert set(landmarks) <= set(HEAVY[:n])
    assert landmarks[[0, -1]].tolist() == [HEAVY[:n].min(), HEAVY[:n].max()]
    np.testing.assert_array_equal(scale.encode(landmarks), scale.places)
    assert len(landmarks) == min(n, len(set(landmarks)))
    assert len(landmarks) <= MAX_LANDMARKS + 2


def test_quantiles_spread_what_is_crowded():
    encoded = Quantiles(HEAVY, EVEN).encode(HEAVY)
    np.testing.assert_allclose(
        np.quantile(encoded, [0.1, 0.25, 0.5, 0.75, 0.9]), [-0.8, -0.5, 0, 0.5, 0.8], atol=0.02
    )


def test_weights_let_a_small_class_count_as_much_as_a_large_one():
    numbers = np.r_[np.linspace(0, 1, 900), np.linspace(100, 101, 100)]
    weights = 1 / np.repeat([900, 100], [900, 100])
    assert Quantiles(numbers, weights).encode(np.array([1.0, 100.0])) == pytest.approx(
        [0, 0], abs=0.02
    )
    assert Quantiles(numbers, np.ones(1000)).encode(np.array([100.0])) > 0.75


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "numbers", [[-1.7e308, 0, 1, 1.7e308], [5e-324, 1e-323, 2e-323], [0.0, 0.0], [-3.5]]
)
def test_quantiles_of_extreme_numbers(numbers):
    scale = Quantiles(np.array(numbers), np.ones(len(numbers)))
    np.testing.assert_array_equal(scale.decode(scale.encode(np.array(numbers))), numbers)
    assert np.isfinite(scale.decode(PLACES)).all()


def test_what_is_frequent_and_lowest_has_a_gap():
    scale = Gap(MinMax(0.5, 9.0), 0.0)
    assert scale.encode(np.array([0, 0.5, 9])) == pytest.approx([-1, -0.2, 1])
    assert scale.decode(np.array([-0.9, -0.61, -0.59, -0.2, 1])).tolist() == [0, 0, 0.5, 0.5, 9]


@pytest.mark.parametrize(
    ("numbers", "skewed"),
    [
        (HEAVY, True),
        (np.log(HEAVY), False),
        (np.linspace(0, 1, 50), False),
        (np.r_[np.linspace(0, 1, 99), 1e9], True),
        (np.r_[np.linspace(0, 1, 99), 1.7e308], True),
        (1.7e308 * np.linspace(-1, 1, 50), False),
    ],
)
@pytest.mark.filterwarnings("error")
def test_skewed_is_whose_bulk_takes_little_of_its_range(numbers, skewed):
    assert is_skewed(numbers) is skewed


# columns of numbers -----------------------------------------------------------------------------


def test_special_values_have_outputs_of_their_own():
    numbers = [np.nan, 0, 0, 3, 3.5, 5]
    column = number_column(numbers, [np.nan, 0.0])
    out, group = np.zeros(6), np.zeros((6, column.size))
    column.encode(np.array(numbers), out, group)
    assert group.argmax(axis=1).tolist() == [1, 2, 2, 0, 0, 0]
    assert (group.sum(axis=1) == 1).all()
    # the median of the others where there is none
    assert out.tolist() == [-0.5, -0.5, -0.5, -1, -0.5, 1]
    np.testing.assert_array_equal(column.decode(out, group), numbers)


def test_numbers_without_a_group():
    column = number_column([1, 2, 5])
    assert column.size == 0
    assert there_and_back(column, [1, 2, 5]).tolist() == [1, 2, 5]


def test_numbers_move_to_those_that_were_seen_where_they_are_few():
    column = number_column(np.repeat([0.25, 0.5, 2.0], 5))
    made = column.decode(PLACES, np.empty((len(PLACES), 0)))
    assert set(made) == {0.25, 0.5, 2.0}
    free = number_column([0.25, 0.5, 2.0])
    assert len(set(free.decode(PLACES, np.empty((len(PLACES), 0))))) > 500


def test_integers_keep_their_step():
    column = number_column([3, 10, 24], whole=True, step=7)
    made = column.decode(PLACES, np.empty((len(PLACES), 0)))
    assert made.dtype == np.int64
    assert set(made) == {3, 10, 17, 24}


def test_wide_integers_keep_their_step_and_their_ends():
    low = 1_600_000_000_000_000_000 + 1_000_000 // 2
    high = low + 999 * 1_000_000
    column = number_column([0, high - low], whole=True, bounds=(low, high), step=1_000_000)
    made = column.decode(PLACES, np.empty((len(PLACES), 0))).tolist()
    assert {min(made), max(made)} == {low, high}
    assert {(value - low) % 1_000_000 for value in made} == {0}


def test_what_stands_for_missing_comes_back():
    column = number_column([1, np.nan, 3], {np.nan: None}, whole=True)
    assert there_and_back(column, [3, np.nan, 1]).tolist() == [3, None, 1]
    column = number_column([1.5, np.nan, 3], {np.nan: None})
    assert there_and_back(column, [3, np.nan, 1.5]).tolist() == [3, None, 1.5]


# columns of levels ------------------------------------------------------------------------------


def test_levels_in_the_order_they_appear():
    values = ["b", None, "a", "b", np.nan]
    column = levels_column(values)
    assert column.levels.tolist() == ["b", None, "a"]
    assert group_of(column, values).argmax(axis=1).tolist() == [0, 1, 2, 0, 1]
    assert column.decode(np.eye(3), None, None).tolist() == ["b", None, "a"]


def test_a_level_that_was_not_seen_is_all_zeros():
    assert group_of(levels_column(["a", "b"]), ["c", "a"]).tolist() == [[0, 0], [1, 0]]


def rare_words():
    """Words of two classes: two frequent ones, and many rare ones that classes do not share."""
    y = np.repeat([0, 1], [900, 90])
    rare = [f"{'xy'[c]}{i % (200, 30)[c]}" for c in (0, 1) for i in range((450, 45)[c])]
    words = ["usual"] * 450 + rare[:450] + ["other"] * 45 + rare[450:]
    return np.array(words, dtype=object), y


def test_the_rarest_levels_share_an_output():
    words, y = rare_words()
    column = levels_column(words, y, 8)
    assert column.size == 8
    assert len(column.levels) == 7
    assert {"usual", "other"} <= set(column.levels)
    # frequent in its class, though rare among all rows
    assert sum(word.startswith("y") for word in column.levels) == 5
    assert group_of(column, ["x199", "unheard of"]).argmax(axis=1).tolist() == [7, 7]
    assert levels_column(words, y, 300).size == len(set(words))


def test_rare_levels_are_drawn_from_their_own_class_by_their_frequency():
    words, y = rare_words()
    words[:90] = "x7"
    column = levels_column(words, y, 2)
    labels = np.repeat([0, 1], [3000, 3000])
    rest = np.tile([[0.0, 1.0]], (6000, 1))
    made = column.decode(rest, labels, np.random.RandomState(0))
    for c in (0, 1):
        own = {word for word in words[y == c] if word not in set(column.levels)}
        assert set(made[labels == c]) == own
    rare = [word for word in words[y == 0] if word not in set(column.levels)]
    expected = rare.count("x7") / len(rare)
    assert (made[labels == 0] == "x7").mean() == pytest.approx(expected, abs=0.02)


def test_without_a_stream_the_most_frequent_rare_level_is_taken():
    words = np.array(["a"] * 9 + ["b"] * 3 + ["c"] * 2, dtype=object)
    column = levels_column(words, max_levels=2)
    assert column.decode(np.array([[0, 1.0]]), None, None).tolist() == ["b"]
    assert column.decode(np.array([[0, 1.0]]), np.array([0]), None).tolist() == ["b"]


def test_a_class_without_rare_levels_is_drawn_by_its_own_frequencies():
    words = np.array(["a"] * 9 + ["b", "c"] + ["a"] * 3 + ["d"] * 9, dtype=object)
    column = levels_column(words, np.repeat([0, 1], [11, 12]), 3)
    assert set(column.levels) == {"a", "d"}
    rest, stream = np.array([[0, 0, 1.0]] * 2000), np.random.RandomState(0)
    made = column.decode(rest, np.ones(2000, int), stream)
    assert set(made) == {"a", "d"}
    assert (made == "d").mean() == pytest.approx(0.75, abs=0.03)
    assert set(column.decode(rest, np.zeros(2000, int), stream)) == {"b", "c"}
    assert set(column.decode(rest, None, stream)) == {"b", "c"}  # of any class


def test_one_hot_blocks_come_back_one_hot():
    block = OneHotBlock([2, 3, 4])
    group = RNG.normal(size=(50, block.size))
    columns = block.decode(group)
    assert list(columns) == [2, 3, 4]
    rows = np.column_stack(list(columns.values()))
    assert (rows.sum(axis=1) == 1).all()
    assert rows.argmax(axis=1).tolist() == group.argmax(axis=1).tolist()
